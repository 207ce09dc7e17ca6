// What the model sees in the photo, as far as it is sure.
import type { SearchResponse } from "../api/client";

// Below this nothing is said. The server does not store less sure predictions either, and names a gender only from 0.9 on.
const LEAST_CONFIDENCE = 0.6;

export const seenIn = (predicted: SearchResponse["predicted_properties"]): [name: string, value: string][] =>
  Object.entries(predicted ?? {})
    .filter(([, { confidence }]) => confidence >= LEAST_CONFIDENCE)
    .map(([name, { value }]) => [name, value]);
