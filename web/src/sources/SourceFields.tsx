import { useId } from "react";
import { Field, SelectField } from "../shell/Field";
import { texts } from "../texts";
import { SCHEDULES, type SourceDraft, type SourceProblems } from "./sourceForm";

const t = texts.sources;

interface Props {
  draft: SourceDraft;
  problems: SourceProblems;
  change: (part: Partial<SourceDraft>) => void;
}

// When a source is read, and its settings.
export function SourceFields({ draft, problems, change }: Props) {
  const id = useId();
  return (
    <>
      <div className="two">
        <SelectField label={t.every} value={draft.every} options={SCHEDULES} onChange={(every) => change({ every })} />
        {draft.every === "cron" && (
          <>
            <Field label={t.cron} hint={t.cronHint} wrong={problems.schedule} value={draft.cron} maxLength={200} autoComplete="off" onChange={(event) => change({ cron: event.target.value })} />
            <Field label={t.zone} wrong={problems.time_zone} value={draft.zone} maxLength={100} autoComplete="off" onChange={(event) => change({ zone: event.target.value })} />
          </>
        )}
      </div>
      <label className="choice">
        <input type="checkbox" checked={draft.paused} onChange={(event) => change({ paused: event.target.checked })} />
        <span>{t.paused}</span>
      </label>
      <details className="limits" open={problems.settings !== undefined || undefined}>
        <summary>{t.settings}</summary>
        <div className="field">
          <label htmlFor={`${id}-settings`} className="hidden-text">
            {t.settings}
          </label>
          <textarea
            id={`${id}-settings`}
            className="input code"
            rows={5}
            spellCheck={false}
            value={draft.settings}
            aria-invalid={problems.settings !== undefined}
            aria-describedby={`${id}-hint`}
            onChange={(event) => change({ settings: event.target.value })}
          />
          <small id={`${id}-hint`} className={problems.settings ? "wrong" : undefined}>
            {problems.settings ?? t.settingsHint}
          </small>
        </div>
      </details>
    </>
  );
}
