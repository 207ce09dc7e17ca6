import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery, type QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, type Sort as ApiSort, type Facet, type Item, type ReadAs, type Result, type SearchResponse } from "../api/client";
import { deviceHeaders, deviceId } from "../api/device";
import { learningDevice } from "../api/learning";
import { randomHex } from "../api/random";
import { boxText } from "../detect/box";
import { keepResults } from "./resultStore";
import { apiFilters, hasQuery, stringifyState, wordsOf, type SearchState, type Sort } from "./state";

const PAGE = 24;
const TASTE = 0.3; // the share of the taste in the order of the results
const EXPLAINED = 100; // the best results of which an explanation is known
const ORDERS: Record<Sort, ApiSort | undefined> = { best: undefined, price: "price_asc", "-price": "price_desc", newest: "newest" };
export const FACETS = [
  "category",
  "subcategory",
  "primary_color",
  "brand",
  "size",
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
  "source",
  "price",
];

// An item of the grid: a search result, or a listed item without a similarity.
export type FoundItem = Omit<Result, "similarity"> & { similarity: number | null; status?: string };

export interface ResultPage {
  found: FoundItem[];
  next?: string;
  facets?: Record<string, Facet>;
  readAs?: ReadAs;
  predicted?: SearchResponse["predicted_properties"];
  search?: string; // a name of this search, drawn at random
  sorted?: SearchResponse["sorted"];
}

// What the device keeps of the first page.
export type KeptPage = Pick<ResultPage, "found">;

// What the page knows of the query when it explains a result.
export interface QueryInfo {
  readAs?: ReadAs;
  predicted?: ResultPage["predicted"];
  hasExample: boolean;
  words: string;
  key: string; // of the search
  explain?: (signal: AbortSignal) => Promise<Result[]>; // the best results with the parts of their scores
}

export const toFoundItem = (item: Item): FoundItem => ({
  ...item,
  image_url: item.images[0]?.url ?? null,
  similarity: null,
});

// The order as the API calls it.
const orderOf = ({ sort }: SearchState) => ORDERS[sort ?? "best"];

function formOf(state: SearchState, photo: Blob | undefined, cursor: string | undefined): FormData {
  const form = new FormData();
  if (photo) form.set("image", photo, "photo");
  else if (state.item) form.set("item_id", state.item);
  else if (state.url) form.set("image_url", state.url);
  if (state.box && (photo ?? state.url)) form.set("box", boxText(state.box));
  const words = wordsOf(state);
  if (words) form.set("text", words);
  // Nonsense finds nothing; beside an example the nearest are wanted whatever the words say.
  if (words && !form.has("image") && !state.item && !state.url && !state.like) form.set("match", "close");
  const filters = apiFilters(state);
  if (Object.keys(filters).length > 0) form.set("filters", JSON.stringify(filters));
  if (state.like) form.set("like", JSON.stringify(state.like));
  if (state.unlike) form.set("unlike", JSON.stringify(state.unlike));
  if (!state.weak) form.set("match", "close");
  if (state.taste) form.set("weights", JSON.stringify({ taste: TASTE }));
  if (!state.copies) form.set("collapse_duplicates", "true");
  const order = orderOf(state);
  if (order) form.set("sort", order);
  form.set("limit", String(PAGE));
  if (cursor) form.set("cursor", cursor);
  else form.set("facets", JSON.stringify(FACETS));
  return form;
}

// A device is named where its taste counts or its searches may teach.
const headersOf = (state: SearchState) => deviceHeaders(state.taste ? deviceId() : learningDevice());

async function fetchPage(state: SearchState, photo: Blob | undefined, cursor: string | undefined, signal: AbortSignal): Promise<ResultPage> {
  if (!hasQuery(state)) {
    const list = await api.browse(
      { filters: apiFilters(state), facets: cursor ? undefined : FACETS, limit: PAGE, cursor, sort: orderOf(state) },
      signal,
    );
    return { found: list.items.map(toFoundItem), next: list.next_cursor, facets: list.facets };
  }
  const results = await api.search(formOf(state, photo, cursor), signal, headersOf(state));
  return {
    found: results.results,
    next: results.next_cursor,
    facets: results.facets,
    readAs: results.read_as,
    predicted: results.predicted_properties,
    search: randomHex(8),
    sorted: results.sorted,
  };
}

// Most results are never explained, and searches that ask for explanations teach nothing: explanations are a search of their own.
export async function explained(state: SearchState, photo: Blob | undefined, signal: AbortSignal): Promise<Result[]> {
  const form = formOf(state, photo, undefined);
  form.delete("facets");
  form.delete("sort");
  form.set("explain", "true");
  form.set("limit", String(EXPLAINED));
  return (await api.search(form, signal, state.taste && deviceHeaders())).results;
}

const searchOptions = (state: SearchState, photo: Blob | undefined) =>
  infiniteQueryOptions({
    queryKey: ["search", stringifyState(state)],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const page = await fetchPage(state, photo, pageParam, signal);
      if (pageParam === undefined) void keepResults(stringifyState(state), { found: page.found } satisfies KeptPage);
      return page;
    },
    getNextPageParam: (page: ResultPage) => page.next,
  });

// Starts the search before the page that shows its results is rendered.
export function prefetchSearch(queries: QueryClient, state: SearchState, photo?: Blob) {
  queries.infiniteQuery(searchOptions(state, photo)).catch(() => undefined); // the page shows the error
}

export function useSearch(state: SearchState, photo: Blob | undefined, ready: boolean) {
  const query = useInfiniteQuery({ ...searchOptions(state, photo), enabled: ready, placeholderData: keepPreviousData });
  const pages = useMemo(() => {
    const known = new Set<string>();
    return (query.data?.pages ?? []).map((page) => page.found.filter((one) => !known.has(one.id) && known.add(one.id)));
  }, [query.data]);
  const found = useMemo(() => pages.flat(), [pages]);
  return { ...query, pages, found, first: query.data?.pages[0] };
}
