import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { jobs } from "../api/jobs";
import { errorText } from "../shell/errorText";
import { useNotice } from "../shell/Notices";
import { whileAllowed } from "../shell/queries";
import { texts } from "../texts";

const t = texts.queues;
const POLL_MS = 1_000;
export const retryRunKey = ["retry-run"];

// The run that retries many dead letters, while there is one, with a button that stops it; then how it ended.
export function RetryRun({ onProgress }: { onProgress: () => void }) {
  const queries = useQueryClient();
  const notice = useNotice();
  const { data: run } = useQuery({
    queryKey: retryRunKey,
    queryFn: ({ signal }) => jobs.retryRun(signal),
    staleTime: 0,
    refetchInterval: (reading) => (reading.state.data?.running ? whileAllowed(POLL_MS)(reading) : false),
  });
  const stopping = useMutation({
    mutationFn: jobs.stopRetryRun,
    onSuccess: (stopped) => {
      queries.setQueryData(retryRunKey, stopped);
      notice(t.stopped);
    },
    onError: (error) => notice(errorText(error)),
  });
  const running = run?.running ?? false;
  const done = (run?.retried ?? 0) + (run?.gone ?? 0);
  useEffect(() => {
    if (done > 0) onProgress();
  }, [done, running, onProgress]);
  if (!run) return null;
  return (
    <div className="sent-head">
      {/* Numbers that change every second are not announced; the end is. */}
      {running && <p>{t.runGoes(run.retried)}</p>}
      <p role="status">
        {!running && t.runEnded(run.retried)}
        {run.error && <span className="asset-error"> {t.runFailed}</span>}
      </p>
      {running && (
        <button type="button" className="button" disabled={stopping.isPending} onClick={() => stopping.mutate()}>
          {t.stop}
        </button>
      )}
    </div>
  );
}
