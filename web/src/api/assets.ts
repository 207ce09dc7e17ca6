import { ApiError, call } from "./client";
import type { components } from "./schema.gen";
import { tenantHeaders } from "./tenant";

type Schemas = components["schemas"];
export type Asset = Schemas["Asset"];
export type AssetList = Schemas["AssetList"];
export type AssetState = Asset["state"];
export type IngestedAsset = Schemas["IngestedAsset"];

const INGEST = "/api/v1/ingest";

export interface SendOptions {
  signal: AbortSignal;
  onProgress: (share: number) => void; // from 0 to 1
  together?: File[]; // the files that are sent as one; the first one stands for them
}

// The error that a response stands for.
function problemOf(request: XMLHttpRequest): ApiError {
  try {
    const body = JSON.parse(request.responseText) as Partial<Schemas["Problem"]>;
    return new ApiError(body.detail ?? "", request.status, body.field, body.request_id, body.type?.split(":").at(-1));
  } catch {
    return new ApiError(request.statusText, request.status);
  }
}

// fetch() does not tell how much of a body has been sent.
function send(file: File, metadata: object, { signal, onProgress }: SendOptions): Promise<IngestedAsset> {
  const form = new FormData();
  form.append("files", file, file.name);
  form.append("metadata", JSON.stringify(metadata));
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", INGEST);
    for (const [name, value] of Object.entries(tenantHeaders(INGEST))) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => onProgress(event.total > 0 ? event.loaded / event.total : 0));
    request.addEventListener("load", () => {
      if (request.status === 202) resolve(JSON.parse(request.responseText) as IngestedAsset);
      else reject(problemOf(request));
    });
    request.addEventListener("error", () => reject(new ApiError("", 0)));
    request.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

export const assets = {
  send,
  // `mine`: only those that the caller sent first.
  list({ state, mine }: { state?: AssetState; mine: boolean }, cursor: string | undefined, signal?: AbortSignal) {
    const query = new URLSearchParams({ limit: "50", ...(state && { state }), ...(mine && { mine: "true" }), ...(cursor && { cursor }) });
    return call<AssetList>(`/api/v1/assets?${query}`, { signal });
  },
  one: (id: string, signal?: AbortSignal) => call<Schemas["AssetWithJobs"]>(`/api/v1/assets/${encodeURIComponent(id)}`, { signal }),
  remove: (id: string) => call<undefined>(`/api/v1/assets/${id}`, { method: "DELETE" }),
};
