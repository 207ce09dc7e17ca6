// Why a page has no results, in the words of the app. The server's reason is an English sentence for whoever reads the API.
import type { Facet } from "../api/client";
import { formatPrice } from "../shell/format";
import { texts, valueName } from "../texts";
import { isMisspelt } from "./completions";
import { filterCount, hasExample, VALUE_FILTERS, type SearchState } from "./state";

const t = texts.noResults.because;

// A facet leaves the conditions on its own column out: it has what could be chosen instead.
export function whyEmpty(state: SearchState, facets: Record<string, Facet> = {}): string {
  for (const name of VALUE_FILTERS) {
    const [first, ...others] = state.filters?.[name] ?? [];
    const values = facets[name]?.values;
    if (first === undefined || !values || values.length === 0) continue;
    const has = (wanted: string) => values.some(({ value, count }) => count > 0 && value.toLowerCase() === wanted.toLowerCase());
    if ([first, ...others].some(has)) continue;
    const meant = values.find(({ value }) => isMisspelt(first.toLowerCase(), value.toLowerCase()));
    return meant ? t.meant(valueName(first, name), valueName(meant.value, name)) : t.value(valueName(first, name));
  }
  const { min, max, currency } = facets.price ?? {};
  if (state.price && typeof min === "number" && typeof max === "number") {
    const [low, high, chosen] = state.price;
    const unit = currency ?? chosen ?? null;
    if ((low ?? min) > max || (high ?? max) < min) return t.price(formatPrice(min, unit) ?? "", formatPrice(max, unit) ?? "");
  }
  if (filterCount(state) > 0) return t.filters;
  return hasExample(state) ? t.photo : t.words;
}
