import "../styles/catalogue.css";
import "../styles/access.css";
import "../styles/sources.css";
import "../styles/experiments.css";
import { useQuery } from "@tanstack/react-query";
import { FlaskConical, Plus } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../api/client";
import { experiments, type Experiment } from "../api/experiments";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { errorText } from "../shell/errorText";
import { Message, ReadFailure } from "../shell/Messages";
import { useNotice } from "../shell/Notices";
import { whileAllowed } from "../shell/queries";
import { useChange } from "../shell/useChange";
import { pageTexts } from "../pageTexts";
import { ExperimentCard, experimentsKey, type ExperimentStep } from "./ExperimentCard";
import { ExperimentDialog } from "./ExperimentDialog";

const t = pageTexts.experiments;

type Step = { name: "add" } | { name: Exclude<ExperimentStep, "start">; experiment: Experiment };

const startProblem = (error: unknown) => (error instanceof ApiError && error.status === 409 ? t.anotherRuns : errorText(error));

// Comparisons of two ways to search, on live searches, with what they have found.
export function ExperimentsPage() {
  const notice = useNotice();
  const query = useQuery({ queryKey: experimentsKey, queryFn: ({ signal }) => experiments.list(signal), staleTime: 0, refetchInterval: whileAllowed(30_000) });
  const [step, setStep] = useState<Step>();
  const starting = useChange([experimentsKey], (id: string) => experiments.change(id, { state: "running" }), startProblem);
  const refreshing = useChange([experimentsKey], () => Promise.resolve());
  const close = () => setStep(undefined);
  const done = (text: string) => {
    notice(text);
    close();
    refreshing.mutate(undefined);
  };
  const open = (experiment: Experiment, name: ExperimentStep) =>
    name === "start" ? starting.mutate(experiment.id, { onSuccess: () => notice(t.startedNow) }) : setStep({ name, experiment });
  const known = query.data?.experiments;
  return (
    <div className="page">
      <header className="page-head with-action">
        <div>
          <h1>{t.title}</h1>
          <p className="soft">{t.lead}</p>
        </div>
        <button type="button" className="button primary" onClick={() => setStep({ name: "add" })}>
          <Plus size={18} aria-hidden /> {t.add}
        </button>
      </header>
      <ReadFailure query={query} />
      {known?.length === 0 && (
        <Message icon={<FlaskConical size={32} />} title={t.none}>
          <p>{t.noneLead}</p>
        </Message>
      )}
      {known && known.length > 0 && (
        <ul className="sources" aria-label={t.title}>
          {known.map((experiment) => (
            <ExperimentCard key={experiment.id} experiment={experiment} onStep={(name) => open(experiment, name)} />
          ))}
        </ul>
      )}
      {step?.name === "add" && <ExperimentDialog onClose={close} onSaved={() => done(t.saved)} />}
      {step?.name === "edit" && <ExperimentDialog experiment={step.experiment} onClose={close} onSaved={() => done(t.saved)} />}
      {step?.name === "stop" && (
        <ConfirmDialog
          title={t.stopTitle}
          lead={t.stopLead(step.experiment.name)}
          go={t.stop}
          act={() => experiments.change(step.experiment.id, { state: "stopped" })}
          onDone={() => done(t.stoppedNow)}
          onClose={close}
        />
      )}
      {step?.name === "remove" && (
        <ConfirmDialog
          title={t.removeTitle}
          lead={t.removeLead(step.experiment.name)}
          go={t.remove}
          act={() => experiments.remove(step.experiment.id)}
          onDone={() => done(t.removed)}
          onClose={close}
        />
      )}
    </div>
  );
}
