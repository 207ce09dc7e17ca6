import { expect, it } from "vitest";
import { filterOf, missingOf } from "./missing";

it("asks for items without a value by all values that there are", () => {
  const value = (name: string) => ({ value: name, count: 3 });
  const found = missingOf({
    category: { values: [value("tops"), value("dresses")], others: 0, missing: 4 },
    brand: { values: [value("levi's")], others: 7, missing: 4 }, // more values than are listed
    size: { values: [value("m")], others: 0, missing: 0 },
  });
  expect(found).toEqual([{ column: "category", count: 4, values: ["tops", "dresses"] }]);
  expect(filterOf(found[0]!)).toEqual({ category: { not: ["tops", "dresses"] } });
  expect(missingOf(undefined)).toEqual([]);
});
