import { Dialog } from "@base-ui/react/dialog";
import type { ReactNode } from "react";
import { DialogFrame } from "../shell/DialogFrame";
import { texts } from "../texts";

export default function FiltersDialog({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  return (
    <DialogFrame title={texts.filters.title} className="sheet" onClose={onClose}>
      <div className="dialog-scroll">{children}</div>
      <div className="dialog-foot">
        <Dialog.Close className="button primary grow">{texts.filters.show}</Dialog.Close>
      </div>
    </DialogFrame>
  );
}
