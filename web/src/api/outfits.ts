// The call of the API about outfits.
import { call, json } from "./client";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type OutfitOrder = Schemas["RecommendOrder"];
export type Outfit = Schemas["RecommendedOutfit"];
export type OutfitPiece = Schemas["RecommendedPiece"];
export type OutfitGap = Schemas["OutfitGap"];
export type Recommendation = Schemas["Recommendation"];
export type Slot = OutfitGap["slot"];
export type OutfitFrom = NonNullable<OutfitOrder["from"]>;

export const outfits = {
  recommend: (order: OutfitOrder, signal?: AbortSignal) => call<Recommendation>("/api/v1/recommend", { method: "POST", ...json(order), signal }),
};
