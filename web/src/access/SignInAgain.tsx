import { Dialog } from "@base-ui/react/dialog";
import { useRef } from "react";
import type { Me } from "../api/access";
import { texts } from "../texts";
import { may } from "./me";
import { SignInForm } from "./SignInForm";
import { SingleSignOn } from "./SingleSignOn";

const t = texts.access;

// Shown over the page when a session has ended. The page stays as it is below, with what was typed into it.
export default function SignInAgain({ last, now, onDone }: { last: Me; now: Me; onDone: (me: Me) => void }) {
  const password = useRef<HTMLInputElement>(null);
  const closable = may(now, "search");
  return (
    <Dialog.Root open disablePointerDismissal onOpenChange={(open) => !open && closable && onDone(now)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop above" forceRender />
        <Dialog.Popup className="dialog narrow above" initialFocus={password}>
          <Dialog.Title>{t.ended}</Dialog.Title>
          <Dialog.Description className="soft">{t.endedLead}</Dialog.Description>
          <SingleSignOn />
          <SignInForm email={last.email ?? undefined} password={password} onDone={onDone} />
          {closable && <Dialog.Close className="text-button">{t.without}</Dialog.Close>}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
