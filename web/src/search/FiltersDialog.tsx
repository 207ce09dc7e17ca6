import { Dialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { texts } from "../texts";

export default function FiltersDialog({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  return (
    <Dialog.Root open onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog sheet">
          <div className="dialog-head">
            <Dialog.Title>{texts.filters.title}</Dialog.Title>
            <Dialog.Close className="icon-button" aria-label={texts.close}>
              <X size={20} aria-hidden />
            </Dialog.Close>
          </div>
          <div className="dialog-scroll">{children}</div>
          <div className="dialog-foot">
            <Dialog.Close className="button primary grow">{texts.filters.show}</Dialog.Close>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
