import { useMutation } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { sources, type Source } from "../api/sources";
import { DialogFoot, DialogFrame } from "../shell/DialogFrame";
import { Field, Problem, useFocusOnWrong } from "../shell/Field";
import { texts } from "../texts";
import { draftOf, fieldsOf, patchOf, refusalOf, unseenOf, type SourceProblems } from "./sourceForm";
import { SourceFields } from "./SourceFields";

const t = texts.sources;

export function EditSourceDialog({ source, onClose, onSaved }: { source: Source; onClose: () => void; onSaved: () => void }) {
  const [draft, setDraft] = useState(() => draftOf(source));
  const [address, setAddress] = useState(source.address);
  const [wrong, setWrong] = useState<SourceProblems>({});
  const saving = useMutation({ mutationFn: (body: Parameters<typeof sources.change>[1]) => sources.change(source.id, body), onSuccess: onSaved });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { patch, problems } = patchOf(draft, address, source);
    setWrong(problems);
    saving.reset();
    if (Object.keys(problems).length === 0) saving.mutate(patch);
  };
  const problems = { ...refusalOf(saving.error), ...wrong };
  const form = useFocusOnWrong(problems, wrong);
  const hasAddress = source.address !== "";
  return (
    <DialogFrame title={t.editTitle} lead={source.name} onClose={onClose}>
      <form ref={form} onSubmit={submit} className="account-form" noValidate>
        {hasAddress && <Field label={t.address} type="url" wrong={problems.address} value={address} maxLength={4000} autoComplete="off" onChange={(event) => setAddress(event.target.value)} />}
        <SourceFields draft={draft} problems={problems} change={(part) => setDraft((now) => ({ ...now, ...part }))} />
        <Problem>{unseenOf(problems, hasAddress ? ["address", ...fieldsOf(draft)] : fieldsOf(draft))}</Problem>
        <DialogFoot go={t.save} disabled={saving.isPending} />
      </form>
    </DialogFrame>
  );
}
