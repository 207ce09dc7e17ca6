import { expect, it } from "vitest";
import { seenIn } from "./predicted";

it("says nothing of what the model is not sure of", () => {
  const of = (value: string, confidence: number) => ({ value, confidence });
  expect(seenIn({ category: of("dresses", 0.94), pattern: of("solid", 0.55) })).toEqual([["category", "dresses"]]);
  expect(seenIn({ gender: of("women", 0.9) })).toEqual([["gender", "women"]]);
  expect(seenIn(undefined)).toEqual([]);
});
