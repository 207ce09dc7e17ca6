// The values that properties have, and what to make of others that a person types.
import { useQuery } from "@tanstack/react-query";
import { api, type ItemPatch, type PropertyName } from "../api/client";

export type KnownValues = Partial<Record<PropertyName, string[]>>;

export function useKnownValues(): KnownValues {
  const { data } = useQuery({ queryKey: ["properties"], queryFn: ({ signal }) => api.properties(signal), staleTime: Infinity });
  const known: KnownValues = {};
  for (const [name, { values }] of Object.entries(data?.properties ?? {})) known[name as PropertyName] = values;
  return known;
}

// The number of letters to insert, remove or replace to turn one text into the other.
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; ++i) {
    const next = [i];
    for (let j = 1; j <= b.length; ++j) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

// Transposed letters ("rde") count as two replaced ones, so two are allowed in the shortest words as well.
const allowed = (value: string) => Math.max(2, Math.floor(value.length / 3));

export function nearestValue(value: string, known: string[]): string | undefined {
  let best: string | undefined;
  let least = allowed(value) + 1;
  for (const one of known) {
    const steps = distance(value.toLowerCase(), one.toLowerCase());
    if (steps < least && steps < one.length) [best, least] = [one, steps];
  }
  return best;
}

export interface UnknownValue {
  name: PropertyName;
  value: string;
  nearest?: string;
}

// Writes the patch's property values as the list has them, and returns those that it does not have.
export function checkValues(patch: ItemPatch, known: KnownValues): UnknownValue[] {
  const properties = patch.properties;
  const unknown: UnknownValue[] = [];
  for (const [key, value] of Object.entries(properties ?? {})) {
    const name = key as PropertyName;
    if (!properties || typeof value !== "string") continue;
    const listed = known[name]?.find((one) => one.toLowerCase() === value.toLowerCase());
    if (listed !== undefined) properties[name] = listed;
    else unknown.push({ name, value, nearest: nearestValue(value, known[name] ?? []) });
  }
  return unknown;
}
