import { formatPrice } from "../shell/format";
import { nameOf, texts, valueName } from "../texts";
import { PROPERTIES, type ChangeState, type SearchState } from "./state";
import type { ResultPage } from "./useSearch";

export function Chips({ label, values }: { label: string; values: [key: string, text: string][] }) {
  if (values.length === 0) return null;
  return (
    <div className="chips">
      <span className="chips-label">{label}</span>
      {values.map(([key, text]) => (
        <span key={key} className="chip flat">
          {text}
        </span>
      ))}
    </div>
  );
}

export function Correction({ page }: { page: ResultPage }) {
  const read = page.readAs;
  if (!read?.corrected?.length) return null;
  const [from, to] = [read.corrected.map((one) => one.from).join(" "), read.corrected.map((one) => one.to).join(" ")];
  return <p className="soft">{texts.results.corrected(from, to)}</p>;
}

// Brands that a word may have been meant for. They are offered only: the word may be of another language.
export function Suggestions({ page, state, onChange }: { page: ResultPage; state: SearchState; onChange: ChangeState }) {
  const { q = "" } = state;
  return (page.readAs?.suggested ?? []).map(({ from, to }) => {
    const at = q.toLowerCase().indexOf(from.toLowerCase());
    if (at < 0) return null;
    const next = q.slice(0, at) + to + q.slice(at + from.length);
    return (
      <button key={from} type="button" className="text-button" onClick={() => onChange((now) => ({ ...now, q: next }))}>
        {texts.results.suggested(to)}
      </button>
    );
  });
}

// How the words were read, as far as the chosen filters do not say it already.
export function Reading({ page, state }: { page: ResultPage; state: SearchState }) {
  const read: [string, string][] = [];
  if (page.readAs?.price_range) {
    const [low, high] = page.readAs.price_range;
    const currency = page.readAs.price_currency ?? null;
    const text = texts.results.readPrice(formatPrice(low ?? null, currency), formatPrice(high ?? null, currency));
    read.push(["price", `${texts.filters.price}: ${text}`]);
  }
  for (const [name, value] of Object.entries(page.readAs?.properties ?? {})) {
    const chosen = PROPERTIES.find((one) => one === name);
    if (typeof value === "string" && chosen && state.filters?.[chosen]?.some((one) => one.toLowerCase() === value.toLowerCase())) continue;
    const known = (one: string) => valueName(one, name);
    const text = typeof value === "string" ? known(value) : [value.any && known(value.any), ...value.not.map(known).map(texts.results.not)].filter(Boolean).join(", ");
    read.push([name, `${nameOf(name)}: ${text}`]);
  }
  return <Chips label={texts.results.readAs} values={read} />;
}
