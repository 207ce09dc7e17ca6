import { Progress as Bar } from "@base-ui/react/progress";
import { useEffect, useState } from "react";
import { isAtWork, type ImportJob } from "../api/imports";
import { locale } from "../language/language";
import { texts } from "../texts";

interface Numbers {
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
  warnings: number;
}

export function Counters({ progress }: { progress: Numbers }) {
  const counts = [
    [texts.catalogue.created, progress.created],
    [texts.catalogue.updated, progress.updated],
    [texts.catalogue.unchanged, progress.unchanged],
    [texts.catalogue.rejected, progress.rejected],
    [texts.catalogue.warnings, progress.warnings],
  ] as const;
  return (
    <dl className="counters">
      {counts.map(([name, count]) => (
        <div key={name} className={name === texts.catalogue.rejected && count > 0 ? "bad" : ""}>
          <dt>{name}</dt>
          <dd>{count.toLocaleString(locale())}</dd>
        </div>
      ))}
    </dl>
  );
}

// 0 to 1.
export function shareOf({ state, progress, undo }: ImportJob): number {
  if (undo) {
    const undone = undo.deleted + undo.restored + undo.changed_since + undo.removed_since;
    return undone + undo.open > 0 ? undone / (undone + undo.open) : 1;
  }
  if (!isAtWork(state) && state === "done") return 1;
  return progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
}

// How far an import is, how fast, and how long it will take.
export function ImportBar({ job }: { job: ImportJob }) {
  const isRunning = isAtWork(job.state);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [isRunning]);
  const share = shareOf(job);
  const began = job.started_at ? Date.parse(job.started_at) : now;
  const seconds = Math.max(0.5, ((job.ended_at ? Date.parse(job.ended_at) : now) - began) / 1000);
  const isImport = !job.undo && job.state !== "waiting";
  return (
    <Bar.Root value={Math.round(share * 100)} className="progress wide" aria-label={job.undo ? texts.imports.undoing : texts.catalogue.running}>
      <Bar.Track className="progress-track">
        <Bar.Indicator className="progress-bar" />
      </Bar.Track>
      <span>
        {texts.catalogue.progress(Math.round(share * 100))}
        {isImport && ` · ${texts.catalogue.speed(job.progress.done / seconds)}`}
        {isImport && isRunning && share > 0.02 && ` · ${texts.catalogue.left((seconds / share) * (1 - share))}`}
      </span>
    </Bar.Root>
  );
}
