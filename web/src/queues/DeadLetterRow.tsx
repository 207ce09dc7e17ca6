import { useMutation, useQuery } from "@tanstack/react-query";
import { FileX, RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import { assets, type Asset } from "../api/assets";
import { jobs, type Job, type JobDetail } from "../api/jobs";
import { formatAgo } from "../shell/format";
import { useNotice } from "../shell/Notices";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { kindName } from "./kindName";
import { problemOf } from "./problemOf";
import { useSubmitter } from "./useSubmitter";

const t = texts.queues;

// The asset that a job is about.
export function assetOf(payload: unknown): string | undefined {
  const asset = typeof payload === "object" && payload !== null && "asset" in payload ? payload.asset : undefined;
  return typeof asset === "string" ? asset : undefined;
}

// The file that a job is about, as far as the server still has it.
function useJobFile(job: JobDetail | undefined): Asset | undefined {
  const id = assetOf(job?.payload);
  return useQuery({ queryKey: ["assets", "one", id], queryFn: ({ signal }) => assets.one(id ?? "", signal), enabled: id !== undefined }).data;
}

const FILES = new Set(["asset", "video"]);

// Why a job failed. Known reasons are about files; those of other jobs are in the server's words.
function reasonOf({ kind, error }: Job): string | undefined {
  if (!error) return undefined;
  const reason = FILES.has(kind) ? pageTexts.uploads.reason(error.code, error.message) : error.message;
  return `${t.causes[error.class] ?? error.class}: ${reason}`;
}

function Picture({ asset }: { asset?: Asset }) {
  const [broken, setBroken] = useState(false);
  // A damaged photo has no thumbnail, but browsers show what they can read of it.
  const source = asset?.thumbnail_url ?? (asset?.media_type?.startsWith("image/") ? asset.content_url : null);
  if (source && !broken) return <img className="asset-thumbnail" src={source} alt="" loading="lazy" width="56" height="56" onError={() => setBroken(true)} />;
  return (
    <span className="asset-thumbnail empty">
      <FileX size={22} aria-hidden />
    </span>
  );
}

function Attempts({ job }: { job: JobDetail }) {
  return (
    <details className="attempts">
      <summary>{t.details}</summary>
      <ol>
        {job.failed_attempts.map(({ attempt, ended_at, error }) => (
          <li key={attempt}>
            <p className="small">{t.attempt(attempt, formatAgo(ended_at), t.causes[error.class] ?? error.class)}</p>
            <p className="soft small">{[error.field, error.message].filter(Boolean).join(": ")}</p>
          </li>
        ))}
      </ol>
    </details>
  );
}

// A job that failed for good, with its file and why it failed.
export function DeadLetterRow({ job, onDecided, onDiscard }: { job: Job; onDecided: () => void; onDiscard: (name: string) => void }) {
  const notice = useNotice();
  const detail = useQuery({ queryKey: ["dead-letter", job.id], queryFn: ({ signal }) => jobs.deadLetter(job.id, signal) }).data;
  const asset = useJobFile(detail);
  const submitter = useSubmitter(job.submitter);
  const retrying = useMutation({
    mutationFn: () => jobs.retry(job.id),
    onSuccess: () => notice(t.retried),
    onError: (error) => notice(problemOf(error)),
    onSettled: onDecided,
  });
  const name = asset?.name || asset?.url || t.job(job.id);
  const facts = [
    kindName(job.kind),
    job.finished_at && formatAgo(job.finished_at),
    t.attempts(job.attempt, job.max_attempts),
    submitter,
    job.retried_from && t.again(job.retried_from),
  ];
  return (
    <li className="entry">
      <Picture asset={asset} />
      <div className="entry-text">
        <p className="entry-name">
          <span className="asset-name">{name}</span>
        </p>
        <p className="soft small">{facts.filter(Boolean).join(" · ")}</p>
        {job.error && <p className="small asset-error">{reasonOf(job)}</p>}
        {detail && detail.failed_attempts.length > 0 && <Attempts job={detail} />}
      </div>
      <div className="row">
        <button type="button" className="button" aria-label={t.retryNamed(name)} disabled={retrying.isPending} onClick={() => retrying.mutate()}>
          <RotateCcw size={16} aria-hidden /> {t.retry}
        </button>
        <button type="button" className="icon-button small" aria-label={t.discardNamed(name)} title={t.discardNamed(name)} disabled={retrying.isPending} onClick={() => onDiscard(name)}>
          <Trash2 size={16} aria-hidden />
        </button>
      </div>
    </li>
  );
}
