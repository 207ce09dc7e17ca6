import type { components } from "./schema.gen";
import { tenantHeaders } from "./tenant";

type Schemas = components["schemas"];
export type Result = Schemas["SearchResult"];
export type Item = Schemas["Item"];
export type ItemImage = Schemas["Image"];
export type Filters = Schemas["Filters"];
export type Facet = Schemas["Facet"];
export type SearchResponse = Schemas["SearchResponse"];
export type ItemList = Schemas["ItemList"];
export type ReadAs = Schemas["ReadAs"];
export type Health = Schemas["Health"];
export type ImportReport = Schemas["ImportReport"];
export type SampleReport = Schemas["SampleReport"];
export type ItemPatch = Schemas["ItemPatch"];
export type ItemWrite = Schemas["ItemWrite"];
export type PropertyName = keyof Schemas["Properties"];
export type PropertyValues = Schemas["PropertyValues"];

// The server's problem details (RFC 9457), or the reason why there is no response. The message is for programs and for the
// console: shell/errorText.ts has the words for people.
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number, // 0: the server could not be reached
    readonly field?: string,
    readonly requestId?: string,
    readonly code?: string, // the end of the problem's type, such as "totp_required"
  ) {
    super(message);
  }

  get unreachable() {
    return this.status === 0;
  }
}

async function problem(response: Response): Promise<ApiError> {
  try {
    const body = (await response.json()) as Partial<Schemas["Problem"]>;
    return new ApiError(body.detail ?? body.title ?? response.statusText, response.status, body.field, body.request_id, body.type?.split(":").at(-1));
  } catch {
    // A proxy in front of an unreachable server sends its own body.
    if (response.status >= 502 && response.status <= 504) return new ApiError("", 0);
    return new ApiError(response.statusText, response.status);
  }
}

// Hears "refused" when the server refuses a request for want of rights: a session may have ended, a role changed.
export const access = new EventTarget();

// Headers are plain objects everywhere in the app.
interface Request extends RequestInit {
  headers?: Record<string, string>;
}

async function request(path: string, init?: Request): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers: { ...init?.headers, ...tenantHeaders(path) } });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("", 0);
  }
  if (response.status === 401 || response.status === 403) access.dispatchEvent(new Event("refused"));
  if (!response.ok && !(path === "/health" && response.status === 503)) throw await problem(response);
  return response;
}

export async function call<T>(path: string, init?: Request): Promise<T> {
  const response = await request(path, init);
  if (response.status === 204) return undefined as T;
  const type = response.headers.get("content-type") ?? "";
  return (type.includes("json") ? await response.json() : await response.text()) as T;
}

// The content of a file.
export const file = async (path: string): Promise<Blob> => (await request(path)).blob();

// Removes what is at the path. It has succeeded, too, when somebody else has removed it meanwhile.
export async function removeAt(path: string, headers?: Record<string, string>): Promise<void> {
  try {
    await call<undefined>(path, { method: "DELETE", headers });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}

// A server that hangs does not respond either.
export const soon = (signal?: AbortSignal) => AbortSignal.any([AbortSignal.timeout(8_000), ...(signal ? [signal] : [])]);

export const json = (body: unknown, type = "application/json") => ({
  headers: { "Content-Type": type },
  body: JSON.stringify(body),
});

export type Sort = "newest" | "price_asc" | "price_desc";

export interface Browse {
  filters?: Filters;
  facets?: string[];
  limit?: number;
  cursor?: string;
  sort?: Sort;
}

export const api = {
  search(form: FormData, signal?: AbortSignal, headers?: Record<string, string>) {
    return call<SearchResponse>("/api/v1/search", { method: "POST", body: form, headers, signal });
  },
  browse({ filters, facets, limit, cursor, sort }: Browse, signal?: AbortSignal) {
    const query = new URLSearchParams();
    if (filters && Object.keys(filters).length > 0) query.set("filters", JSON.stringify(filters));
    if (facets) query.set("facets", JSON.stringify(facets));
    if (limit) query.set("limit", String(limit));
    if (cursor) query.set("cursor", cursor);
    if (sort) query.set("sort", sort);
    return call<ItemList>(`/api/v1/items?${query}`, { signal });
  },
  item: (id: string, signal?: AbortSignal) => call<Item>(`/api/v1/items/${id}`, { signal }),
  add: (item: ItemWrite) => call<Item>("/api/v1/items", { method: "POST", ...json(item) }),
  change: (id: string, patch: ItemPatch) =>
    call<Item>(`/api/v1/items/${id}`, { method: "PATCH", ...json(patch, "application/merge-patch+json") }),
  remove: (id: string) => call<undefined>(`/api/v1/items/${id}`, { method: "DELETE", keepalive: true }), // outlives the page
  importRows(body: string, source: string, signal?: AbortSignal) {
    return call<ImportReport>(`/api/v1/items/import?${new URLSearchParams({ source })}`, {
      method: "POST",
      headers: { "Content-Type": "application/x-ndjson" },
      body,
      signal,
    });
  },
  sample: (first: number, items: number, signal?: AbortSignal) =>
    call<SampleReport>(`/api/v1/items/sample?first=${first}&items=${items}`, { method: "POST", signal }),
  properties: (signal?: AbortSignal) => call<PropertyValues>("/api/v1/properties", { signal }),
  photo: (path: string) => file(path),
  health: (signal?: AbortSignal) => call<Health>("/health", { signal: soon(signal) }),
  metrics: (signal?: AbortSignal) => call<string>("/metrics", { signal: soon(signal) }),
};
