import { useId } from "react";
import { Field, SelectField } from "../shell/Field";
import { texts } from "../texts";
import { EVENTS, PLANS, type AlertDraft, type AlertProblems } from "./alertForm";

const t = texts.alerts;

interface Props {
  draft: AlertDraft;
  problems: AlertProblems;
  account: string | undefined; // the address of the signed-in user
  hasMail: boolean; // mail is possible for this search
  change: (part: Partial<AlertDraft>) => void;
}

function Check({ label, checked, onChange }: { label: string; checked: boolean; onChange: (checked: boolean) => void }) {
  return (
    <label className="choice">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
      <span>{label}</span>
    </label>
  );
}

function Events({ draft, problems, change }: Props) {
  const id = useId();
  return (
    <fieldset className="choices" data-wrong={problems.events} aria-describedby={problems.events ? id : undefined}>
      <legend className="field-name">{t.events}</legend>
      {EVENTS.map((event) => (
        <Check
          key={event}
          label={t.eventNames[event] ?? event}
          checked={draft.events.includes(event)}
          onChange={(checked) => change({ events: EVENTS.filter((one) => (one === event ? checked : draft.events.includes(one))) })}
        />
      ))}
      {problems.events && (
        <small id={id} className="wrong">
          {problems.events}
        </small>
      )}
    </fieldset>
  );
}

function Channels({ draft, account, hasMail, change }: Props) {
  return (
    <fieldset className="choices">
      <legend className="field-name">{t.channels}</legend>
      {hasMail && <Check label={t.byEmail(account ?? "")} checked={draft.byMail} onChange={(byMail) => change({ byMail })} />}
      {account !== undefined && <Check label={t.byPush} checked={draft.byPush} onChange={(byPush) => change({ byPush })} />}
      <small className="soft">{t.feedAlways}</small>
    </fieldset>
  );
}

function More({ draft, problems, account, change }: Props) {
  const alikes = Object.entries(t.alikes);
  const wrong = problems.max_price ?? problems.quiet_hours ?? problems.ntfy ?? problems.webhook;
  return (
    <details className="limits" open={wrong !== undefined || undefined}>
      <summary>{t.more}</summary>
      <div className="two">
        {draft.alike !== "kept" && <SelectField label={t.alike} value={draft.alike} options={alikes} onChange={(alike) => change({ alike })} />}
        <Field label={t.maxPrice} inputMode="decimal" value={draft.maxPrice} wrong={problems.max_price} maxLength={20} autoComplete="off" onChange={(event) => change({ maxPrice: event.target.value })} />
      </div>
      <Field label={t.exclude} hint={t.excludeHint} value={draft.exclude} maxLength={1000} autoComplete="off" onChange={(event) => change({ exclude: event.target.value })} />
      <div className="two">
        <Field label={t.quiet} type="time" value={draft.quietFrom} wrong={problems.quiet_hours} onChange={(event) => change({ quietFrom: event.target.value })} />
        <Field label={t.quietTo} type="time" value={draft.quietTo} onChange={(event) => change({ quietTo: event.target.value })} />
      </div>
      {account !== undefined && (
        <>
          <Field label={t.ntfy} hint={t.ntfyHint} type="url" value={draft.ntfy} wrong={problems.ntfy} maxLength={2000} autoComplete="off" onChange={(event) => change({ ntfy: event.target.value })} />
          <Field label={t.webhook} hint={t.webhookHint} type="url" value={draft.webhook} wrong={problems.webhook} maxLength={2000} autoComplete="off" onChange={(event) => change({ webhook: event.target.value })} />
        </>
      )}
    </details>
  );
}

// What a saved search tells, when and where.
export function AlertFields(props: Props) {
  const { draft, problems, change } = props;
  return (
    <>
      <Field label={t.name} value={draft.name} wrong={problems.name} maxLength={100} autoComplete="off" onChange={(event) => change({ name: event.target.value })} />
      <Events {...props} />
      <Channels {...props} />
      <SelectField label={t.schedule} value={draft.schedule} options={PLANS.map((plan) => [plan, t.schedules[plan] ?? plan])} onChange={(schedule) => change({ schedule })} />
      <More {...props} />
    </>
  );
}
