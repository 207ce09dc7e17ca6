import { Dialog } from "@base-ui/react/dialog";
import type { ReactNode } from "react";
import { DialogFrame } from "../shell/DialogFrame";
import { texts } from "../texts";

interface Props {
  show: string; // the text of the button that leads to the results, with their number
  onClear?: () => void; // absent: nothing is chosen
  onClose: () => void;
  children: ReactNode;
}

// The filters of a phone. The results behind follow each change, and the button says how many there are.
export default function FiltersDialog({ show, onClear, onClose, children }: Props) {
  return (
    <DialogFrame title={texts.filters.title} className="sheet" onClose={onClose}>
      <div className="dialog-scroll">{children}</div>
      <div className="dialog-foot">
        {onClear && (
          <button type="button" className="button" onClick={onClear}>
            {texts.filters.clear}
          </button>
        )}
        <Dialog.Close className="button primary grow">
          <span aria-live="polite">{show}</span>
        </Dialog.Close>
      </div>
    </DialogFrame>
  );
}
