import { expect, it } from "vitest";
import { matchOf } from "./match";

it("a match is named by its relevance, whatever its similarity is", () => {
  expect(matchOf({ relevance: 1 }, false)).toBe("exact");
  expect(matchOf({ relevance: 0.78 }, false)).toBe("close");
  expect(matchOf({ relevance: 0.5 }, false)).toBeUndefined();
  expect(matchOf({}, false)).toBeUndefined();
});

it("beside an example, only the same picture is an exact match", () => {
  expect(matchOf({ relevance: 1 }, true)).toBe("close");
  expect(matchOf({ relevance: 0.9, same_image: true }, true)).toBe("exact");
  expect(matchOf({ same_image: true }, true)).toBe("exact");
  expect(matchOf({ relevance: 0.5 }, true)).toBeUndefined();
});
