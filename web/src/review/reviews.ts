// The calls of the API about items that wait for a review.
import { call } from "../api/client";
import type { components } from "../api/schema.gen";

type Schemas = components["schemas"];
export type FlaggedItem = Schemas["FlaggedItem"];
export type ImageFlag = Schemas["ImageFlag"];
export type FlaggedList = Schemas["FlaggedItemList"];

const at = (id: string) => `/api/v1/content/flagged/${encodeURIComponent(id)}`;

export const reviews = {
  list: (after: string | undefined, signal?: AbortSignal) => call<FlaggedList>(`/api/v1/content/flagged${after ? `?after=${encodeURIComponent(after)}` : ""}`, { signal }),
  approve: (id: string) => call<Schemas["Item"]>(`${at(id)}/approve`, { method: "POST" }),
  remove: (id: string) => call<undefined>(at(id), { method: "DELETE" }),
};
