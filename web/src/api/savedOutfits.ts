// The calls of the API about the outfits that a user has saved, and about those that somebody shares by a link.
import { call, json } from "./client";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type SavedOutfit = Schemas["SavedOutfit"];
export type SavedPiece = Schemas["SavedPiece"];
export type OutfitPage = Schemas["OutfitPage"];
export type OutfitWrite = Schemas["OutfitWrite"];
export type SharedOutfit = Schemas["SharedOutfit"];

const ROOT = "/api/v1/outfits";
const at = (id: string) => `${ROOT}/${encodeURIComponent(id)}`;
const PAGE = "60";
const MOST = "500"; // of a page

export const savedOutfits = {
  list: (cursor: string | undefined, signal?: AbortSignal) => call<OutfitPage>(`${ROOT}?${new URLSearchParams({ limit: PAGE, ...(cursor && { cursor }) })}`, { signal }),
  // Those that are planned for a day between the two, both inclusive.
  planned: (from: string, to: string, signal?: AbortSignal) => call<OutfitPage>(`${ROOT}?${new URLSearchParams({ from, to, limit: MOST })}`, { signal }),
  one: (id: string, signal?: AbortSignal) => call<SavedOutfit>(at(id), { signal }),
  save: (outfit: OutfitWrite) => call<SavedOutfit>(ROOT, { method: "POST", ...json(outfit) }),
  change: (id: string, outfit: OutfitWrite) => call<SavedOutfit>(at(id), { method: "PATCH", ...json(outfit) }),
  // Goes on when the page is left.
  remove: (id: string) => call<undefined>(at(id), { method: "DELETE", keepalive: true }),
  wear: (id: string, date: string) => call<SavedOutfit>(`${at(id)}/wears`, { method: "POST", keepalive: true, ...json({ date }) }),
  undoWear: (id: string, date: string) => call<undefined>(`${at(id)}/wears/${date}`, { method: "DELETE", keepalive: true }),
  share: (id: string) => call<SavedOutfit>(`${at(id)}/share`, { method: "POST" }),
  unshare: (id: string) => call<undefined>(`${at(id)}/share`, { method: "DELETE" }),
  shared(token: string, tenant: string | null, signal?: AbortSignal) {
    const query = tenant === null ? "" : `?${new URLSearchParams({ tenant })}`;
    return call<SharedOutfit>(`/api/v1/shared-outfits/${encodeURIComponent(token)}${query}`, { signal });
  },
};

// The page that shows a shared outfit to everybody. The token is behind the "#", which browsers do not send: it is in no log of
// a proxy.
export function pageOfShared(shareUrl: string): string {
  const { pathname, searchParams } = new URL(shareUrl, window.location.origin);
  const tenant = searchParams.get("tenant");
  return `${window.location.origin}/shared-outfit#${new URLSearchParams({ token: pathname.split("/").at(-1) ?? "", ...(tenant && { tenant }) })}`;
}
