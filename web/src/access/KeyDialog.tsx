import { useMutation } from "@tanstack/react-query";
import { useId, useState, type SubmitEvent } from "react";
import { keys, type ApiKey } from "../api/access";
import { DialogFoot, DialogFrame } from "../shell/DialogFrame";
import { Field, Problem, useFocusOnWrong } from "../shell/Field";
import { pageTexts } from "../pageTexts";
import { EXPIRIES, KEY_SCOPES, keyOf, refusalOf, type KeyDraft, type Problems } from "./keyForm";
import { useMay } from "./me";

const t = pageTexts.keys;
const EMPTY: KeyDraft = { name: "", scopes: ["search", "items:read"], filters: "", expiry: "90", date: "", rate: "" };

interface PartProps {
  draft: KeyDraft;
  problems: Problems;
  change: (part: Partial<KeyDraft>) => void;
}

// Nobody can give a right that they lack.
function Scopes({ draft, problems, change }: PartProps) {
  const may = useMay();
  const id = useId();
  return (
    <fieldset className="choices" data-wrong={problems.scopes} aria-describedby={problems.scopes ? id : undefined}>
      <legend className="field-name">{t.scopes}</legend>
      {KEY_SCOPES.filter(may).map((scope) => (
        <label key={scope} className="choice">
          <input
            type="checkbox"
            checked={draft.scopes.includes(scope)}
            onChange={(event) => change({ scopes: event.target.checked ? [...draft.scopes, scope] : draft.scopes.filter((one) => one !== scope) })}
          />
          <span>
            {t.scopeHints[scope]}
            <small>
              <code>{scope}</code>
            </small>
          </span>
        </label>
      ))}
      {problems.scopes && (
        <small id={id} className="wrong">
          {problems.scopes}
        </small>
      )}
    </fieldset>
  );
}

function Expiry({ draft, problems, change }: PartProps) {
  const id = useId();
  return (
    <div className="two">
      <div className="field">
        <label htmlFor={id}>{t.expires}</label>
        <select id={id} className="input" value={draft.expiry} onChange={(event) => change({ expiry: event.target.value })}>
          {EXPIRIES.map((one) => (
            <option key={one} value={one}>
              {t.expiryIn[one]}
            </option>
          ))}
        </select>
      </div>
      {draft.expiry === "date" && (
        <Field label={t.date} type="date" value={draft.date} onChange={(event) => change({ date: event.target.value })} wrong={problems.expires_at} />
      )}
    </div>
  );
}

function Limits({ draft, problems, change }: PartProps) {
  const id = useId();
  const wrong = problems.filters ?? problems.rate_limit;
  return (
    <details className="limits" open={wrong !== undefined || undefined}>
      <summary>{t.more}</summary>
      <div className="field">
        <label htmlFor={id}>{t.filters}</label>
        <textarea
          id={id}
          className="input code"
          rows={3}
          spellCheck={false}
          value={draft.filters}
          aria-invalid={problems.filters !== undefined}
          aria-describedby={`${id}-hint`}
          onChange={(event) => change({ filters: event.target.value })}
        />
        <small id={`${id}-hint`} className={problems.filters ? "wrong" : undefined}>
          {problems.filters ?? t.filtersHint}
        </small>
      </div>
      <Field label={t.rate} hint={t.rateHint} value={draft.rate} wrong={problems.rate_limit} maxLength={40} autoComplete="off" onChange={(event) => change({ rate: event.target.value })} />
    </details>
  );
}

export function KeyDialog({ onClose, onCreated }: { onClose: () => void; onCreated: (key: ApiKey) => void }) {
  const [draft, setDraft] = useState(EMPTY);
  const [wrong, setWrong] = useState<Problems>({});
  const creating = useMutation({ mutationFn: keys.create, onSuccess: onCreated });
  const change = (part: Partial<KeyDraft>) => setDraft((now) => ({ ...now, ...part }));
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { body, problems } = keyOf(draft);
    setWrong(problems);
    creating.reset();
    if (Object.keys(problems).length === 0) creating.mutate(body);
  };
  const problems = { ...refusalOf(creating.error), ...wrong };
  const form = useFocusOnWrong(problems, wrong);
  const part = { draft, problems, change };
  return (
    <DialogFrame title={t.create} onClose={onClose}>
      <form ref={form} onSubmit={submit} className="account-form" noValidate>
        <Field label={t.name} hint={t.nameHint} value={draft.name} wrong={problems.name} maxLength={100} autoComplete="off" onChange={(event) => change({ name: event.target.value })} />
        <Scopes {...part} />
        <Expiry {...part} />
        <Limits {...part} />
        <Problem>{problems.other}</Problem>
        <DialogFoot go={t.go} disabled={creating.isPending} />
      </form>
    </DialogFrame>
  );
}
