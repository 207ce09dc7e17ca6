// What the page asks for, as orders of the API.
import type { Outfit, OutfitFrom, OutfitOrder, OutfitPiece } from "../api/outfits";

export const FROM: OutfitFrom[] = ["catalogue", "wardrobe", "both"];

// Degrees that stand for what people say of the weather.
export const DEGREES = { cold: 5, mild: 15, warm: 25 } as const;
export type Feel = keyof typeof DEGREES;

export interface Wishes {
  from: OutfitFrom;
  occasion: string; // "": any
  season: string; // "": any
  feel: Feel | "place" | ""; // "place": the weather of the place
  place: string;
  rain: boolean;
  taste: boolean; // what the person likes counts
}

// The piece that every outfit contains.
export interface Around {
  item?: string;
  garment?: string;
}

type Named = NonNullable<OutfitOrder["lock"]>[number];

export const MAX_EXCLUDED = 40;

const nameOf = (piece: OutfitPiece): Named => (piece.garment ? { garment: piece.garment.id } : (piece.item?.id ?? ""));
export const keyOf = (piece: OutfitPiece) => (piece.garment ? `garment ${piece.garment.id}` : `item ${piece.item?.id}`);

export const isAround = (piece: OutfitPiece, around: Around) =>
  piece.garment ? piece.garment.id === around.garment : piece.item !== null && piece.item.id === around.item;

// The server looks up the weather of a place; otherwise it is given.
function weatherOf({ feel, place, rain }: Wishes): OutfitOrder["weather"] {
  if (feel === "place") return place ? { place } : undefined;
  return feel || rain ? { ...(feel && { temperature_c: DEGREES[feel] }), ...(rain && { rain }) } : undefined;
}

export function orderOf(wishes: Wishes, around: Around, seed: number | undefined): OutfitOrder {
  const { from, occasion, season, taste } = wishes;
  const order: OutfitOrder = { from, count: 3 };
  if (around.garment) order.around = { garment: around.garment };
  else if (around.item) order.around = around.item;
  if (occasion) order.occasion = occasion;
  if (season) order.season = season;
  const weather = weatherOf(wishes);
  if (weather) order.weather = weather;
  if (!taste) order.taste = false;
  if (seed !== undefined) order.seed = seed;
  return order;
}

// The same outfit without a piece, and without those that were there before.
export const swapOrder = (order: OutfitOrder, outfit: Outfit, piece: OutfitPiece, around: Around, before: OutfitPiece[]): OutfitOrder => ({
  ...order,
  count: 1,
  lock: outfit.pieces.filter((one) => one !== piece && !isAround(one, around)).map(nameOf),
  exclude: [...before, piece].slice(-MAX_EXCLUDED).map(nameOf),
});
