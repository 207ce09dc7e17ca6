import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { ApiError } from "../api/client";
import { jobs, type DeadLetterFilter, type ErrorClass, type Job } from "../api/jobs";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { errorText } from "../shell/errorText";
import { SelectField } from "../shell/Field";
import { ReadFailure } from "../shell/Messages";
import { MoreButton } from "../shell/MoreButton";
import { useNotice } from "../shell/Notices";
import { whileAllowed } from "../shell/queries";
import { texts } from "../texts";
import { DeadLetterRow } from "./DeadLetterRow";
import { kindName } from "./kindName";
import { problemOf } from "./problemOf";
import { RetryRun, retryRunKey } from "./RetryRun";

const t = texts.queues;
const CLASSES: ErrorClass[] = ["bad_input", "dependency", "transient", "lost"];
const CAUSES: [string, string][] = [["", t.anyCause], ...CLASSES.map((one): [string, string] => [one, t.causes[one] ?? one])];
// In minutes. Names that are numbers would come first in Object.entries().
const SINCE = ["any", "60", "1440", "10080"].map((one): [string, string] => [one, t.times[one] ?? one]);
const kindChoice = (kind: string): [string, string] => [kind, kindName(kind)];
const PER_SECOND = 10;
const POLL_MS = 5_000;
const deadKey = ["dead-letters"];

const runProblem = (error: unknown) => (error instanceof ApiError && error.status === 409 ? t.oneRun : errorText(error));

interface FilterProps {
  kinds: string[];
  filter: DeadLetterFilter;
  change: (part: DeadLetterFilter) => void;
}

function Filter({ kinds, filter, change }: FilterProps) {
  const [time, setTime] = useState("any");
  const since = (length: string) => {
    setTime(length);
    change({ from: length === "any" ? undefined : new Date(Date.now() - Number(length) * 60_000).toISOString() });
  };
  return (
    <div className="dead-filter">
      <SelectField label={t.kind} value={filter.kind ?? ""} options={[["", t.anyKind], ...kinds.map(kindChoice)]} onChange={(kind) => change({ kind: kind || undefined })} />
      <SelectField label={t.cause} value={filter.error_class ?? ""} options={CAUSES} onChange={(name) => change({ error_class: CLASSES.find((one) => one === name) })} />
      <SelectField label={t.since} value={time} options={SINCE} onChange={since} />
    </div>
  );
}

// What is undefined selects everything and is left out.
const given = (filter: DeadLetterFilter): DeadLetterFilter => Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));

// The jobs that failed for good, to retry and to discard.
export function DeadLetters({ kinds, onChanged }: { kinds: string[]; onChanged: () => void }) {
  const queries = useQueryClient();
  const notice = useNotice();
  const [filter, setFilter] = useState<DeadLetterFilter>({});
  const [discarding, setDiscarding] = useState<{ job: Job; name: string }>();
  const [retriesAll, setRetriesAll] = useState(false);
  const query = useInfiniteQuery({
    queryKey: [...deadKey, filter],
    queryFn: ({ pageParam, signal }) => jobs.deadLetters(filter, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_before,
    staleTime: 0,
    refetchInterval: whileAllowed(POLL_MS),
  });
  const refresh = useCallback(() => {
    void queries.invalidateQueries({ queryKey: deadKey });
    onChanged();
  }, [queries, onChanged]);
  const letters = query.data?.pages.flatMap((page) => page.jobs) ?? [];
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <section className="panel dead" aria-labelledby="dead-title" aria-busy={query.isPending}>
      <div className="row between">
        <h2 id="dead-title">{t.dead}</h2>
        {letters.length > 1 && (
          <button type="button" className="button" onClick={() => setRetriesAll(true)}>
            {t.retryAll}
          </button>
        )}
      </div>
      <RetryRun onProgress={refresh} />
      <Filter kinds={kinds} filter={filter} change={(part) => setFilter((now) => given({ ...now, ...part }))} />
      <ReadFailure query={query} />
      {query.isSuccess && letters.length === 0 && <p className="soft none">{isFiltered ? t.deadNoneOfFilter : t.deadNone}</p>}
      <ul className="entries">
        {letters.map((job) => (
          <DeadLetterRow key={job.id} job={job} onDecided={refresh} onDiscard={(name) => setDiscarding({ job, name })} />
        ))}
      </ul>
      <MoreButton query={query} className="text-button" />
      {discarding && (
        <ConfirmDialog
          title={t.discardTitle}
          lead={t.discardLead(discarding.name)}
          go={t.discard}
          act={() => jobs.discard(discarding.job.id)}
          errorOf={problemOf}
          onDone={() => {
            notice(t.discarded);
            setDiscarding(undefined);
            refresh();
          }}
          onClose={() => setDiscarding(undefined)}
        />
      )}
      {retriesAll && (
        <ConfirmDialog
          title={t.retryAllTitle}
          lead={t.retryAllLead(PER_SECOND)}
          go={t.retry}
          act={async () => queries.setQueryData(retryRunKey, await jobs.retryAll(filter, PER_SECOND))}
          errorOf={runProblem}
          onDone={() => {
            setRetriesAll(false);
            void queries.invalidateQueries({ queryKey: retryRunKey });
          }}
          onClose={() => setRetriesAll(false)}
        />
      )}
    </section>
  );
}
