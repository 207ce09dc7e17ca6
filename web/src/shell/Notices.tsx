import { X } from "lucide-react";
import { createContext, useCallback, useContext, useEffect, useEffectEvent, useRef, useState, type ReactNode } from "react";
import { createPortal } from "react-dom";
import { texts } from "../texts";

// A button of a notice. `onGone` is called when the notice has gone and nobody has pressed it.
export interface NoticeAction {
  text: string;
  run: () => void;
  onGone: () => void;
}

export type Notice = (title: string, action?: NoticeAction) => void;

interface Shown {
  id: number;
  title: string;
  action?: NoticeAction;
}

const SHOWN_MS = 5_000;
const SHOWN_WITH_ACTION_MS = 8_000;
const MOST = 2; // older notices leave

const NoticeContext = createContext<Notice>(() => undefined);

// Shows a short message. The function is the same in every render, so effects may depend on it, and its users do not
// render again when a message comes or goes. A message that is shown already is not shown twice, unless it has a button.
export const useNotice = () => useContext(NoticeContext);

// Its time passes while nobody points at it and the focus is elsewhere.
function Line({ shown: { title, action }, leave }: { shown: Shown; leave: () => void }) {
  const [held, setHeld] = useState(false);
  const pass = useEffectEvent(leave);
  const time = action ? SHOWN_WITH_ACTION_MS : SHOWN_MS;
  useEffect(() => {
    if (held) return undefined;
    const timer = window.setTimeout(() => pass(), time);
    return () => window.clearTimeout(timer);
  }, [held, time, title]);
  const hold = { onMouseEnter: () => setHeld(true), onMouseLeave: () => setHeld(false), onFocus: () => setHeld(true), onBlur: () => setHeld(false) };
  return (
    <div className="notice" {...hold}>
      <p className="notice-title">{title}</p>
      {action && (
        <button
          type="button"
          className="text-button"
          onClick={() => {
            action.run();
            leave();
          }}
        >
          {action.text}
        </button>
      )}
      <button type="button" className="icon-button small" aria-label={texts.close} onClick={leave}>
        <X size={16} aria-hidden />
      </button>
    </div>
  );
}

// Short messages at the bottom of the window, announced by screen readers.
export function Notices({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<Shown[]>([]);
  const last = useRef(0);
  const pressed = useRef(new Set<number>());
  const seen = useRef<Shown[]>([]);
  const notice = useCallback<Notice>((title, action) => {
    const own = action && {
      ...action,
      run: () => {
        pressed.current.add(id);
        action.run();
      },
    };
    const id = ++last.current;
    setShown((now) => (!action && now.some((one) => one.title === title) ? now : [...now, { id, title, action: own }].slice(-MOST)));
  }, []);
  // However a notice leaves, its action hears of it once.
  useEffect(() => {
    for (const one of seen.current) if (!shown.includes(one) && !pressed.current.delete(one.id)) one.action?.onGone();
    seen.current = shown;
  }, [shown]);
  return (
    <NoticeContext value={notice}>
      {children}
      {createPortal(
        <div className="notices" role="status" aria-live="polite" aria-relevant="additions text">
          {shown.map((one) => (
            <Line key={one.id} shown={one} leave={() => setShown((now) => now.filter(({ id }) => id !== one.id))} />
          ))}
        </div>,
        document.body,
      )}
    </NoticeContext>
  );
}
