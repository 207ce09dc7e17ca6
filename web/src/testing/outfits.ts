import type { SavedOutfit, SavedPiece } from "../api/savedOutfits";

export const savedPiece = (more: Partial<SavedPiece> = {}): SavedPiece => ({
  item_id: "12",
  garment_id: null,
  slot: "top",
  name: "White shirt",
  thumbnail_url: "/images/7/thumbnail",
  is_gone: false,
  ...more,
});

export const savedOutfit = (more: Partial<SavedOutfit> = {}): SavedOutfit => ({
  id: "4",
  name: "Work",
  notes: null,
  pieces: [savedPiece(), savedPiece({ item_id: null, garment_id: "7", slot: "bottom", name: "Grey trousers" })],
  planned_for: [],
  worn_on: [],
  picture_url: "/api/v1/outfits/4/picture",
  share_url: null,
  created_at: "2026-11-01T10:00:00Z",
  updated_at: "2026-11-01T10:00:00Z",
  ...more,
});
