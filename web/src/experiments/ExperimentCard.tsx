import { useQuery } from "@tanstack/react-query";
import { Pencil, Play, Square, Trash2 } from "lucide-react";
import { experiments, type Experiment, type ExperimentVariant } from "../api/experiments";
import { Facts } from "../shell/Facts";
import { formatMoment, percent } from "../shell/format";
import { ReadFailure } from "../shell/Messages";
import { whileAllowed } from "../shell/queries";
import { pageTexts } from "../pageTexts";
import { Results } from "./Results";
import { isAsAlways, WEIGHTS } from "./variantForm";

const t = pageTexts.experiments;
export const experimentsKey = ["experiments"];
export type ExperimentStep = "start" | "stop" | "edit" | "remove";

export function variantText(variant: ExperimentVariant): string {
  if (isAsAlways(variant)) return t.unchanged;
  const weights = WEIGHTS.flatMap((name) => {
    const weight = variant.weights?.[name];
    return weight === undefined ? [] : [`${t.weights[name]} ${weight}`];
  });
  return [variant.space && t.inSpace(variant.space), ...weights].filter(Boolean).join(", ");
}

const BADGES = { draft: "status", running: "status active", stopped: "status ended" };

interface Props {
  experiment: Experiment;
  onStep: (step: ExperimentStep) => void;
}

// An experiment with what it has found. One that runs is read again every ten seconds.
export function ExperimentCard({ experiment, onStep }: Props) {
  const { id, name, state, mode } = experiment;
  const query = useQuery({
    queryKey: [...experimentsKey, id, state],
    enabled: state !== "draft",
    queryFn: ({ signal }) => experiments.one(id, signal),
    staleTime: 0,
    refetchInterval: state === "running" ? whileAllowed(10_000) : false,
  });
  const found = query.data ?? experiment;
  return (
    <li className="panel experiment" data-id={id}>
      <div className="source-head">
        <h2>{name}</h2>
        <span className={BADGES[state]}>{t.states[state]}</span>
      </div>
      <p className="soft small">{[t.modes[mode], mode !== "shadow" && t.metrics[experiment.metric], t.shareText(percent(experiment.share), mode === "shadow")].filter(Boolean).join(" · ")}</p>
      <Facts
        className="facts"
        facts={[
          ["A", variantText(experiment.a)],
          ["B", variantText(experiment.b)],
          [t.started, experiment.started_at ? formatMoment(experiment.started_at) : null],
          [t.stopped, experiment.stopped_at ? formatMoment(experiment.stopped_at) : null],
        ]}
      />
      {state === "running" && found.is_ready === false && <p className="problem">{t.notReady}</p>}
      <ReadFailure query={query} />
      <Results experiment={found} />
      <div className="row">
        {state === "draft" && (
          <>
            <button type="button" className="button primary" aria-label={t.startNamed(name)} onClick={() => onStep("start")}>
              <Play size={16} aria-hidden /> {t.start}
            </button>
            <button type="button" className="button" aria-label={t.editNamed(name)} onClick={() => onStep("edit")}>
              <Pencil size={16} aria-hidden /> {t.edit}
            </button>
          </>
        )}
        {state === "running" && (
          <button type="button" className="button" aria-label={t.stopNamed(name)} onClick={() => onStep("stop")}>
            <Square size={16} aria-hidden /> {t.stop}
          </button>
        )}
        {state !== "running" && (
          <button type="button" className="button" aria-label={t.removeNamed(name)} onClick={() => onStep("remove")}>
            <Trash2 size={16} aria-hidden /> {t.remove}
          </button>
        )}
      </div>
    </li>
  );
}
