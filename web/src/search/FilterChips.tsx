import { X } from "lucide-react";
import { formatPrice } from "../shell/format";
import { texts, valueName } from "../texts";
import { filterCount, toggleValue, VALUE_FILTERS, withoutFilters, type ChangeState, type SearchState } from "./state";

// The chosen filters, each with a button that removes it.
export function FilterChips({ state, onChange }: { state: SearchState; onChange: ChangeState }) {
  if (filterCount(state) === 0) return null;
  const chips: { key: string; text: string; remove: (now: SearchState) => SearchState }[] = [];
  for (const name of VALUE_FILTERS) {
    for (const value of state.filters?.[name] ?? []) {
      chips.push({ key: `${name}-${value}`, text: valueName(value, name), remove: (now) => toggleValue(now, name, value) });
    }
  }
  if (state.price) {
    const [low, high, currency = null] = state.price;
    chips.push({
      key: "price",
      text: texts.results.readPrice(formatPrice(low, currency), formatPrice(high, currency)),
      remove: (now) => ({ ...now, price: undefined }),
    });
  }
  return (
    <div className="chips">
      {chips.map(({ key, text, remove }) => (
        <button key={key} type="button" className="chip on" aria-label={texts.filters.remove(text)} onClick={() => onChange(remove, { stay: true })}>
          {text} <X size={14} aria-hidden />
        </button>
      ))}
      <button type="button" className="text-button" onClick={() => onChange(withoutFilters, { stay: true })}>
        {texts.filters.clear}
      </button>
    </div>
  );
}
