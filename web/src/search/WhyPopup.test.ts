import { expect, it } from "vitest";
import { found } from "../testing/found";
import { agreements, wordsIn } from "./WhyPopup";

it("tells what agrees with words and photo, and which words the listing has", () => {
  const explain = {
    hasExample: true,
    words: "denim in blue",
    readAs: { text: "vintage denim but this", properties: { primary_color: "Blue", material: "wool", pattern: { not: ["striped"] } } },
    seen: { category: { value: "outerwear", confidence: 0.9 }, primary_color: { value: "blue", confidence: 0.5 } },
  };
  expect(agreements(found(), explain)).toEqual([
    { name: "primary_color", value: "Blue", because: "as you asked" },
    { name: "category", value: "outerwear", because: "as in your photo" },
  ]);
  expect(wordsIn(found(), explain)).toEqual(["denim"]);
});
