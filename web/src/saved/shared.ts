// What the pages of saved outfits share: names and changes.
import type { SavedOutfit } from "../api/savedOutfits";
import { useChange } from "../shell/useChange";
import { texts } from "../texts";
import { WARDROBE } from "../wardrobe/queryKey";

export const SAVED = ["saved-outfits"] as const;

// The name that the person gave, otherwise the names of the first pieces.
export function nameOfOutfit({ name, pieces }: Pick<SavedOutfit, "name" | "pieces">): string {
  const known = pieces.flatMap((piece) => (piece.name ? [piece.name] : []));
  return name || known.slice(0, 2).join(", ") || texts.saved.unnamed;
}

// A change of saved outfits, which are read again, and with them the garments that were worn.
export const useSavedChange = <Given, Answer>(change: (given: Given) => Promise<Answer>, wordsOf?: ((error: unknown) => string) | null) =>
  useChange([SAVED, WARDROBE], change, wordsOf);
