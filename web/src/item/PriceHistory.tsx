import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { sources, type ItemHistory } from "../api/sources";
import { formatMoment, formatPrice } from "../shell/format";
import { texts } from "../texts";

const t = texts.history;
const WIDTH = 300;
const HEIGHT = 60;
const SHOWN = 5;

type Change = ItemHistory["history"][number];

const priceOf = (change: Change) => formatPrice(change.price ?? null, change.currency ?? null);

// The prices as a line of steps, from the first one until `now`. Empty: there are not two prices in one currency to compare.
export function stepsOf(history: Change[], now: number): string {
  const known = history.filter((one): one is Change & { price: number; since: string } => typeof one.price === "number" && one.since !== undefined);
  const prices = known.map((one) => one.price);
  const [low, high] = [Math.min(...prices), Math.max(...prices)];
  const start = Date.parse(known[0]?.since ?? "");
  if (known.length < 2 || low === high || known.some((one) => one.currency !== known[0]?.currency)) return "";
  const span = Math.max(1, now - start);
  const at = (one: { since: string }) => ((Date.parse(one.since) - start) / span) * WIDTH;
  const height = (price: number) => HEIGHT - 3 - ((price - low) / (high - low)) * (HEIGHT - 6);
  const steps = known.map((one, index) => `${index === 0 ? "M" : "H"}${at(one).toFixed(1)}${index === 0 ? " " : "V"}${height(one.price).toFixed(1)}`);
  return `${steps.join("")}H${WIDTH}`;
}

function Chart({ history }: { history: Change[] }) {
  const [now] = useState(Date.now);
  const steps = stepsOf(history, now);
  if (steps === "") return null;
  return (
    <svg className="price-chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={t.chart(history.map(priceOf).filter(Boolean).slice(-SHOWN).join(", "))}>
      <path d={steps} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

// What an item has cost, and whether it was for sale, over time. Nothing is shown of an item that never changed.
export function PriceHistory({ item }: { item: string }) {
  const [all, setAll] = useState(false);
  const query = useQuery({ queryKey: ["item", item, "history"], queryFn: ({ signal }) => sources.history(item, signal) });
  const history = query.data?.history ?? [];
  if (history.length < 2) return null;
  const latest = [...history].reverse();
  return (
    <section aria-labelledby="history-title">
      <h2 id="history-title">{t.title}</h2>
      <Chart history={history} />
      <table className="changes">
        <thead>
          <tr>
            <th scope="col">{t.since}</th>
            <th scope="col">{t.price}</th>
            <th scope="col">{t.status}</th>
          </tr>
        </thead>
        <tbody>
          {(all ? latest : latest.slice(0, SHOWN)).map((change, index) => (
            <tr key={index}>
              <td>{change.since && formatMoment(change.since)}</td>
              <td>{priceOf(change)}</td>
              <td>{texts.status[change.status ?? ""] ?? change.status}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {!all && latest.length > SHOWN && (
        <button type="button" className="text-button" onClick={() => setAll(true)}>
          {t.all(latest.length)}
        </button>
      )}
    </section>
  );
}
