import type { Garment, WardrobeSummary } from "../api/wardrobe";

export const garment = (more: Partial<Garment> = {}): Garment => ({
  id: "7",
  name: "Red coat",
  brand: "Acme",
  size: "M",
  price: 120,
  currency: "EUR",
  bought_on: "2026-01-31",
  state: "ready",
  tags: ["warm", "gift"],
  care: null,
  notes: null,
  slot: "outer_layer",
  properties: { category: "outerwear", primary_color: "red" },
  property_origins: { category: { origin: "text" }, primary_color: { origin: "photo" } },
  photos: [{ asset_id: "3", image_url: "/api/v1/wardrobe/7/photos/3", thumbnail_url: "/api/v1/wardrobe/7/photos/3/thumbnail" }],
  wears: 2,
  last_worn_on: "2026-03-05",
  cost_per_wear: 60,
  item_id: null,
  created_at: "2026-03-01T10:00:00Z",
  updated_at: "2026-03-01T10:00:00Z",
  ...more,
});

export const summary = (more: Partial<WardrobeSummary> = {}): WardrobeSummary => ({
  garments: 3,
  wears: 2,
  slots: { outer_layer: 2, shoes: 1 },
  categories: { outerwear: 2, shoes: 1 },
  colors: { red: 2, black: 1 },
  states: { ready: 3 },
  costs: { EUR: { garments: 1, price: 120, wears: 2, cost_per_wear: 60 } },
  never_worn: 2,
  never_worn_ids: ["8", "9"],
  ...more,
});
