// Imports a file or photos in parts, so that progress is visible and a stopped import keeps what it sent.
import { api, ApiError, type ImportReport } from "../api/client";
import { preparePhoto } from "../photo/prepare";
import { categoryOf, titleOf, type FolderPhoto } from "./folder";
import { splitRows } from "./splitRows";

export interface Reject {
  at: string; // line of the file, or path of the photo
  field: string;
  reason: string;
}

export interface Progress {
  done: number; // rows or photos
  share: number; // 0 to 1
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
  rejects: Reject[];
  startedAt: number;
}

export type Source = { kind: "rows"; file: File; csv: boolean; name: string } | { kind: "photos"; photos: FolderPhoto[]; name: string };

const FIRST_ROWS = 20;
const MAX_ROWS = 500;
const PART_MS = 1_200; // target duration of a part
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
  startedAt: Date.now(),
});

function add(now: Progress, report: ImportReport, rows: number, share: number, place: (line: number) => string): Progress {
  const rejects = report.rejects.map(({ line, field, reason }) => ({ at: place(line), field, reason }));
  return {
    ...now,
    done: now.done + rows,
    share,
    created: now.created + report.created,
    updated: now.updated + report.updated,
    unchanged: now.unchanged + report.unchanged,
    rejected: now.rejected + report.rejected,
    rejects: [...now.rejects, ...rejects].slice(0, MAX_REJECTS),
  };
}

async function importRows(source: Extract<Source, { kind: "rows" }>, name: string, signal: AbortSignal, report: (now: Progress) => void) {
  let now = start();
  let rows = FIRST_ROWS;
  const splitter = splitRows(source.file, source.csv, { rows: () => rows, bytes: PART_BYTES });
  for await (const part of splitter.parts) {
    const from = performance.now();
    const body = splitter.header + part.text;
    const response = await api.importRows(body, source.csv ? "text/csv" : "application/x-ndjson", name, signal);
    const took = performance.now() - from;
    const place = (line: number) => String(line - splitter.headerLines + part.line - 1);
    now = add(now, response, part.rows, part.bytes / Math.max(1, source.file.size), place);
    report(now);
    rows = Math.round(Math.min(MAX_ROWS, part.rows * 2, Math.max(5, (part.rows * PART_MS) / Math.max(50, took))));
    if (response.stopped) throw new ApiError("the server is stopping", 503);
  }
  return { ...now, share: 1 };
}

async function base64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
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
    const row: Record<string, string> = { external_id: path.slice(-500), image_base64: await base64(photo) };
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
