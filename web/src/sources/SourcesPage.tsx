import "../styles/catalogue.css";
import "../styles/access.css";
import "../styles/sources.css";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "../routing/router";
import { Plus, Rss } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../api/client";
import { sources, type Source } from "../api/sources";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { errorText } from "../shell/errorText";
import { Message, ReadFailure } from "../shell/Messages";
import { useNotice } from "../shell/Notices";
import { whileAllowed } from "../shell/queries";
import { texts } from "../texts";
import { AddSourceDialog } from "./AddSourceDialog";
import { EditSourceDialog } from "./EditSourceDialog";
import { RunsDialog } from "./RunsDialog";
import { SourceRow, type SourceAct } from "./SourceRow";

const t = texts.sources;
const sourcesKey = ["sources"];

type Step = { name: "add" } | { name: "edit" | "runs" | "remove"; source: Source };

const ACTS: Record<SourceAct, { go: (id: string) => Promise<unknown>; done: string; late: string }> = {
  run: { go: sources.run, done: t.runAsked, late: t.busyRun },
  stop: { go: sources.stop, done: t.stopped, late: t.noRun },
  confirm: { go: sources.confirm, done: t.confirmed, late: t.noRun },
};

function useAct(refresh: () => void) {
  const notice = useNotice();
  return useMutation({
    mutationFn: ({ act, id }: { act: SourceAct; id: string }) => ACTS[act].go(id),
    onSuccess: (_, { act }) => notice(ACTS[act].done),
    onError: (error, { act }) => notice(error instanceof ApiError && error.status === 409 ? ACTS[act].late : errorText(error)),
    onSettled: refresh,
  });
}

// Where listings come from by themselves, how each source is, and what its runs found.
export function SourcesPage() {
  const queries = useQueryClient();
  const notice = useNotice();
  const query = useQuery({ queryKey: sourcesKey, queryFn: ({ signal }) => sources.list(signal), staleTime: 0, refetchInterval: whileAllowed(5_000) });
  const [step, setStep] = useState<Step>();
  const refresh = () => void queries.invalidateQueries({ queryKey: sourcesKey });
  const acting = useAct(refresh);
  const close = () => setStep(undefined);
  const done = (text: string) => {
    notice(text);
    close();
    refresh();
  };
  const known = query.data?.sources ?? [];
  return (
    <div className="page">
      <header className="page-head with-action">
        <div>
          <h1>{t.title}</h1>
          <p className="soft">{t.lead}</p>
        </div>
        <div className="row">
          <Link to="/studio/bookmarklet" className="button">
            {t.bookmarklet}
          </Link>
          <button type="button" className="button primary" onClick={() => setStep({ name: "add" })}>
            <Plus size={18} aria-hidden /> {t.add}
          </button>
        </div>
      </header>
      <ReadFailure query={query} />
      {query.isSuccess && known.length === 0 && (
        <Message icon={<Rss size={32} />} title={t.none}>
          <p>{t.noneLead}</p>
        </Message>
      )}
      <ul className="sources" aria-label={t.title} aria-busy={query.isPending}>
        {known.map((source) => (
          <SourceRow
            key={source.id}
            source={source}
            busy={acting.isPending}
            onAct={(act) => acting.mutate({ act, id: source.id })}
            onOpen={(name) => setStep({ name, source })}
          />
        ))}
      </ul>
      {step?.name === "add" && <AddSourceDialog onClose={close} onAdded={() => done(t.added)} />}
      {step?.name === "edit" && <EditSourceDialog source={step.source} onClose={close} onSaved={() => done(t.saved)} />}
      {step?.name === "runs" && <RunsDialog source={step.source} onClose={close} />}
      {step?.name === "remove" && (
        <ConfirmDialog
          title={t.removeTitle}
          lead={t.removeLead(step.source.name)}
          go={t.remove}
          act={() => sources.remove(step.source.id)}
          onDone={() => done(t.removed)}
          onClose={close}
        />
      )}
    </div>
  );
}
