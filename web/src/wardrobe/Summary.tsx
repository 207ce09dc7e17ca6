import type { WardrobeSummary } from "../api/wardrobe";
import { locale } from "../language/language";
import { Facts } from "../shell/Facts";
import { formatPrice } from "../shell/format";
import { pageTexts } from "../pageTexts";
import { valueName } from "../texts";
import { CountBars } from "./CountBars";

const t = pageTexts.wardrobe;
const lookUp = (names: Record<string, string>) => (value: string) => names[value] ?? value;
const capital = (value: string) => valueName(value).replace(/^./u, (letter) => letter.toUpperCase());

// What the wardrobe has, and what it costs by the day.
export function Summary({ summary, onNeverWorn }: { summary: WardrobeSummary; onNeverWorn: () => void }) {
  const costs = Object.entries(summary.costs);
  return (
    <section className="panel wardrobe-summary" aria-labelledby="wardrobe-summary">
      <h2 id="wardrobe-summary">{t.summary}</h2>
      <Facts
        className="facts"
        facts={[
          [t.garmentsTitle, summary.garments.toLocaleString(locale())],
          [t.daysWorn, summary.wears.toLocaleString(locale())],
          ...costs.flatMap(([currency, cost]): [string, string | null][] => [
            [t.paid(currency), formatPrice(cost.price, currency)],
            [t.perWearIn(currency), formatPrice(cost.cost_per_wear, currency)],
          ]),
        ]}
      />
      {summary.never_worn > 0 && (
        <div className="row">
          <p>{t.neverWornCount(summary.never_worn)}</p>
          <button type="button" className="button" onClick={onNeverWorn}>
            {t.showNeverWorn}
          </button>
        </div>
      )}
      <div className="count-charts">
        <CountBars title={t.bySlot} counts={summary.slots} nameOf={lookUp(t.slots)} />
        <CountBars title={t.byColor} counts={summary.colors} nameOf={capital} coloured />
        <CountBars title={t.byCategory} counts={summary.categories} nameOf={capital} />
        <CountBars title={t.byState} counts={summary.states} nameOf={lookUp(t.states)} />
      </div>
    </section>
  );
}
