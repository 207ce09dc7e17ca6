import { Copy } from "lucide-react";
import { useId } from "react";
import { useNotice } from "../shell/Notices";
import { texts } from "../texts";

export function useCopy() {
  const notice = useNotice();
  return async (text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      notice(texts.access.copied);
    } catch {
      notice(texts.access.notCopied); // pages loaded over plain HTTP have no clipboard
    }
  };
}

// A text to be copied, which is shown once.
export function Secret({ label, text }: { label: string; text: string }) {
  const id = useId();
  const copy = useCopy();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="secret">
        <input id={id} className="input" readOnly value={text} spellCheck={false} onFocus={(event) => event.target.select()} />
        <button type="button" className="button" onClick={() => void copy(text)}>
          <Copy size={16} aria-hidden /> {texts.access.copy}
        </button>
      </div>
    </div>
  );
}
