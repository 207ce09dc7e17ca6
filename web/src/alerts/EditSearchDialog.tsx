import { useMutation } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { useMe } from "../access/me";
import { savedSearches, type SavedSearch, type SavedSearchPatch } from "../api/alerts";
import { DialogFoot, DialogFrame } from "../shell/DialogFrame";
import { Problem, useFocusOnWrong } from "../shell/Field";
import { texts } from "../texts";
import { draftOf, patchOf, refusalOf, type AlertProblems } from "./alertForm";
import { AlertFields } from "./AlertFields";

const t = texts.alerts;

export function EditSearchDialog({ search, onClose, onSaved }: { search: SavedSearch; onClose: () => void; onSaved: () => void }) {
  const me = useMe();
  const account = me?.kind === "user" ? (me.email ?? "") : undefined;
  const [draft, setDraft] = useState(() => draftOf(search));
  const [wrong, setWrong] = useState<AlertProblems>({});
  const saving = useMutation({ mutationFn: (patch: SavedSearchPatch) => savedSearches.change(search.id, patch), onSuccess: onSaved });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { patch, problems } = patchOf(draft, search);
    setWrong(problems);
    saving.reset();
    if (Object.keys(problems).length === 0) saving.mutate(patch);
  };
  const problems = { ...refusalOf(saving.error), ...wrong };
  const form = useFocusOnWrong(problems, wrong);
  return (
    <DialogFrame title={t.editTitle} onClose={onClose}>
      <form ref={form} onSubmit={submit} className="account-form" noValidate>
        <AlertFields draft={draft} problems={problems} account={account} hasMail={account !== undefined || search.email !== null} change={(part) => setDraft((now) => ({ ...now, ...part }))} />
        <Problem>{problems.other ?? problems.email}</Problem>
        <DialogFoot go={t.save} disabled={saving.isPending} />
      </form>
    </DialogFrame>
  );
}
