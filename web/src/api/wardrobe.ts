// The calls of the API about the wardrobe.
import { call, json, removeAt } from "./client";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type Garment = Schemas["Garment"];
export type GarmentPhoto = Schemas["GarmentPhoto"];
export type GarmentPage = Schemas["GarmentPage"];
export type GarmentWrite = Schemas["GarmentWrite"];
export type GarmentState = Garment["state"];
export type Slot = NonNullable<Garment["slot"]>;
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
  one: (id: string, signal?: AbortSignal) => call<Garment>(at(id), { signal }),
  add: (garment: GarmentWrite, signal?: AbortSignal) => call<Garment>(ROOT, { method: "POST", ...json(garment), signal }),
  change: (id: string, garment: GarmentWrite) => call<Garment>(at(id), { method: "PATCH", ...json(garment) }),
  remove: (id: string) => removeAt(at(id)),
  wear: (id: string, date: string) => call<Garment>(`${at(id)}/wears`, { method: "POST", keepalive: true, ...json({ date }) }),
  undoWear: (id: string, date: string) => call<undefined>(`${at(id)}/wears/${date}`, { method: "DELETE", keepalive: true }),
  makeListing: (id: string) => call<Schemas["GarmentListing"]>(`${at(id)}/listing`, { method: "POST" }),
  summary: (signal?: AbortSignal) => call<WardrobeSummary>(`${ROOT}/summary`, { signal }),
  // The table as text. A link could not name the tenant.
  table: () => call<string>(`${ROOT}/export.csv`),
  read: (table: Blob) => call<Schemas["WardrobeImport"]>(`${ROOT}/import`, { method: "POST", headers: { "Content-Type": "text/csv" }, body: table }),
};
