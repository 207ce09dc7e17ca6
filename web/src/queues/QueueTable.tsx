import { useMutation, useQuery } from "@tanstack/react-query";
import { CircleAlert, Pause, Play } from "lucide-react";
import { useState } from "react";
import { useMay } from "../access/me";
import { api } from "../api/client";
import { jobs, type Queue } from "../api/jobs";
import { locale } from "../language/language";
import { parseMetrics } from "../operations/prometheus";
import { errorText } from "../shell/errorText";
import { formatAgo, formatMoment } from "../shell/format";
import { useNotice } from "../shell/Notices";
import { whileAllowed } from "../shell/queries";
import { texts } from "../texts";
import { kindName } from "./kindName";
import { PauseDialog } from "./PauseDialog";
import { rateOf, withReading, type JobReading, type Rate } from "./rates";

const t = texts.queues;
const POLL_MS = 5_000;
const perMinute = (rate: number) => (rate > 0 && rate < 1 ? "< 1" : Math.round(rate).toLocaleString(locale()));

// The counters of this server, for those who may read them.
function useReadings(): JobReading[] {
  const mayRead = useMay()("metrics");
  const { data } = useQuery({
    queryKey: ["job-counters"],
    queryFn: async ({ signal }): Promise<JobReading> => ({ at: Date.now(), metrics: parseMetrics(await api.metrics(signal)) }),
    refetchInterval: whileAllowed(POLL_MS),
    staleTime: 0,
    gcTime: 0,
    enabled: mayRead,
    structuralSharing: false,
  });
  const [history, setHistory] = useState<{ last?: JobReading; readings: JobReading[] }>({ readings: [] });
  if (data && data !== history.last) setHistory(({ readings }) => ({ last: data, readings: withReading(readings, data) }));
  return history.readings;
}

// Why a queue stands still.
function StandStill({ queue }: { queue: Queue }) {
  if (!queue.paused && queue.breaker_failures === 0) return null;
  return (
    <span className="queue-state">
      {queue.paused && <span className="status ended">{queue.paused_until ? t.pausedFor(formatMoment(queue.paused_until)) : t.pausedForever}</span>}
      {queue.breaker_failures > 0 && (
        <span className="small asset-error">
          <CircleAlert size={14} aria-hidden /> {t.breaker}
        </span>
      )}
      {queue.pause_reason && <span className="soft small">{queue.pause_reason}</span>}
    </span>
  );
}

function QueueRow({ queue, rate, onPause, onChanged }: { queue: Queue; rate?: Rate; onPause: () => void; onChanged: () => void }) {
  const notice = useNotice();
  const resuming = useMutation({
    mutationFn: () => jobs.resume(queue.name),
    onSuccess: () => notice(t.resumed),
    onError: (error) => notice(errorText(error)),
    onSettled: onChanged,
  });
  const name = kindName(queue.name);
  return (
    <tr>
      <th scope="row">
        <span className="queue-name">{name}</span>
        <StandStill queue={queue} />
      </th>
      <td className="number">{queue.waiting.toLocaleString(locale())}</td>
      <td className="number extra">{queue.delayed.toLocaleString(locale())}</td>
      <td className="number">{queue.running.toLocaleString(locale())}</td>
      <td className={queue.dead > 0 ? "number asset-error" : "number"}>{queue.dead.toLocaleString(locale())}</td>
      <td className="extra">{queue.oldest_waiting_at ? formatAgo(queue.oldest_waiting_at) : "–"}</td>
      <td className="number extra">{rate ? perMinute(rate.done) : "–"}</td>
      <td className="number extra">{rate ? perMinute(rate.failed) : "–"}</td>
      <td className="piece-actions">
        {(queue.paused || queue.breaker_failures > 0) && (
          <button type="button" className="icon-button small" aria-label={t.resumeNamed(name)} title={t.resumeNamed(name)} disabled={resuming.isPending} onClick={() => resuming.mutate()}>
            <Play size={17} aria-hidden />
          </button>
        )}
        {!queue.paused && (
          <button type="button" className="icon-button small" aria-label={t.pauseNamed(name)} title={t.pauseNamed(name)} onClick={onPause}>
            <Pause size={17} aria-hidden />
          </button>
        )}
      </td>
    </tr>
  );
}

const COLUMNS: [name: string, className: string][] = [
  [t.queue, ""],
  [t.waiting, "number"],
  [t.delayed, "number extra"],
  [t.running, "number"],
  [t.failed, "number"],
  [t.oldest, "extra"],
  [t.done, "number extra"],
  [t.missed, "number extra"],
];

// The queues with their depths and rates, to pause and resume.
export function QueueTable({ queues, onChanged }: { queues: Queue[]; onChanged: () => void }) {
  const notice = useNotice();
  const readings = useReadings();
  const [pausing, setPausing] = useState<string>();
  return (
    <>
      {/* A scrollable region must be reachable by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="table-scroll plain" tabIndex={0} role="region" aria-label={t.title}>
        <table className="queue-table">
          <thead>
            <tr>
              {COLUMNS.map(([name, className]) => (
                <th key={name} scope="col" className={className}>
                  {name}
                </th>
              ))}
              <td />
            </tr>
          </thead>
          <tbody>
            {queues.map((queue) => (
              <QueueRow key={queue.name} queue={queue} rate={rateOf(readings, queue.name)} onPause={() => setPausing(queue.name)} onChanged={onChanged} />
            ))}
          </tbody>
        </table>
      </div>
      {readings.length > 0 && <p className="soft small queue-rates">{t.ratesOf}</p>}
      {pausing !== undefined && (
        <PauseDialog
          queue={pausing}
          onPaused={() => {
            notice(t.paused);
            setPausing(undefined);
            onChanged();
          }}
          onClose={() => setPausing(undefined)}
        />
      )}
    </>
  );
}
