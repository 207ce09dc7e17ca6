import { Dialog } from "@base-ui/react/dialog";
import { pageTexts } from "../pageTexts";
import { Secret } from "./Secret";

interface Props {
  title: string;
  lead: string;
  label: string;
  secret: string;
  onClose: () => void;
}

// Shows a secret once. Only its button closes it, since the secret is gone then.
export function SecretDialog({ title, lead, label, secret, onClose }: Props) {
  return (
    <Dialog.Root open disablePointerDismissal onOpenChange={(open, { reason }) => !open && reason !== "escape-key" && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog">
          <Dialog.Title>{title}</Dialog.Title>
          <Dialog.Description className="soft">{lead}</Dialog.Description>
          <Secret label={label} text={secret} />
          <div className="dialog-foot">
            <Dialog.Close className="button primary">{pageTexts.keys.done}</Dialog.Close>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
