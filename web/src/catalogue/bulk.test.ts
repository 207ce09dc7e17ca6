import { expect, it } from "vitest";
import { item } from "../testing/found";
import { eachOf } from "../shell/eachOf";
import { patchFor, undoOf, type BulkChange } from "./bulk";

it("changes what differs only, and can give it back", () => {
  const coat = item({ price: 45, currency: "USD", status: "active" });
  const cases: [BulkChange, unknown, unknown][] = [
    [{ what: "status", status: "sold" }, { status: "sold" }, { status: "active" }],
    [{ what: "status", status: "active" }, undefined, { status: "active" }],
    [{ what: "price", price: 9, currency: "EUR" }, { price: 9, currency: "EUR" }, { price: 45, currency: "USD" }],
    [{ what: "price", price: 45, currency: "" }, undefined, { price: 45, currency: "USD" }],
    [{ what: "percent", percent: -10 }, { price: 40.5 }, { price: 45, currency: "USD" }],
    [{ what: "property", name: "category", value: "tops" }, { properties: { category: "tops" } }, { properties: { category: "outerwear" } }],
    // The colour is read in the text: the seller has not given one.
    [{ what: "property", name: "primary_color", value: "" }, undefined, { properties: { primary_color: null } }],
  ];
  for (const [change, patch, undo] of cases) {
    expect(patchFor(coat, change)).toEqual(patch);
    expect(undoOf(coat, change)).toEqual(undo);
  }
  expect(patchFor(item({ price: null }), { what: "percent", percent: 10 })).toBeUndefined();
});

it("goes on after a failure, a few at a time", async () => {
  let running = 0;
  let most = 0;
  const { done, failed } = await eachOf([1, 2, 3, 4, 5, 6, 7], async (n) => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    --running;
    if (n === 3) throw new Error("no");
  });
  expect(done.sort()).toEqual([1, 2, 4, 5, 6, 7]);
  expect(failed.map((one) => one.item)).toEqual([3]);
  expect(most).toBe(4);
});
