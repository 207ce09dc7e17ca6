import { expect, it } from "vitest";
import { matchOf } from "./match";

it("a match is named by its relevance, whatever its similarity is", () => {
  expect(matchOf({ relevance: 1 })).toBe("exact");
  expect(matchOf({ relevance: 0.78 })).toBe("close");
  expect(matchOf({ relevance: 0.5 })).toBeUndefined();
  expect(matchOf({})).toBeUndefined();
});
