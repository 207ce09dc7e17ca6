// The calls of the API about imports of files, which jobs of the server do.
import { call, file, json, removeAt } from "./client";
import type { components, operations } from "./schema.gen";

type Schemas = components["schemas"];
export type ImportJob = Schemas["ImportJobDetail"];
export type ListedImport = Schemas["ImportJob"];
export type ImportState = ImportJob["state"];
export type ImportPreview = Schemas["ImportPreview"];
export type ImportColumn = ImportPreview["columns"][number];
export type PreviewRow = ImportPreview["rows"][number];
export type ImportSettings = Schemas["ImportSettings"];
export type ImportRejects = operations["listImportRejects"]["responses"][200]["content"]["application/json"];

export const MOST_REJECTS = 1_000;

// Whether a job works on the import, or is about to.
export const isAtWork = (state: ImportState) => state === "waiting" || state === "running" || state === "undoing";

const at = (id: string) => `/api/v1/imports/${encodeURIComponent(id)}`;
const post = <T>(path: string, body?: unknown) => call<T>(path, { method: "POST", ...(body === undefined ? {} : json(body)) });

export const imports = {
  // `source`: that of rows without one; by default the name of the file.
  add(content: File, source?: string, signal?: AbortSignal) {
    const query = new URLSearchParams({ name: content.name, ...(source === undefined ? {} : { source }) });
    return call<ImportPreview>(`/api/v1/imports?${query}`, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: content, signal });
  },
  list: (signal?: AbortSignal) => call<{ imports: ListedImport[] }>("/api/v1/imports?limit=20", { signal }),
  read: (id: string, signal?: AbortSignal) => call<ImportJob>(at(id), { signal }),
  preview: (id: string, settings: ImportSettings) => post<ImportPreview>(`${at(id)}/preview`, settings),
  start: (id: string, settings: ImportSettings = {}) => post<ImportJob>(`${at(id)}/start`, settings),
  stop: (id: string) => post<ImportJob>(`${at(id)}/stop`),
  undo: (id: string) => post<ImportJob>(`${at(id)}/undo`),
  remove: (id: string) => removeAt(at(id)),
  rejects: (id: string, signal?: AbortSignal) => call<ImportRejects>(`${at(id)}/rejects?limit=${MOST_REJECTS}`, { signal }),
  rejectsFile: (id: string) => file(`${at(id)}/rejects/file`),
};
