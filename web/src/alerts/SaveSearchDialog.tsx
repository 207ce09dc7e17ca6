import "../styles/access.css";
import "../styles/catalogue.css";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { useMe } from "../access/me";
import { savedSearches } from "../api/alerts";
import type { SearchState } from "../search/state";
import { DialogFoot, DialogFrame } from "../shell/DialogFrame";
import { Field, Problem, useFocusOnWrong } from "../shell/Field";
import { useNotice } from "../shell/Notices";
import { texts } from "../texts";
import { newDraft, optionsOf, refusalOf, type AlertProblems } from "./alertForm";
import { AlertFields } from "./AlertFields";
import { nameOfSearch, queryOf } from "./savedQuery";

const t = texts.alerts;

interface Props {
  state: SearchState;
  photo: Blob | undefined;
  onClose: () => void;
}

// Saves the search of the page. Somebody without an account gives an address; on an open server, a feed alone will do.
export default function SaveSearchDialog({ state, photo, onClose }: Props) {
  const me = useMe();
  const notice = useNotice();
  const queries = useQueryClient();
  const account = me?.kind === "user" ? (me.email ?? "") : undefined;
  const needsEmail = account === undefined && me?.kind !== "local";
  const [draft, setDraft] = useState(() => newDraft(nameOfSearch(state), account !== undefined));
  const [wrong, setWrong] = useState<AlertProblems>({});
  const saving = useMutation({
    mutationFn: async ({ email, ...options }: ReturnType<typeof optionsOf>["options"] & { email?: string }) =>
      savedSearches.create({ ...options, query: await queryOf(state, photo), ...(email ? { email } : {}) }),
    onSuccess: (saved) => {
      void queries.invalidateQueries({ queryKey: ["saved-searches"] });
      const waits = saved.email !== null && !saved.is_confirmed && saved.channels.some((one) => one.type === "email");
      notice(waits ? t.savedConfirm(saved.email ?? "") : t.saved);
      onClose();
    },
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const email = draft.email.trim();
    const { options, problems } = optionsOf(account === undefined ? { ...draft, byMail: email !== "" } : draft);
    if ((needsEmail || email !== "") && !/^\S+@\S+$/.test(email)) problems.email = t.emailWrong;
    setWrong(problems);
    saving.reset();
    if (Object.keys(problems).length === 0) saving.mutate({ ...options, email });
  };
  const problems = { ...refusalOf(saving.error), ...wrong };
  const form = useFocusOnWrong(problems, wrong);
  return (
    <DialogFrame title={t.saveTitle} lead={t.saveLead} onClose={onClose}>
      <form ref={form} onSubmit={submit} className="account-form" noValidate>
        {account === undefined && (
          <Field label={t.email} hint={t.emailHint} type="email" autoComplete="email" maxLength={254} value={draft.email} wrong={problems.email} onChange={(event) => setDraft((now) => ({ ...now, email: event.target.value }))} />
        )}
        <AlertFields draft={draft} problems={problems} account={account} hasMail={account !== undefined} change={(part) => setDraft((now) => ({ ...now, ...part }))} />
        <Problem>{problems.other ?? (account === undefined ? undefined : problems.email)}</Problem>
        <DialogFoot go={t.save} disabled={saving.isPending} />
      </form>
    </DialogFrame>
  );
}
