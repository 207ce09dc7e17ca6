import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";
import { createContext, useCallback, useContext, type ReactNode } from "react";
import { texts } from "../texts";

// A button of a notice. `onGone` is called when the notice has gone and nobody has pressed it.
export interface NoticeAction {
  text: string;
  run: () => void;
  onGone: () => void;
}

export type Notice = (title: string, action?: NoticeAction) => void;

const SHOWN_MS = 5_000;
const SHOWN_WITH_ACTION_MS = 8_000;

const NoticeContext = createContext<Notice>(() => undefined);

// Shows a short message. The function is the same in every render, so effects may depend on it, and its users do not
// render again when a message comes or goes. A message that is shown already is not shown twice, unless it has a button.
export const useNotice = () => useContext(NoticeContext);

function NoticeProvider({ children }: { children: ReactNode }) {
  const { add, close } = Toast.useToastManager();
  const notice = useCallback<Notice>(
    (title, action) => {
      if (!action) {
        add({ id: title, title, timeout: SHOWN_MS });
        return;
      }
      let pressed = false;
      const onClick = () => {
        pressed = true;
        action.run();
        close(id);
      };
      const onClose = () => {
        if (!pressed) action.onGone();
      };
      const id = add({ title, timeout: SHOWN_WITH_ACTION_MS, actionProps: { children: action.text, onClick }, onClose });
    },
    [add, close],
  );
  return <NoticeContext value={notice}>{children}</NoticeContext>;
}

function List() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className="notice">
      <div>
        <Toast.Title className="notice-title" />
      </div>
      {toast.actionProps && <Toast.Action className="text-button" />}
      <Toast.Close className="icon-button small" aria-label={texts.close}>
        <X size={16} aria-hidden />
      </Toast.Close>
    </Toast.Root>
  ));
}

// Short messages at the bottom of the window, announced by screen readers.
export function Notices({ children }: { children: ReactNode }) {
  return (
    <Toast.Provider limit={2}>
      <NoticeProvider>{children}</NoticeProvider>
      <Toast.Portal>
        <Toast.Viewport className="notices">
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}
