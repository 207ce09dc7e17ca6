import { expect, it } from "vitest";
import { queryOfState, stateOfQuery } from "./queryState";
import { wordsOf, type SearchState } from "./state";

it.each<[string, SearchState]>([
  ["words", { q: "navy coat" }],
  ["words and filters", { q: "coat", filters: { brand: ["COS", "Arket"], primary_color: ["blue"] }, price: [20, null] }],
  ["a price with its currency", { q: "coat", price: [null, 60, "EUR"] }],
  ["an item with examples", { item: "7", like: ["8"], unlike: ["9", "10"] }],
  ["the address of a photo", { url: "https://shop.example/a.jpg", q: "in red" }],
  ["a part of a photo", { url: "https://shop.example/a.jpg", box: [0.1, 0.2, 0.5, 0.75] }],
  ["weak matches, copies and an order", { q: "coat", weak: true, copies: true, sort: "-price" }],
  ["filters alone", { filters: { category: ["dresses"] }, sort: "newest" }],
])("a search comes back as it was: %s", async (_, state) => {
  expect(stateOfQuery(await queryOfState(state))).toEqual(state);
});

it("a colour and hints come back as words that search for the same", async () => {
  const state: SearchState = { item: "7", but: "red", hints: ["dotted"] };
  const back = stateOfQuery(await queryOfState(state));
  expect(back).toEqual({ item: "7", q: "dotted in red" });
  expect(wordsOf(back)).toBe(wordsOf(state));
});

it("a photo is sent only when it is given, and the taste never", async () => {
  const state: SearchState = { photo: "abc", taste: true };
  expect(await queryOfState(state)).toEqual({});
  expect(await queryOfState(state, new Blob(["x"]))).toEqual({ image_base64: "eA==", match: "close", collapse_duplicates: true });
});

it("what an address cannot hold is left out", () => {
  expect(stateOfQuery({ text: 7, filters: { brand: { not: ["COS"] }, price_range: "x" }, like: "8", sort: "best" })).toEqual({});
});
