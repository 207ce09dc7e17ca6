import type { FoundItem, ResultPage } from "./useSearch";

// An amount as somebody types it, also in Arabic digits: null for nothing, undefined for what is none.
export function amountOf(typed: string): number | null | undefined {
  const text = typed
    .trim()
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[,٫]/, ".");
  if (text === "") return null;
  const amount = Number(text);
  return /^[0-9.]+$/.test(text) && Number.isFinite(amount) ? amount : undefined;
}

// The currency in which a price is chosen: the chosen one, that to which the server has converted, or the one of all results. Null where
// several are among them: amounts are compared then.
export function currencyOf(chosen: string | undefined, first: ResultPage | undefined, found: FoundItem[]): string | null {
  if (chosen) return chosen;
  const converted = first?.facets?.price?.currency;
  if (converted) return converted;
  const priced = found.filter((one) => one.price !== null);
  const currency = priced[0]?.currency ?? null;
  return currency && /^[A-Z]{3}$/.test(currency) && priced.every((one) => one.currency === currency) ? currency : null;
}
