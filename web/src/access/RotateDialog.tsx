import { Dialog } from "@base-ui/react/dialog";
import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { keys, type ApiKey } from "../api/access";
import { ApiError } from "../api/client";
import { DialogFrame } from "../shell/DialogFrame";
import { errorText } from "../shell/errorText";
import { Problem } from "../shell/Field";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";

const t = pageTexts.keys;

export function RotateDialog({ apiKey, onClose, onRotated }: { apiKey: ApiKey; onClose: () => void; onRotated: (key: ApiKey) => void }) {
  const id = useId();
  const [overlap, setOverlap] = useState("86400");
  const rotating = useMutation({ mutationFn: () => keys.rotate(apiKey.id, Number(overlap)), onSuccess: onRotated });
  const { error } = rotating;
  return (
    <DialogFrame title={t.rotateTitle} lead={t.rotateLead(apiKey.name)} onClose={onClose}>
      <div className="field">
        <label htmlFor={id}>{t.overlap}</label>
        <select id={id} className="input" value={overlap} onChange={(event) => setOverlap(event.target.value)}>
          {Object.entries(t.overlaps).map(([seconds, text]) => (
            <option key={seconds} value={seconds}>
              {text}
            </option>
          ))}
        </select>
      </div>
      <Problem>{error && (error instanceof ApiError && error.status === 409 ? t.ended : errorText(error))}</Problem>
      <div className="dialog-foot">
        <Dialog.Close className="button">{texts.cancel}</Dialog.Close>
        <button type="button" className="button primary" disabled={rotating.isPending} onClick={() => rotating.mutate()}>
          {t.rotateGo}
        </button>
      </div>
    </DialogFrame>
  );
}
