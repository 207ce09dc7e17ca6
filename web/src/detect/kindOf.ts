import type { DetectedGarment } from "../api/detect";
import { texts } from "../texts";

// What kind of garment it is, in the language of the person.
export function kindOf({ category }: DetectedGarment): string {
  const kinds: Record<string, string | undefined> = texts.detect.kinds;
  return kinds[category] ?? category.charAt(0).toUpperCase() + category.slice(1);
}

// "Dress, garment 1 of 3"
export const nameOf = (garment: DetectedGarment, place: number, all: number) => texts.detect.garment(kindOf(garment), place + 1, all);
