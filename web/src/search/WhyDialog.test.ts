import { expect, it } from "vitest";
import { found } from "../testing/found";
import { agreements, wordsIn } from "./WhyDialog";

it("lists the properties that match words and photo, and the words that the listing contains", () => {
  const info = {
    hasExample: true,
    words: "denim in blue",
    key: "",
    readAs: { text: "vintage denim but this", properties: { primary_color: "Blue", material: "wool", pattern: { not: ["striped"] } } },
    predicted: { category: { value: "outerwear", confidence: 0.9 }, primary_color: { value: "blue", confidence: 0.5 } },
  };
  expect(agreements(found(), info)).toEqual([
    { name: "primary_color", value: "Blue", because: "as requested" },
    { name: "category", value: "outerwear", because: "as in your photo" },
  ]);
  const unsure = { category: { value: "outerwear", confidence: 0.4 } };
  expect(agreements(found(), { ...info, readAs: undefined, predicted: unsure })).toEqual([]);
  expect(wordsIn(found(), info)).toEqual(["denim"]);
});
