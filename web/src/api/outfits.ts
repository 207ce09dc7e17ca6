// The call of the API about outfits.
import { call, json } from "./client";
import { deviceHeaders } from "./device";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type OutfitOrder = Schemas["RecommendOrder"];
export type OutfitPiece = Schemas["RecommendedPiece"];
export type OutfitParts = Schemas["OutfitParts"];
export type Outfit = Schemas["RecommendedOutfit"];
export type OutfitGap = Schemas["OutfitGap"];
export type Slot = OutfitGap["slot"];
export type OutfitFrom = NonNullable<OutfitOrder["from"]>;
export type UsedWeather = Schemas["OutfitWeatherUsed"];
export type Recommendation = Schemas["Recommendation"];

export const outfits = {
  // Names the device of somebody without an account, whose taste counts.
  recommend(order: OutfitOrder, signal?: AbortSignal) {
    const { headers, body } = json(order);
    return call<Recommendation>("/api/v1/recommend", { method: "POST", headers: { ...headers, ...deviceHeaders() }, body, signal });
  },
};
