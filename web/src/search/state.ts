// The state of a search, as the address bar holds it: it can be shared, reloaded and reached by the back button.
import type { Filters, PropertyName } from "../api/client";
import { boxText, parseBox, type PhotoBox } from "../detect/box";

export const PROPERTIES: PropertyName[] = [
  "category",
  "subcategory",
  "primary_color",
  "pattern",
  "material",
  "style",
  "fit",
  "neckline",
  "sleeve_length",
  "garment_length",
  "closure",
  "season",
  "occasion",
  "gender",
  "condition",
  "secondary_color",
];
export const VALUE_FILTERS = [...PROPERTIES, "brand", "size", "source"] as const;
export type ValueFilter = (typeof VALUE_FILTERS)[number];

export const SORTS = ["best", "price", "-price", "newest"] as const;
export type Sort = (typeof SORTS)[number];

// The lowest and the highest price. A currency converts prices in others; without one amounts are compared.
export type PriceRange = [low: number | null, high: number | null, currency?: string];

export interface SearchState {
  q?: string; // words
  photo?: string; // id of a photo on this device
  item?: string; // more like this item
  url?: string; // URL of a photo
  box?: PhotoBox; // the part of the photo that is searched with
  but?: string; // the colour of "this, but in"
  hints?: string[]; // what of the looks of the example counts most; ranks, and hides nothing
  like?: string[];
  unlike?: string[];
  filters?: Partial<Record<ValueFilter, string[]>>;
  price?: PriceRange;
  weak?: true; // show weak matches too
  sort?: Sort;
  copies?: true; // show duplicates
  taste?: true; // what the person likes comes first
  around?: string; // of the page of outfits: the item that they are around
  garment?: string; // likewise, a garment of the wardrobe
}

const MAX_EXAMPLES = 20;
const MAX_HINTS = 8;
const ID = /^[0-9]{1,19}$/;

export function parseState(search: string): SearchState {
  const given = new URLSearchParams(search);
  const state: SearchState = {};
  const text = (name: string, most: number) => given.get(name)?.trim().slice(0, most) || undefined;
  state.q = text("q", 2000);
  const photo = text("photo", 64);
  if (photo && /^[0-9a-f]+$/.test(photo)) state.photo = photo;
  for (const name of ["item", "around", "garment"] as const) {
    const id = text(name, 20);
    if (id && ID.test(id)) state[name] = id;
  }
  const url = text("url", 4000);
  if (url && /^https?:\/\//.test(url)) state.url = url;
  if (state.photo ?? state.url) state.box = parseBox(given.get("box"));
  state.but = text("but", 40);
  const hints = given.getAll("hint").map((one) => one.trim()).filter((one) => one !== "" && one.length <= 40);
  if (hints.length > 0) state.hints = [...new Set(hints)].slice(0, MAX_HINTS);
  for (const name of ["like", "unlike"] as const) {
    const ids = (given.get(name) ?? "").split(",").filter((id) => ID.test(id));
    if (ids.length > 0) state[name] = [...new Set(ids)].slice(0, MAX_EXAMPLES);
  }
  const filters: Partial<Record<ValueFilter, string[]>> = {};
  for (const name of VALUE_FILTERS) {
    const values = given.getAll(name).filter((value) => value !== "").slice(0, 100);
    if (values.length > 0) filters[name] = [...new Set(values)];
  }
  if (Object.keys(filters).length > 0) state.filters = filters;
  const price = /^([0-9.]*)-([0-9.]*)(?:-([A-Z]{3}))?$/.exec(given.get("price") ?? "");
  if (price) {
    const end = (digits: string | undefined) => (digits && Number.isFinite(Number(digits)) ? Number(digits) : null);
    const range: PriceRange = [end(price[1]), end(price[2])];
    if (price[3]) range.push(price[3]);
    if (range[0] !== null || range[1] !== null) state.price = range;
  }
  if (given.get("weak") === "1") state.weak = true;
  const sort = SORTS.find((one) => one === given.get("sort"));
  if (sort && sort !== "best") state.sort = sort;
  if (given.get("copies") === "1") state.copies = true;
  if (given.get("taste") === "1") state.taste = true;
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined));
}

