import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { auth, EXPORT_ADDRESS } from "../api/access";
import { ApiError } from "../api/client";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { errorText } from "../shell/errorText";
import { PasswordField } from "../shell/Field";
import { useNotice } from "../shell/Notices";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { forgetDevice } from "./forgetDevice";
import { meOptions, useMe } from "./me";

const t = pageTexts.account;

// The searches that the server keeps: whether, and their end.
export function History() {
  const me = useMe();
  const queries = useQueryClient();
  const notice = useNotice();
  const onError = (error: unknown) => notice(errorText(error));
  const switching = useMutation({
    mutationFn: (keeps_history: boolean) => auth.change({ keeps_history }),
    onError,
    onSettled: () => queries.invalidateQueries({ queryKey: meOptions.queryKey }),
  });
  const clearing = useMutation({ mutationFn: auth.clearHistory, onSuccess: () => notice(t.historyCleared), onError });
  return (
    <section className="panel" aria-labelledby="history-title">
      <h2 id="history-title">{t.historyTitle}</h2>
      <p className="soft">{t.historyLead}</p>
      <label className="choice">
        <input
          type="checkbox"
          checked={switching.isPending ? switching.variables : (me?.user?.keeps_history ?? false)}
          disabled={switching.isPending}
          onChange={(event) => switching.mutate(event.currentTarget.checked)}
        />
        <span>{t.historyKeep}</span>
      </label>
      <div className="row">
        <button type="button" className="button" disabled={clearing.isPending} onClick={() => clearing.mutate()}>
          {t.historyClear}
        </button>
      </div>
    </section>
  );
}

function removalProblem(error: unknown): string {
  if (error instanceof ApiError) {
    if (error.status === 409) return pageTexts.users.last;
    if (error.code === "sign_in_again") return t.removeAgain;
    if (error.field === "password") return t.currentWrong;
    if (error.status === 429) return texts.access.tooMany;
  }
  return errorText(error);
}

function RemoveDialog({ onClose }: { onClose: () => void }) {
  const hasPassword = useMe()?.user?.has_password ?? true;
  const [password, setPassword] = useState("");
  const leave = async () => {
    await forgetDevice();
    window.location.assign("/"); // a new document: nothing of the account stays in memory
  };
  return (
    <ConfirmDialog
      title={t.removeTitle}
      lead={t.removeLead}
      go={t.removeGo}
      act={() => auth.remove(hasPassword ? password : undefined)}
      onDone={() => void leave()}
      onClose={onClose}
      errorOf={removalProblem}
    >
      {hasPassword && (
        <PasswordField label={t.current} name="password" autoComplete="current-password" value={password} onChange={(event) => setPassword(event.currentTarget.value)} />
      )}
    </ConfirmDialog>
  );
}

// Everything about the user: to take along, and to delete.
export function Data() {
  const [removing, setRemoving] = useState(false);
  return (
    <section className="panel" aria-labelledby="data-title">
      <h2 id="data-title">{t.dataTitle}</h2>
      <p className="soft">{t.dataLead}</p>
      <div className="row">
        <a className="button" href={EXPORT_ADDRESS} download>
          <Download size={18} aria-hidden /> {t.export}
        </a>
        <button type="button" className="button danger" onClick={() => setRemoving(true)}>
          {t.removeAccount}
        </button>
      </div>
      {removing && <RemoveDialog onClose={() => setRemoving(false)} />}
    </section>
  );
}
