import { expect, it } from "vitest";
import { found } from "../testing/found";
import { amountOf, currencyOf } from "./amount";

it("amounts are typed with a comma or a point", () => {
  expect(["٨٠", "١٢٫٥", "١٢.٥"].map(amountOf)).toEqual([80, 12.5, 12.5]);
  expect(["", " ", "80", "12,5", "12.50", "-3", "1e3", "12 €", "."].map(amountOf)).toEqual([null, null, 80, 12.5, 12.5, undefined, undefined, undefined, undefined]);
});

it("the currency is the chosen one, the server's, or that of all results", () => {
  const euros = found({ currency: "EUR" });
  const page = { found: [], facets: { price: { missing: 0, currency: "GBP" } } };
  expect(currencyOf("USD", page, [euros])).toBe("USD");
  expect(currencyOf(undefined, page, [euros])).toBe("GBP");
  expect(currencyOf(undefined, undefined, [euros, found({ price: null, currency: null })])).toBe("EUR");
  expect(currencyOf(undefined, undefined, [euros, found({ currency: "USD" })])).toBeNull();
  expect(currencyOf(undefined, undefined, [])).toBeNull();
});