export function stringifyState(state: SearchState): string {
  const out = new URLSearchParams();
  for (const name of ["q", "photo", "item", "url", "but", "around", "garment"] as const) if (state[name]) out.set(name, state[name]);
  if (state.box && (state.photo ?? state.url)) out.set("box", boxText(state.box));
  for (const hint of state.hints ?? []) out.append("hint", hint);
  for (const name of ["like", "unlike"] as const) if (state[name]?.length) out.set(name, state[name].join(","));
  for (const name of VALUE_FILTERS) for (const value of state.filters?.[name] ?? []) out.append(name, value);
  if (state.price) out.set("price", `${state.price[0] ?? ""}-${state.price[1] ?? ""}${state.price[2] ? `-${state.price[2]}` : ""}`);
  if (state.weak) out.set("weak", "1");
  if (state.sort && state.sort !== "best") out.set("sort", state.sort);
  if (state.copies) out.set("copies", "1");
  if (state.taste) out.set("taste", "1");
  const text = out.toString().replaceAll("%2C", ",");
  return text ? `?${text}` : "";
}

// Changes the search. `stay` keeps the scroll position; `replace` makes no new entry in the history.
export type ChangeState = (next: (now: SearchState) => SearchState, options?: { replace?: boolean; stay?: boolean }) => void;

export const hasExample = (state: SearchState) => Boolean(state.photo ?? state.item ?? state.url);
export const hasQuery = (state: SearchState) => hasExample(state) || Boolean(state.q) || Boolean(state.like?.length);

export function filterCount(state: SearchState): number {
  const values = Object.values(state.filters ?? {}).reduce((sum, list) => sum + list.length, 0);
  return values + (state.price ? 1 : 0);
}

export function apiFilters(state: SearchState): Filters {
  const filters: Filters = { ...state.filters };
  if (state.price) {
    const [low, high, currency] = state.price;
    filters.price_range = currency ? { ...(low !== null && { min: low }), ...(high !== null && { max: high }), currency } : [low, high];
  }
  return filters;
}

// The text of the query: "this but in red" beside an example, "navy coat" alone.
export function wordsOf(state: SearchState): string {
  const words = [state.q, ...(hasExample(state) ? (state.hints ?? []) : [])].filter(Boolean).join(" ");
  if (!state.but) return words;
  return words ? `${words} in ${state.but}` : `this but in ${state.but}`;
}

export function toggleHint(state: SearchState, hint: string): SearchState {
  const now = state.hints ?? [];
  const next = now.includes(hint) ? now.filter((one) => one !== hint) : [...now, hint].slice(-MAX_HINTS);
  return { ...state, hints: next.length > 0 ? next : undefined };
}

export function toggleValue(state: SearchState, name: ValueFilter, value: string): SearchState {
  const now = state.filters?.[name] ?? [];
  const next = now.includes(value) ? now.filter((one) => one !== value) : [...now, value];
  return withFilter(state, name, next);
}

export function withFilter(state: SearchState, name: ValueFilter, values: string[]): SearchState {
  const rest = { ...state.filters };
  if (values.length > 0) rest[name] = values;
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
  else delete rest[name];
  return { ...state, filters: Object.keys(rest).length > 0 ? rest : undefined };
}

export function withoutFilters(state: SearchState): SearchState {
  return { ...state, filters: undefined, price: undefined };
}

export function toggleExample(state: SearchState, kind: "like" | "unlike", id: string): SearchState {
  const other = kind === "like" ? "unlike" : "like";
  const has = state[kind]?.includes(id);
  const list = has ? (state[kind] ?? []).filter((one) => one !== id) : [...(state[kind] ?? []), id].slice(-MAX_EXAMPLES);
  const opposite = (state[other] ?? []).filter((one) => one !== id);
  return { ...state, [kind]: list.length > 0 ? list : undefined, [other]: opposite.length > 0 ? opposite : undefined };
}
