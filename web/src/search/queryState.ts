// The state of the search page as a query of the API that the server keeps, and back.
import { parseBox } from "../detect/box";
import { base64Of } from "../photo/base64";
import { apiFilters, hasQuery, VALUE_FILTERS, wordsOf, type PriceRange, type SearchState, type Sort } from "./state";

type Query = Record<string, unknown>;

const SORTS: Record<string, Sort> = { price_asc: "price", price_desc: "-price", newest: "newest" };

// What POST /api/v1/search takes for the same results, with the photo if it is given. What the person likes is left out: it is
// not what somebody else likes.
export async function queryOfState(state: SearchState, photo?: Blob): Promise<Query> {
  const words = wordsOf(state);
  const filters = apiFilters(state);
  const sort = Object.keys(SORTS).find((name) => SORTS[name] === state.sort);
  const query: Query = {};
  if (photo) query.image_base64 = await base64Of(photo);
  else if (state.item) query.item_id = state.item;
  else if (state.url) query.image_url = state.url;
  if (state.box && (photo ?? state.url)) query.box = state.box;
  if (words) query.text = words;
  if (Object.keys(filters).length > 0) query.filters = filters;
  if (state.like) query.like = state.like;
  if (sort) query.sort = sort;
  // Filters alone are no search, and take nothing more.
  if (!photo && !hasQuery({ ...state, photo: undefined, q: words })) return query;
  if (state.unlike) query.unlike = state.unlike;
  query.match = state.weak ? "any" : "close";
  query.collapse_duplicates = !state.copies;
  return query;
}

function priceOf(range: unknown): PriceRange | undefined {
  if (Array.isArray(range)) return range as PriceRange;
  if (typeof range !== "object" || range === null) return undefined;
  const { min = null, max = null, currency } = range as { min?: number | null; max?: number | null; currency?: string };
  return currency ? [min, max, currency.toUpperCase()] : [min, max];
}

// The state that shows what a query asks for, as far as an address can hold it, without its photo.
export function stateOfQuery(query: object): SearchState {
  const given = query as Query;
  const state: SearchState = {};
  if (typeof given.text === "string") state.q = given.text;
  if (typeof given.item_id === "string" || typeof given.item_id === "number") state.item = String(given.item_id);
  if (typeof given.image_url === "string") state.url = given.image_url;
  for (const name of ["like", "unlike"] as const) if (Array.isArray(given[name])) state[name] = given[name].map(String);
  const box = Array.isArray(given.box) ? parseBox(given.box.join(",")) : undefined;
  if (box) state.box = box;
  const filters = (given.filters ?? {}) as Query;
  const values = VALUE_FILTERS.filter((name) => Array.isArray(filters[name]) || typeof filters[name] === "string").map((name) => [name, [filters[name]].flat()]);
  if (values.length > 0) state.filters = Object.fromEntries(values) as SearchState["filters"];
  const price = priceOf(filters.price_range);
  if (price) state.price = price;
  const sort = typeof given.sort === "string" ? SORTS[given.sort] : undefined;
  if (sort) state.sort = sort;
  if (given.match === "any") state.weak = true;
  if (given.collapse_duplicates === false) state.copies = true;
  return state;
}
