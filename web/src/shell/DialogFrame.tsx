import { Dialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { texts } from "../texts";

interface Props {
  title: string;
  lead?: string; // a sentence below the title
  className?: string; // beside "dialog"
  onClose: () => void;
  children: ReactNode;
}

// An open dialog with a title and a button that closes it. The page below stays as it is.
export function DialogFrame({ title, lead, className, onClose, children }: Props) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className={className ? `dialog ${className}` : "dialog"}>
          <div className="dialog-head">
            <Dialog.Title>{title}</Dialog.Title>
            <Dialog.Close className="icon-button" aria-label={texts.close}>
              <X size={20} aria-hidden />
            </Dialog.Close>
          </div>
          {lead && <Dialog.Description className="soft">{lead}</Dialog.Description>}
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

// The end of a form in a dialog: a button that closes the dialog, and the one that sends the form.
export function DialogFoot({ go, disabled }: { go: string; disabled: boolean }) {
  return (
    <div className="dialog-foot">
      <Dialog.Close className="button">{texts.cancel}</Dialog.Close>
      <button type="submit" className="button primary" disabled={disabled}>
        {go}
      </button>
    </div>
  );
}
