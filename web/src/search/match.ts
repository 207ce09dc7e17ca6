// How well a result matches, in words. The similarity is a cosine, whose size depends on the model and the kind of query; the
// relevance is measured for each of them. Below the second bound nothing is said.
export type Match = "exact" | "close";

const EXACT = 0.94; // an item that has all words of the query has 0.95
const CLOSE = 0.7;

export function matchOf(found: { relevance?: number }): Match | undefined {
  const { relevance } = found;
  if (relevance === undefined) return undefined;
  return relevance >= EXACT ? "exact" : relevance >= CLOSE ? "close" : undefined;
}
