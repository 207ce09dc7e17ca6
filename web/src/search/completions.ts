// What the words of a search may be completed to: recent searches, and the values that the catalogue has, each with what it is.
import type { Facet } from "../api/client";
import { nameOf } from "../texts";

export interface Completion {
  words: string; // the whole search
  kind?: string; // "Brand"; undefined: a recent search
}

const SOURCES = ["subcategory", "category", "brand", "primary_color", "material", "pattern", "style", "occasion"];
const SHOWN = 8;
const RECENT = 3;
const LONGEST = 3; // words of a value
const LEAST_MISSPELT = 4; // letters

interface Known {
  value: string;
  lower: string;
  kind: string;
  count: number;
}

export function vocabularyOf(facets: Record<string, Facet>): Known[] {
  const known = new Map<string, Known>();
  for (const name of SOURCES) {
    for (const { value, count } of facets[name]?.values ?? []) {
      const lower = value.toLowerCase();
      if (!known.has(lower)) known.set(lower, { value: name === "brand" ? value : lower, lower, kind: nameOf(name), count });
    }
  }
  return [...known.values()].sort((a, b) => b.count - a.count);
}

// Whether two words differ by one letter that is added, left out, replaced, or swapped with the next.
export function isMisspelt(word: string, right: string): boolean {
  if (word === right || Math.abs(word.length - right.length) > 1) return false;
  let start = 0;
  while (start < word.length && word[start] === right[start]) ++start;
  const [a, b] = [word.slice(start), right.slice(start)];
  if (a.slice(1) === b.slice(1) || a.slice(1) === b || a === b.slice(1)) return true;
  return a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2);
}

// The end of the typed words is completed: the longest one with which a value begins, otherwise the last word, misspelt.
function fromVocabulary(typed: string, vocabulary: Known[]): Completion[] {
  const words = typed.toLowerCase().split(" ");
  for (let length = Math.min(LONGEST, words.length); length > 0; --length) {
    const [head, tail] = [words.slice(0, -length), words.slice(-length).join(" ")];
    const found = vocabulary.filter((one) => one.lower.startsWith(tail) && one.lower !== tail);
    if (tail && found.length > 0) return found.map(({ value, kind }) => ({ words: [...head, value].join(" "), kind }));
  }
  const last = words.at(-1) ?? "";
  if (last.length < LEAST_MISSPELT || vocabulary.some((one) => one.lower === last)) return [];
  return vocabulary.filter((one) => isMisspelt(last, one.lower)).map(({ value, kind }) => ({ words: [...words.slice(0, -1), value].join(" "), kind }));
}

// `recent`: the words of recent searches, the latest first. They are offered for nothing typed, too.
export function completionsOf(typed: string, vocabulary: Known[], recent: string[]): Completion[] {
  const text = typed.trimStart().replace(/\s+/g, " ");
  const lower = text.toLowerCase();
  const before = [...new Set(recent)].filter((one) => one.toLowerCase().startsWith(lower) && one.toLowerCase() !== lower.trim());
  const known = text.trim() === "" ? [] : fromVocabulary(text, vocabulary);
  const all = [...before.slice(0, known.length > 0 ? RECENT : SHOWN).map((words): Completion => ({ words })), ...known];
  const seen = new Set<string>();
  return all.filter(({ words }) => !seen.has(words.toLowerCase()) && seen.add(words.toLowerCase())).slice(0, SHOWN);
}
