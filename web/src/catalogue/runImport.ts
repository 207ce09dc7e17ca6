// Imports a file as it is, or photos in parts. Progress is visible, and a stopped import keeps what it stored.
import { api, ApiError, type ImportReport, type RowsType } from "../api/client";
import { base64Of } from "../photo/base64";
import { preparePhoto } from "../photo/prepare";
import { categoryOf, titleOf, type FolderFiles } from "./folder";

export interface Reject {
  at: string; // line of the file, or path of the photo
  field: string;
  reason: string;
}

export interface Warned {
  at: string;
  field: string;
  warning: string;
  value: string;
}

export interface Progress {
  done: number; // rows or photos
  share: number; // 0 to 1
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
  rejects: Reject[];
  warnings: number;
  warned: Warned[];
  kept: number; // items that kept what was changed since their last import
  readAs?: string;
  remarks: string[]; // on the file as a whole
  startedAt: number;
}

export type Source = { kind: "rows"; file: File; type: RowsType; name: string } | ({ kind: "photos"; name: string } & FolderFiles);

const FOLLOW_MS = 500;
const PART_BYTES = 3_000_000;
const MAX_REJECTS = 1_000;

export const start = (): Progress => ({
  done: 0,
  share: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  rejected: 0,
  rejects: [],
  warnings: 0,
  warned: [],
  kept: 0,
  remarks: [],
  startedAt: Date.now(),
});

function add(now: Progress, report: ImportReport, rows: number, share: number, place: (line: number) => string): Progress {
  const rejects = report.rejects.map(({ line, field, reason }) => ({ at: place(line), field, reason }));
  const warned = report.warned.map(({ line, field, warning, value }) => ({ at: place(line), field, warning, value }));
  return {
    ...now,
    done: now.done + rows,
    share,
    created: now.created + report.created,
    updated: now.updated + report.updated,
    unchanged: now.unchanged + report.unchanged,
    rejected: now.rejected + report.rejected,
    rejects: [...now.rejects, ...rejects].slice(0, MAX_REJECTS),
    warnings: now.warnings + report.warnings,
    warned: [...now.warned, ...warned].slice(0, MAX_REJECTS),
    kept: now.kept + report.kept,
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

// The media type of a file with listings by its name; none for another file.
export function rowsType(name: string): RowsType | undefined {
  if (/\.(csv|tsv|tab|txt)$/i.test(name)) return "text/csv";
  if (/\.(ndjson|jsonl)$/i.test(name)) return "application/x-ndjson";
  if (/\.json$/i.test(name)) return "application/json";
  return /\.(xml|rss|atom)$/i.test(name) ? "application/xml" : undefined;
}

// The server finds encoding, separator and shape by the content, and which rows belong together, so it is given the file
// whole. The import is followed by a name of its own.
async function importRows(source: Extract<Source, { kind: "rows" }>, name: string, signal: AbortSignal, report: (now: Progress) => void) {
  let now = start();
  const run = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
  const upload = new AbortController();
  let ended = false;
  const hasEnded = () => ended;
  const response = api.importRows(source.file, source.type, name, upload.signal, run).finally(() => (ended = true));
  // Before the server has the whole file, there is no import to stop yet.
  const stop = () => void api.stopImport(run).catch(() => upload.abort());
  signal.addEventListener("abort", stop);
  const follow = async () => {
    while (!hasEnded()) {
      await pause(FOLLOW_MS);
      const progress = hasEnded() ? undefined : await api.followImport(run).catch(() => undefined);
      if (hasEnded() || !progress) continue;
      now = { ...now, done: progress.done, share: progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0 };
      report(now);
    }
  };
  const following = follow();
  try {
    const done = await response;
    const rows = done.created + done.updated + done.unchanged + done.rejected;
    now = add({ ...start(), startedAt: now.startedAt }, done, rows, done.stopped ? now.share : 1, String);
    now = { ...now, readAs: done.read_as, remarks: done.remarks };
    report(now);
    signal.throwIfAborted();
    if (done.stopped) throw new ApiError("the server is stopping", 503);
    return now;
  } finally {
    signal.removeEventListener("abort", stop);
    await following;
  }
}

async function importPhotos(source: Extract<Source, { kind: "photos" }>, name: string, signal: AbortSignal, report: (now: Progress) => void) {
  let now = start();
  let lines: string[] = [];
  let paths: string[] = [];
  let size = 0;
  const send = async () => {
    if (lines.length === 0) return;
    const sent = paths;
    const response = await api.importRows(lines.join("\n"), "application/x-ndjson", name, signal);
    now = add(now, response, sent.length, (now.done + sent.length) / source.photos.length, (line) => sent[line - 1] ?? String(line));
    report(now);
    lines = [];
    paths = [];
    size = 0;
  };
  for (const { file, path } of source.photos) {
    signal.throwIfAborted();
    let photo: Blob;
    try {
      photo = await preparePhoto(file);
    } catch {
      photo = file; // the server reports the error
    }
    const row: Record<string, string> = { external_id: path.slice(-500), image_base64: await base64Of(photo) };
    const title = titleOf(path);
    const category = categoryOf(path);
    if (title) row.title = title;
    if (category) row.category = category;
    const line = JSON.stringify(row);
    lines.push(line);
    paths.push(path);
    size += line.length;
    if (size >= PART_BYTES || lines.length >= 25) await send();
  }
  await send();
  return { ...now, share: 1 };
}

export function runImport(source: Source, name: string, signal: AbortSignal, report: (now: Progress) => void): Promise<Progress> {
  return source.kind === "rows" ? importRows(source, name, signal, report) : importPhotos(source, name, signal, report);
}
