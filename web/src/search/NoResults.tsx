import { SearchX } from "lucide-react";
import type { Facet } from "../api/client";
import { TellMe } from "../alerts/TellMe";
import { canSave } from "../alerts/savedQuery";
import { Message } from "../shell/Messages";
import { formatPrice } from "../shell/format";
import { nameOf, texts, valueName } from "../texts";
import { filterCount, hasExample, hasQuery, VALUE_FILTERS, withFilter, withoutFilters, type ChangeState, type SearchState } from "./state";
import { whyEmpty } from "./whyEmpty";

// Shown when nothing matches: a button for each condition that can be removed, and a saved search that waits for a match.
interface Props {
  state: SearchState;
  facets?: Record<string, Facet>; // of the empty page
  photo?: Blob;
  onChange: ChangeState;
}

export function NoResults({ state, facets, photo, onChange }: Props) {
  const ways: { text: string; next: (now: SearchState) => SearchState }[] = [];
  for (const name of VALUE_FILTERS) {
    const values = state.filters?.[name];
    if (values) ways.push({ text: texts.noResults.filter(nameOf(name), values.map((one) => valueName(one, name)).join(", ")), next: (now) => withFilter(now, name, []) });
  }
  if (state.price) {
    const [low, high, currency = null] = state.price;
    const range = texts.results.readPrice(formatPrice(low, currency), formatPrice(high, currency));
    ways.push({ text: texts.noResults.filter(texts.filters.price, range), next: (now) => ({ ...now, price: undefined }) });
  }
  if (state.q && (hasExample(state) || filterCount(state) > 0)) {
    ways.push({ text: texts.noResults.filter(texts.query.words, `“${state.q}”`), next: (now) => ({ ...now, q: undefined }) });
  }
  if (state.but) {
    ways.push({ text: texts.noResults.filter(nameOf("primary_color"), valueName(state.but)), next: (now) => ({ ...now, but: undefined }) });
  }
  if (state.unlike) ways.push({ text: texts.noResults.unlike, next: (now) => ({ ...now, unlike: undefined }) });
  return (
    <Message icon={<SearchX size={32} />} title={state.q ? texts.noResults.titleWords(state.q) : texts.noResults.title}>
      <p className="reason">{whyEmpty(state, facets)}</p>
      <p>{ways.length > 0 ? texts.noResults.lead : texts.noResults.noFilters}</p>
      <ul className="ways">
        {ways.map(({ text, next }) => (
          <li key={text}>
            <button type="button" className="button" onClick={() => onChange(next)}>
              {texts.noResults.without(text)}
            </button>
          </li>
        ))}
        {hasQuery(state) && !state.weak && (
          <li>
            <button type="button" className="button" onClick={() => onChange((now) => ({ ...now, weak: true }))}>
              {texts.noResults.weak}
            </button>
          </li>
        )}
        {filterCount(state) > 1 && (
          <li>
            <button type="button" className="button primary" onClick={() => onChange(withoutFilters)}>
              {texts.noResults.all}
            </button>
          </li>
        )}
      </ul>
      {canSave(state) && <p>{texts.noResults.later}</p>}
      <TellMe state={state} photo={photo} />
    </Message>
  );
}
