// The calls of the API about sources, their runs, captures, and the history of items.
import { call, json, removeAt } from "./client";
import type { components, operations } from "./schema.gen";

type Schemas = components["schemas"];
export type Source = Schemas["Source"];
export type SourceKind = Source["kind"];
export type SourceRun = Schemas["SourceRun"];
export type NewSource = Schemas["NewSource"];
export type SourceChange = Schemas["SourceChange"];
export type SourceTest = Schemas["SourceTest"];
export type SourceListing = Schemas["SourceListing"];
export type ItemHistory = Schemas["ItemHistory"];
export type SourceRuns = operations["listSourceRuns"]["responses"][200]["content"]["application/json"];
export type Capture = operations["capturePage"]["responses"][202]["content"]["application/json"];

const at = (id: string) => `/api/v1/sources/${encodeURIComponent(id)}`;

export const sources = {
  list: (signal?: AbortSignal) => call<{ sources: Source[] }>("/api/v1/sources", { signal }),
  read: (id: string, signal?: AbortSignal) => call<Source>(at(id), { signal }),
  // Takes up to a minute: the host is asked politely.
  test: (address: string, signal?: AbortSignal) => call<SourceTest>("/api/v1/sources/test", { method: "POST", ...json({ address }), signal }),
  add: (source: NewSource) => call<Source>("/api/v1/sources", { method: "POST", ...json(source) }),
  change: (id: string, change: SourceChange) => call<Source>(at(id), { method: "PATCH", ...json(change) }),
  remove: (id: string) => removeAt(at(id)),
  run: (id: string) => call<SourceRun>(`${at(id)}/run`, { method: "POST" }),
  stop: (id: string) => call<SourceRun>(`${at(id)}/stop`, { method: "POST" }),
  confirm: (id: string) => call<SourceRun>(`${at(id)}/confirm`, { method: "POST" }),
  runs: (id: string, before?: string, signal?: AbortSignal) => call<SourceRuns>(`${at(id)}/runs?limit=10${before ? `&before=${encodeURIComponent(before)}` : ""}`, { signal }),
  capture: (url: string, html: string) => call<Capture>("/api/v1/capture", { method: "POST", ...json({ url, html }) }),
  history: (item: string, signal?: AbortSignal) => call<ItemHistory>(`/api/v1/items/${encodeURIComponent(item)}/history`, { signal }),
};
