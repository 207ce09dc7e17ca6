// The results of a search by how well they match, as sections of the page.
import { matchOf, type Match } from "./match";
import type { FoundItem } from "./useSearch";

// "style": of the requested kind, as the floor of the API's `match=close` has it. "weak": below it.
export type Closeness = Match | "style" | "weak";

const FLOOR = 0.3;
const LEVELS: Closeness[] = ["exact", "close", "style", "weak"];
const STYLE = LEVELS.indexOf("style");

export interface Ranked {
  found: FoundItem;
  position: number; // among all results, from 1
}

export interface Section {
  closeness?: Closeness; // undefined: nothing is measured, so that nothing is said
  ranked: Ranked[];
}

export function closenessOf(found: { relevance?: number; same_image?: boolean }, hasExample: boolean): Closeness | undefined {
  const match = matchOf(found, hasExample);
  if (match) return match;
  if (found.relevance === undefined) return undefined;
  return found.relevance >= FLOOR ? "style" : "weak";
}

// A further page adds nothing to sections that an earlier page has ended: results that are on the screen stay where they are.
export function sectionsOf(pages: FoundItem[][], hasExample: boolean): Section[] {
  const sections = LEVELS.map((closeness): Section => ({ closeness, ranked: [] }));
  let first = 0;
  let position = 0;
  let isMeasured = false;
  for (const page of pages) {
    let last = first;
    for (const found of page) {
      const closeness = closenessOf(found, hasExample);
      const level = Math.max(first, closeness ? LEVELS.indexOf(closeness) : STYLE);
      if (level >= STYLE && closeness) isMeasured = true;
      last = Math.max(last, level);
      sections[level]?.ranked.push({ found, position: ++position });
    }
    first = last;
  }
  const used = sections.filter((one) => one.ranked.length > 0);
  return isMeasured ? used : used.map((one) => (one.closeness === "style" ? { ranked: one.ranked } : one));
}

// A list that is no ranking of a search has one section, about which nothing is said.
export const oneSection = (list: FoundItem[]): Section[] => [{ ranked: list.map((found, index) => ({ found, position: index + 1 })) }];
