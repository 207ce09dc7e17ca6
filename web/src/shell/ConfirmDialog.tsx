import { AlertDialog } from "@base-ui/react/alert-dialog";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { errorText } from "./errorText";
import { Problem } from "./Field";
import { texts } from "../texts";

interface Props {
  title: string;
  lead: string;
  go: string; // the button's text
  children?: ReactNode;
  act: () => Promise<unknown>;
  onDone: () => void; // act has succeeded
  onClose: () => void;
  errorOf?: (error: unknown) => string;
}

// Asks before something that cannot be undone.
export function ConfirmDialog({ title, lead, go, children, act, onDone, onClose, errorOf = errorText }: Props) {
  const acting = useMutation({ mutationFn: act, onSuccess: onDone });
  return (
    <AlertDialog.Root open onOpenChange={(open) => !open && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="backdrop" />
        <AlertDialog.Popup className="dialog">
          <AlertDialog.Title>{title}</AlertDialog.Title>
          <AlertDialog.Description className="soft">{lead}</AlertDialog.Description>
          {children}
          <Problem>{acting.isError && errorOf(acting.error)}</Problem>
          <div className="dialog-foot">
            <AlertDialog.Close className="button">{texts.cancel}</AlertDialog.Close>
            <button type="button" className="button danger" disabled={acting.isPending} onClick={() => acting.mutate()}>
              {go}
            </button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
