// Imports photos in parts. Progress is visible, and a stopped import keeps what it stored. Files of listings are imported by
// the server (src/imports).
import { api, type ImportReport } from "../api/client";
import { base64Of } from "../photo/base64";
import { preparePhoto } from "../photo/prepare";
import { categoryOf, titleOf, type FolderFiles } from "./folder";

export interface Reject {
  at: string; // path of the photo
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
  done: number; // photos
  share: number; // 0 to 1
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
  rejects: Reject[];
  warnings: number;
  warned: Warned[];
  kept: number; // items that kept what was changed since their last import
  startedAt: number;
}

export type Source = { name: string } & FolderFiles;

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

// Whether the server reads listings from a file of this name.
export const isRowsFile = (name: string) => /\.(csv|tsv|tab|txt|ndjson|jsonl|json|xml|rss|atom)$/i.test(name);

export async function runImport(source: Source, name: string, signal: AbortSignal, report: (now: Progress) => void): Promise<Progress> {
  let now = start();
  let lines: string[] = [];
  let paths: string[] = [];
  let size = 0;
  const send = async () => {
    if (lines.length === 0) return;
    const sent = paths;
    const response = await api.importRows(lines.join("\n"), name, signal);
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
