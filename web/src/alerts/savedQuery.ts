// The query of a saved search: that of the search page, as the API takes it.
import type { SavedSearch, SavedSearchWrite } from "../api/alerts";
import { base64Of } from "../photo/base64";
import { stateOfQuery } from "../search/queryState";
import { apiFilters, filterCount, hasQuery, wordsOf, VALUE_FILTERS, type SearchState } from "../search/state";
import { texts } from "../texts";

const t = texts.alerts;

// Whether there is something to compare new items with.
export const canSave = (state: SearchState) => hasQuery(state) || filterCount(state) > 0;

export async function queryOf(state: SearchState, photo: Blob | undefined): Promise<SavedSearchWrite["query"]> {
  const words = wordsOf(state);
  const filters = apiFilters(state);
  const query = {
    ...(photo ? { image_base64: await base64Of(photo) } : state.item ? { item_id: state.item } : state.url ? { image_url: state.url } : {}),
    ...(state.box && (photo ?? state.url) ? { box: state.box } : {}),
    ...(words ? { text: words } : {}),
    ...(Object.keys(filters).length > 0 ? { filters } : {}),
    ...(state.like ? { like: state.like } : {}),
    ...(state.unlike ? { unlike: state.unlike } : {}),
  };
  return query as object as SavedSearchWrite["query"]; // an object of any members
}

// A first name for a saved search: its words, otherwise what it is.
export function nameOfSearch(state: SearchState): string {
  const example = state.photo ?? state.url ? t.photoSearch : (state.item ?? state.like) ? t.itemSearch : "";
  const values = VALUE_FILTERS.flatMap((name) => state.filters?.[name] ?? []);
  const parts = [example, wordsOf(state) || values.slice(0, 3).join(", ")].filter(Boolean);
  return (parts.join(": ") || t.filterSearch).slice(0, 100);
}

// The search page's state that shows what a saved search asks for, as far as an address can hold it. Undefined: it has a photo,
// which is not on this device.
export const stateOf = (search: SavedSearch): SearchState | undefined => (search.has_photo ? undefined : stateOfQuery(search.query));
