import { useMutation } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { ApiError } from "../api/client";
import { experiments, metricsOf, MODES, type Experiment, type ExperimentWrite, type Metric, type Mode } from "../api/experiments";
import { DialogFoot, DialogFrame } from "../shell/DialogFrame";
import { errorText } from "../shell/errorText";
import { Field, Problem, SelectField, useFocusOnWrong } from "../shell/Field";
import { pageTexts } from "../pageTexts";
import { isAsAlways, mostOf, typedOf, variantOf, WEIGHTS, wrongWeights, type TypedVariant } from "./variantForm";

const t = pageTexts.experiments;

type Problems = Record<string, string>;

interface VariantProps {
  name: "a" | "b";
  typed: TypedVariant;
  problems: Problems;
  onChange: (typed: TypedVariant) => void;
}

function VariantFields({ name, typed, problems, onChange }: VariantProps) {
  return (
    <fieldset className="variant">
      <legend>{t.variant[name]}</legend>
      <p className="soft small">{t.variantLead[name]}</p>
      <div className="weights">
        {WEIGHTS.map((weight) => (
          <Field
            key={weight}
            label={t.weights[weight]}
            inputMode="decimal"
            placeholder={t.asAlways}
            autoComplete="off"
            value={typed.weights[weight]}
            wrong={problems[`${name}.${weight}`]}
            onChange={(event) => onChange({ ...typed, weights: { ...typed.weights, [weight]: event.target.value } })}
          />
        ))}
      </div>
      <Field
        label={t.space}
        hint={t.spaceHint}
        autoComplete="off"
        value={typed.space}
        wrong={problems[`${name}.space`]}
        onChange={(event) => onChange({ ...typed, space: event.target.value })}
      />
    </fieldset>
  );
}

function problemsOf(name: string, a: TypedVariant, b: TypedVariant, share: string): Problems {
  const problems: Problems = {};
  if (!name.trim()) problems.name = t.nameMissing;
  for (const [variant, typed] of [["a", a], ["b", b]] as const) {
    for (const weight of wrongWeights(typed)) problems[`${variant}.${weight}`] = t.weightWrong(mostOf(weight));
  }
  if (!(Number(share) > 0 && Number(share) <= 100)) problems.share = t.shareWrong;
  return problems;
}

// What the server does not know, by field.
const refusedBy = (error: unknown): Problems =>
  error instanceof ApiError && error.status === 422 && (error.field === "a.space" || error.field === "b.space") ? { [error.field]: t.spaceUnknown } : {};

// Makes an experiment, or changes one that has not begun.
export function ExperimentDialog({ experiment, onClose, onSaved }: { experiment?: Experiment; onClose: () => void; onSaved: () => void }) {
  const [name, setName] = useState(experiment?.name ?? "");
  const [mode, setMode] = useState<Mode>(experiment?.mode ?? "split");
  const [metric, setMetric] = useState<Metric>(experiment?.metric ?? "clicks_per_search");
  const [share, setShare] = useState(String(Math.round((experiment?.share ?? 1) * 1000) / 10));
  const [a, setA] = useState(typedOf(experiment?.a ?? {}));
  const [b, setB] = useState(typedOf(experiment?.b ?? {}));
  const [wrong, setWrong] = useState<Problems>({});
  const saving = useMutation({
    mutationFn: (given: ExperimentWrite) => (experiment ? experiments.change(experiment.id, given) : experiments.add(given)),
    onSuccess: onSaved,
    onError: (error) => setWrong(refusedBy(error)),
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const found = problemsOf(name, a, b, share);
    const variants = { a: variantOf(a), b: variantOf(b) };
    if (Object.keys(found).length === 0 && isAsAlways(variants.a) && isAsAlways(variants.b)) found["b.image"] = t.nothingCompared;
    setWrong(found);
    if (Object.keys(found).length === 0) saving.mutate({ name: name.trim(), mode, metric, share: Number(share) / 100, ...variants });
  };
  const choose = (next: Mode) => {
    setMode(next);
    if (!metricsOf(next).includes(metric)) setMetric("clicks_per_search");
  };
  const form = useFocusOnWrong(wrong, wrong);
  return (
    <DialogFrame title={experiment ? t.editTitle : t.add} className="wide" lead={t.addLead} onClose={onClose}>
      <form ref={form} onSubmit={submit} className="account-form" noValidate>
        <Field label={t.name} value={name} maxLength={200} autoComplete="off" wrong={wrong.name} onChange={(event) => setName(event.target.value)} />
        <div className="two">
          <div>
            <SelectField label={t.mode} value={mode} options={MODES.map((one) => [one, t.modes[one]])} onChange={choose} />
            <p className="soft small">{t.modeHints[mode]}</p>
          </div>
          <Field
            label={mode === "shadow" ? t.shareOfSearches : t.share}
            inputMode="decimal"
            autoComplete="off"
            value={share}
            wrong={wrong.share}
            onChange={(event) => setShare(event.target.value)}
          />
        </div>
        {mode !== "shadow" && <SelectField label={t.metric} value={metric} options={metricsOf(mode).map((one) => [one, t.metrics[one]])} onChange={setMetric} />}
        <VariantFields name="a" typed={a} problems={wrong} onChange={setA} />
        <VariantFields name="b" typed={b} problems={wrong} onChange={setB} />
        <Problem>{saving.isError && Object.keys(refusedBy(saving.error)).length === 0 && errorText(saving.error)}</Problem>
        <DialogFoot go={t.save} disabled={saving.isPending} />
      </form>
    </DialogFrame>
  );
}
