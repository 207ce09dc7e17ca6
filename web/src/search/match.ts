// How well a result matches, in words. The similarity is a cosine, whose size depends on the model and the kind of query; the
// relevance is measured for each of them. Below the second bound nothing is said. Beside a photo or an item only the same
// picture is exact: other garments can look alike to the model.
export type Match = "exact" | "close";

const EXACT = 0.94; // an item that has all words of the query has 0.95
const CLOSE = 0.7;

export function matchOf(found: { relevance?: number; same_image?: boolean }, hasExample: boolean): Match | undefined {
  const { relevance = 0, same_image = false } = found;
  if (same_image || (!hasExample && relevance >= EXACT)) return "exact";
  return relevance >= CLOSE ? "close" : undefined;
}
