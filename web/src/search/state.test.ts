import { describe, expect, it } from "vitest";
import { apiFilters, filterCount, hasQuery, parseState, stringifyState, toggleExample, toggleHint, toggleValue, withoutFilters, wordsOf, type SearchState } from "./state";

describe("the address", () => {
  const full: SearchState = {
    q: "navy coat under $80",
    photo: "0123456789ab",
    box: [0.1, 0.25, 0.5, 1],
    but: "red",
    like: ["3", "4"],
    unlike: ["5"],
    filters: { category: ["tops", "outerwear"], brand: ["Levi's & Co"] },
    price: [10, null],
    weak: true,
    sort: "-price",
    copies: true,
    taste: true,
  };
  it("holds the whole search", () => {
    expect(parseState(stringifyState(full))).toEqual(full);
    const inEuros: SearchState = { price: [null, 50.5, "EUR"] };
    expect(parseState(stringifyState(inEuros))).toEqual(inEuros);
    expect(stringifyState({})).toBe("");
    expect(parseState("")).toEqual({});
  });
  it.each(["photo=../../etc", "item=abc", "url=javascript:alert(1)", "like=a,b,-1", "price=x-y", "price=--EUR", "price=1-2-euro", "weak=yes", "min=40", "sort=evil", "copies=yes", "taste=yes", "q=%20", "category=", "color=red", "box=0,0,0.5,1"])(
    "takes nothing from %s",
    (search) => expect(parseState(`?${search}`)).toEqual({}),
  );
  it("has a part of a photo only", () => {
    expect(parseState("?item=3&box=0,0,0.5,1")).toEqual({ item: "3" });
    expect(parseState("?url=https://x/a.jpg&box=0,0,0.5,1")).toEqual({ url: "https://x/a.jpg", box: [0, 0, 0.5, 1] });
    expect(stringifyState({ item: "3", box: [0, 0, 0.5, 1] })).toBe("?item=3");
  });
  it("keeps its lists within bounds", () => {
    const many = Array.from({ length: 90 }, (_, i) => i + 1).join(",");
    expect(parseState(`?like=${many}`).like).toHaveLength(20);
    expect(parseState(`?q=${"x".repeat(5000)}`).q).toHaveLength(2000);
  });
});

describe("a query", () => {
  it("needs a photo, an item, an address, words or something liked", () => {
    for (const state of [{ q: "x" }, { photo: "ab" }, { item: "1" }, { url: "https://x" }, { like: ["1"] }]) expect(hasQuery(state)).toBe(true);
    expect(hasQuery({ filters: { category: ["tops"] }, unlike: ["1"] })).toBe(false);
  });
  it("asks for this but in a colour", () => {
    expect(wordsOf({ but: "red" })).toBe("this but in red");
    expect(wordsOf({ but: "red", q: "cotton" })).toBe("cotton in red");
  });
  it("liking and disliking exclude each other", () => {
    const liked = toggleExample({}, "like", "7");
    expect(liked.like).toEqual(["7"]);
    const unliked = toggleExample(liked, "unlike", "7");
    expect(unliked).toEqual({ like: undefined, unlike: ["7"] });
    expect(toggleExample(unliked, "unlike", "7").unlike).toBeUndefined();
  });
  it("filters are toggled, counted and cleared", () => {
    let state = toggleValue({ q: "x" }, "category", "tops");
    state = toggleValue(state, "category", "shoes");
    state = { ...state, price: [null, 50], weak: true };
    expect(filterCount(state)).toBe(3);
    expect(apiFilters(state)).toEqual({ category: ["tops", "shoes"], price_range: [null, 50] });
    expect(apiFilters({ price: [null, 50, "EUR"] })).toEqual({ price_range: { max: 50, currency: "EUR" } });
    expect(apiFilters({ price: [10, 50, "EUR"] })).toEqual({ price_range: { min: 10, max: 50, currency: "EUR" } });
    state = toggleValue(toggleValue(state, "category", "tops"), "category", "shoes");
    expect(state.filters).toBeUndefined();
    expect(filterCount(withoutFilters(state))).toBe(0);
  });
});

describe("hints", () => {
  it("are in the address, and rank beside an example as words do", () => {
    const state = parseState("?item=7&hint=beige&hint=dotted&hint=beige&hint=&q=long");
    expect(state.hints).toEqual(["beige", "dotted"]);
    expect(parseState(stringifyState(state))).toEqual(state);
    expect(wordsOf(state)).toBe("long beige dotted");
    expect(wordsOf({ ...state, but: "red" })).toBe("long beige dotted in red");
    expect(wordsOf({ hints: ["beige"], q: "coat" })).toBe("coat"); // without an example nothing looks like anything
  });
  it("are chosen and given back", () => {
    expect(toggleHint({}, "beige")).toEqual({ hints: ["beige"] });
    expect(toggleHint({ hints: ["beige"] }, "beige")).toEqual({ hints: undefined });
  });
});
