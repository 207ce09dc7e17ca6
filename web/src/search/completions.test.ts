import { expect, it } from "vitest";
import { completionsOf, isMisspelt, vocabularyOf } from "./completions";

const values = (...list: [string, number][]) => ({ missing: 0, values: list.map(([value, count]) => ({ value, count })) });
const vocabulary = vocabularyOf({
  subcategory: values(["jeans", 9], ["jacket", 12], ["t-shirt", 4]),
  brand: values(["Jack & Jones", 3], ["Levi's", 20]),
  primary_color: values(["navy", 8], ["light blue", 2]),
  material: values(["wool", 5]),
  size: values(["XL", 90]),
});
const wordsOf = (typed: string, recent: string[] = []) => completionsOf(typed, vocabulary, recent).map((one) => one.words);

it("the last words are completed, the most frequent value first", () => {
  expect(completionsOf("ja", vocabulary, [])).toEqual([
    { words: "jacket", kind: "Type" },
    { words: "Jack & Jones", kind: "Brand" },
  ]);
  expect(wordsOf("Navy  wo")).toEqual(["navy wool"]);
  expect(wordsOf("jeans in light")).toEqual(["jeans in light blue"]);
  expect(wordsOf("jeans in light b")).toEqual(["jeans in light blue"]);
  expect(wordsOf("x")).toEqual([]); // sizes are no words to search for
});

it("what is complete is offered no more", () => {
  expect(wordsOf("wool")).toEqual([]);
  expect(wordsOf("wool ")).toEqual([]);
});

it("a misspelt word is corrected, unless a value begins with it", () => {
  expect(wordsOf("blue jaenst")).toEqual([]);
  expect(wordsOf("blue jaens")).toEqual(["blue jeans"]);
  expect(wordsOf("jackt")).toEqual(["jacket"]);
  expect(wordsOf("woo")).toEqual(["wool"]);
  for (const [word, right] of [["jeens", "jeans"], ["jans", "jeans"], ["jeanns", "jeans"], ["ejans", "jeans"]] as const) expect(isMisspelt(word, right)).toBe(true);
  for (const word of ["jeans", "jumps", "je"]) expect(isMisspelt(word, "jeans")).toBe(false);
});

it("recent searches come first, once, and alone where nothing is typed", () => {
  expect(wordsOf("ja", ["jacket", "jacket in red", "coat", "jacket"])).toEqual(["jacket", "jacket in red", "Jack & Jones"]);
  expect(wordsOf("", ["coat", "coat", "shoes"])).toEqual(["coat", "shoes"]);
  expect(wordsOf("coat", ["coat"])).toEqual([]);
});
