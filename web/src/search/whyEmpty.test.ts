import { expect, it } from "vitest";
import { whyEmpty } from "./whyEmpty";

const colours = { missing: 0, values: [{ value: "black", count: 3 }, { value: "red", count: 1 }] };
const price = { missing: 0, min: 5, max: 90, currency: "EUR" };

it("a chosen value that no item has is named, with the one that was meant", () => {
  expect(whyEmpty({ filters: { primary_color: ["blakc"] } }, { primary_color: colours })).toBe("Nothing here is “blakc”. Did you mean “black”?");
  expect(whyEmpty({ filters: { primary_color: ["silver", "gold"] } }, { primary_color: colours })).toBe("Nothing here is “silver”.");
  // One of the values is there: something else is to blame.
  expect(whyEmpty({ filters: { primary_color: ["silver", "Red"] } }, { primary_color: colours })).toBe("No item matches all of your filters.");
});

it("a price that nothing has leads to those that there are", () => {
  expect(whyEmpty({ q: "coat", price: [500, null] }, { price })).toBe("Prices here go from €5 to €90.");
  expect(whyEmpty({ q: "coat", price: [null, 50] }, { price })).toBe("No item matches all of your filters.");
});

it("without filters, what was searched with is said", () => {
  expect(whyEmpty({ q: "xqzzv" })).toBe("No item is close to your words.");
  expect(whyEmpty({ q: "in red", item: "3" })).toBe("No item looks close enough.");
});
