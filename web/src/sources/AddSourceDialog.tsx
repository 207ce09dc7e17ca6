import { useMutation } from "@tanstack/react-query";
import { useId, useState, type SubmitEvent } from "react";
import { ApiError } from "../api/client";
import { sources, type NewSource, type SourceTest } from "../api/sources";
import { DialogFoot, DialogFrame } from "../shell/DialogFrame";
import { errorText } from "../shell/errorText";
import { Field, Problem, useFocusOnWrong } from "../shell/Field";
import { texts } from "../texts";
import { ListingPreview } from "./ListingPreview";
import { changeOf, draftOf, fieldsOf, refusalOf, unseenOf, type SourceProblems } from "./sourceForm";
import { SourceFields } from "./SourceFields";

const t = texts.sources;

function testProblem(error: unknown): string | undefined {
  if (!error) return undefined;
  if (error instanceof ApiError && error.status === 422) return error.field === "address" ? t.addressWrong : t.noKind;
  if (error instanceof ApiError && error.status === 502) return t.unreachable;
  return errorText(error);
}

// The source as the test found it: its schedule and settings can be changed before it is added.
function Found({ test, onAdded }: { test: SourceTest; onAdded: () => void }) {
  const [draft, setDraft] = useState(() => ({ ...draftOf(), settings: Object.keys(test.settings).length > 0 ? JSON.stringify(test.settings, undefined, 2) : "" }));
  const [name, setName] = useState("");
  const [wrong, setWrong] = useState<SourceProblems>({});
  const adding = useMutation({ mutationFn: sources.add, onSuccess: onAdded });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { body, problems } = changeOf(draft);
    setWrong(problems);
    adding.reset();
    const source: NewSource = { ...body, kind: test.kind, address: test.address, ...(name.trim() ? { name: name.trim() } : {}) };
    if (Object.keys(problems).length === 0) adding.mutate(source);
  };
  const problems = { ...refusalOf(adding.error), ...wrong };
  const form = useFocusOnWrong(problems, wrong);
  const kind = t.kinds[test.kind] ?? test.kind;
  return (
    <>
      <section aria-labelledby="test-found" className="tested">
        <h3 id="test-found" role="status">
          {test.listings.length > 0 ? t.found(kind, test.listings.length) : t.foundNone(kind)}
        </h3>
        <ul className="previews">
          {test.listings.map((listing) => (
            <ListingPreview key={listing.external_id} listing={listing} />
          ))}
        </ul>
      </section>
      <form ref={form} onSubmit={submit} className="account-form" noValidate>
        <Field label={t.name} hint={t.nameHint} wrong={problems.name ?? problems.address} value={name} maxLength={100} autoComplete="off" onChange={(event) => setName(event.target.value)} />
        <SourceFields draft={draft} problems={problems} change={(part) => setDraft((now) => ({ ...now, ...part }))} />
        <Problem>{unseenOf(problems, ["name", "address", ...fieldsOf(draft)])}</Problem>
        <DialogFoot go={t.add} disabled={adding.isPending} />
      </form>
    </>
  );
}

export function AddSourceDialog({ onClose, onAdded }: { onClose: () => void; onAdded: () => void }) {
  const id = useId();
  const [address, setAddress] = useState("");
  const testing = useMutation({ mutationFn: (given: string) => sources.test(given) });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    testing.mutate(address.trim());
  };
  return (
    <DialogFrame title={t.addTitle} lead={t.addLead} className="wide" onClose={onClose}>
      <form onSubmit={submit} className="account-form" noValidate aria-describedby={id}>
        <Field label={t.address} hint={t.addressHint} type="url" inputMode="url" required value={address} maxLength={4000} autoComplete="off" onChange={(event) => setAddress(event.target.value)} />
        <Problem>{testProblem(testing.error)}</Problem>
        <div className="row end">
          <span id={id} className="soft" role="status">
            {testing.isPending && t.testing}
          </span>
          <button type="submit" className={testing.data ? "button" : "button primary"} disabled={testing.isPending || address.trim() === ""}>
            {t.test}
          </button>
        </div>
      </form>
      {testing.data && <Found key={testing.submittedAt} test={testing.data} onAdded={onAdded} />}
    </DialogFrame>
  );
}
