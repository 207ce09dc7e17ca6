// What the model sees in the photo, as far as it is sure.
import type { SearchResponse } from "../api/client";

// Below this nothing is said. The server does not store less sure predictions either. Photos of dresses and skirts on a hanger
// are taken for men's with up to 0.7.
const LEAST_CONFIDENCE = 0.6;
const LEAST: Partial<Record<string, number>> = { gender: 0.8 };

export const seenIn = (predicted: SearchResponse["predicted_properties"]): [name: string, value: string][] =>
  Object.entries(predicted ?? {})
    .filter(([name, { confidence }]) => confidence >= (LEAST[name] ?? LEAST_CONFIDENCE))
    .map(([name, { value }]) => [name, value]);
