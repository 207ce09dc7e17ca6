// The calls of the API about the wardrobe.
import { call, file, json, removeAt } from "./client";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type Garment = Schemas["Garment"];
export type GarmentPhoto = Schemas["GarmentPhoto"];
export type GarmentPage = Schemas["GarmentPage"];
export type GarmentWrite = Schemas["GarmentWrite"];
export type GarmentState = Garment["state"];
export type Slot = NonNullable<Garment["slot"]>;
export type WardrobeImport = Schemas["WardrobeImport"];
export type WardrobeSummary = Schemas["WardrobeSummary"];

export const SLOTS: readonly Slot[] = ["top", "bottom", "one_piece", "outer_layer", "shoes", "bag", "accessory"];
export const STATES: readonly GarmentState[] = ["ready", "in_the_wash", "lent", "retired"];

export interface GarmentFilter {
  slot?: Slot;
  color?: string;
  state?: GarmentState;
  text?: string;
  neverWorn?: boolean;
}

const ROOT = "/api/v1/wardrobe";
const at = (id: string) => `${ROOT}/${encodeURIComponent(id)}`;
export const EXPORT_NAME = "wardrobe.csv";
export const ARCHIVE_NAME = "wardrobe.zip";
const MOST = "500"; // of a page

// The photo without its background; 404 where it cannot be told from the garment.
export const cutoutOf = ({ image_url }: GarmentPhoto) => image_url.replace(/(?=\?|$)/, "/cutout");

export const wardrobe = {
  list({ slot, color, state, text, neverWorn }: GarmentFilter, cursor: string | undefined, signal?: AbortSignal) {
    const query = new URLSearchParams({
      limit: "60",
      ...(slot && { slot }),
      ...(color && { color }),
      ...(state && { state }),
      ...(text && { text }),
      ...(neverWorn && { never_worn: "true" }),
      ...(cursor && { cursor }),
    });
    return call<GarmentPage>(`${ROOT}?${query}`, { signal });
  },
  // All garments, the latest first.
  async all(signal?: AbortSignal) {
    const garments: Garment[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: GarmentPage = await call<GarmentPage>(`${ROOT}?${new URLSearchParams({ limit: MOST, ...(cursor && { cursor }) })}`, { signal });
      garments.push(...page.garments);
      cursor = page.next_cursor;
    }
    return garments;
  },
  one: (id: string, signal?: AbortSignal) => call<Garment>(at(id), { signal }),
  // Makes a garment of each photo, with the name of its file, or one of all that are in a folder. Photos that a garment has already are
  // left out, so that nothing is made twice where a response was lost.
  addPhotos(photos: { photo: Blob; path: string }[], group: "photo" | "folder", signal?: AbortSignal) {
    const body = new FormData();
    for (const { photo, path } of photos) body.append("files", photo, path);
    return call<Schemas["GarmentsAdded"]>(`${ROOT}/photos${group === "folder" ? "?group=folder" : ""}`, { method: "POST", body, signal });
  },
  change: (id: string, garment: GarmentWrite) => call<Garment>(at(id), { method: "PATCH", ...json(garment) }),
  remove: (id: string) => removeAt(at(id)),
  wear: (id: string, date: string) => call<Garment>(`${at(id)}/wears`, { method: "POST", keepalive: true, ...json({ date }) }),
  undoWear: (id: string, date: string) => call<undefined>(`${at(id)}/wears/${date}`, { method: "DELETE", keepalive: true }),
  makeListing: (id: string) => call<Schemas["GarmentListing"]>(`${at(id)}/listing`, { method: "POST" }),
  summary: (signal?: AbortSignal) => call<WardrobeSummary>(`${ROOT}/summary`, { signal }),
  // The table as text. A link could not name the tenant.
  table: () => call<string>(`${ROOT}/export.csv`),
  // The table with the photos that it names.
  archive: () => file(`${ROOT}/export.zip`),
  readArchive: (archive: Blob) => call<WardrobeImport>(`${ROOT}/import`, { method: "POST", headers: { "Content-Type": "application/zip" }, body: archive }),
  read: (table: Blob) => call<WardrobeImport>(`${ROOT}/import`, { method: "POST", headers: { "Content-Type": "text/csv" }, body: table }),
};
