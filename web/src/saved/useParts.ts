import { useQueries } from "@tanstack/react-query";
import { ApiError } from "../api/client";
import { outfits, type OutfitOrder, type OutfitParts } from "../api/outfits";
import type { SavedOutfit } from "../api/savedOutfits";

type Named = NonNullable<OutfitOrder["lock"]>[number];

const AFTER_ALL = "2200-01-01"; // nothing is listed then, so that no listing is added to the pieces

function orderOf({ pieces }: SavedOutfit): OutfitOrder | undefined {
  const known = pieces.filter((piece) => !piece.is_gone);
  const [around, ...lock] = known.map((piece): Named => (piece.garment_id ? { garment: piece.garment_id } : (piece.item_id ?? "")));
  return around && lock.length > 0 ? { from: "catalogue", around, lock, filters: { listed_after: AFTER_ALL }, count: 1, explain: true } : undefined;
}

// The parts of the score of an outfit, as recommended ones have them; null for one that cannot be scored: it has fewer than two
// pieces, two for one slot, or something that is no piece of an outfit.
async function partsOf(outfit: SavedOutfit, signal: AbortSignal): Promise<OutfitParts | null> {
  const order = orderOf(outfit);
  if (!order) return null;
  try {
    return (await outfits.recommend(order, signal)).outfits[0]?.parts ?? null;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 422)) return null;
    throw error;
  }
}

// In the order of the outfits; undefined until they are known.
export const useParts = (compared: SavedOutfit[]) =>
  useQueries({
    queries: compared.map((outfit) => ({
      queryKey: ["outfit-parts", outfit.pieces] as const,
      queryFn: ({ signal }: { signal: AbortSignal }) => partsOf(outfit, signal),
    })),
  });
