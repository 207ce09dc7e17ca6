import { formatPrice } from "../shell/format";
import { texts, valueName } from "../texts";
import type { ResultPage } from "./useSearch";

const KIND = ["subcategory", "category"] as const;

// Says what the words ask for and no item has, such as "No red dress under 50: showing other dresses".
export function GivenUp({ page }: { page: ResultPage }) {
  const { readAs, predicted, found } = page;
  const given = readAs?.given_up;
  if (!given || found.length === 0) return null;
  const first = found[0]?.properties;
  const named = Object.entries(readAs.properties).flatMap(([name, value]) => {
    const wanted = typeof value === "string" ? value : value.any;
    return wanted && !KIND.some((one) => one === name) ? [given[name]?.map((one) => valueName(one, name)).join(texts.results.or) ?? valueName(wanted, name)] : [];
  });
  const kind = KIND.map((name) => given[name]?.[0]).find(Boolean) ?? KIND.map((name) => sure(predicted?.[name])).find(Boolean) ?? first?.subcategory ?? first?.category;
  const price = readAs.price_range?.map((bound) => formatPrice(bound, readAs.price_currency ?? null)) ?? [];
  const range = price.length > 0 && texts.results.readPrice(price[0] ?? null, price[1] ?? null);
  const wanted = [...named, kind ? valueName(kind) : texts.results.piece, range].filter(Boolean).join(" ");
  const others = KIND.some((name) => given[name]) ? texts.results.pieces : (first?.category ? valueName(first.category) : texts.results.pieces);
  return <p className="soft">{texts.results.givenUp(wanted, others)}</p>;
}

// A prediction that results keep to.
const sure = (one?: { value: string; confidence: number }) => (one && one.confidence >= 0.5 ? one.value : undefined);
