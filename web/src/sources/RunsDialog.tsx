import { useInfiniteQuery } from "@tanstack/react-query";
import { sources, type Source, type SourceRun } from "../api/sources";
import { locale } from "../language/language";
import { DialogFrame } from "../shell/DialogFrame";
import { formatBytes, formatMoment } from "../shell/format";
import { ReadFailure } from "../shell/Messages";
import { MoreButton } from "../shell/MoreButton";
import { texts } from "../texts";
import { countsOf, failuresOf } from "./runText";

const t = texts.sources;

function Failures({ run }: { run: SourceRun }) {
  const failures = failuresOf(run);
  if (failures.length === 0) return null;
  const total = failures.reduce((sum, [, n]) => sum + n, 0);
  return (
    <details className="small">
      <summary>{failures.map(([reason, n]) => `${reason}: ${n.toLocaleString(locale())}`).join(" · ")}</summary>
      <p>{t.failures(total)}</p>
      <ul className="samples">
        {run.samples.map((sample, index) => (
          <li key={index}>
            <span>{t.reasons[sample.reason] ?? sample.reason}</span> <code>{sample.url || sample.external_id}</code>
            {sample.message && <span className="soft"> {sample.message}</span>}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Run({ run }: { run: SourceRun }) {
  const bad = run.state === "failed" || run.state === "blocked" || run.state === "held";
  return (
    <li className="entry">
      <div className="entry-text">
        <p className="entry-name">
          {formatMoment(run.started_at)} <span className={bad ? "status ended" : "status"}>{t.runStates[run.state] ?? run.state}</span>
        </p>
        <p className="small">{countsOf(run.counts) || t.nothingSeen}</p>
        <p className="soft small">
          {t.pages(run.pages_done, run.pages_total)} · {t.runFacts(run.requests, formatBytes(run.bytes))}
        </p>
        {[run.error, ...run.remarks].filter(Boolean).map((said) => (
          <p key={said} className="small">
            {said}
          </p>
        ))}
        <Failures run={run} />
      </div>
    </li>
  );
}

// The latest runs of a source: what each found, and a sample of what failed.
export function RunsDialog({ source, onClose }: { source: Source; onClose: () => void }) {
  const query = useInfiniteQuery({
    queryKey: ["sources", source.id, "runs"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => sources.runs(source.id, pageParam, signal),
    getNextPageParam: (page) => page.next_before ?? undefined,
    staleTime: 0,
  });
  const runs = query.data?.pages.flatMap((page) => page.runs) ?? [];
  return (
    <DialogFrame title={t.runs} lead={source.name} className="wide" onClose={onClose}>
      <ReadFailure query={query} />
      {query.isSuccess && runs.length === 0 && <p className="soft">{t.runsNone}</p>}
      <ul className="entries" aria-busy={query.isPending}>
        {runs.map((run) => (
          <Run key={run.id} run={run} />
        ))}
      </ul>
      <MoreButton query={query} />
    </DialogFrame>
  );
}
