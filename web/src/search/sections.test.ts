import { expect, it } from "vitest";
import { found } from "../testing/found";
import { closenessOf, oneSection, sectionsOf } from "./sections";

const page = (...relevances: (number | undefined)[]) => relevances.map((relevance, index) => found({ id: `${relevance}-${index}`, relevance }));
const shape = (sections: ReturnType<typeof sectionsOf>) => sections.map((one) => [one.closeness, one.ranked.map(({ found: { relevance }, position }) => [relevance, position])]);

it("sections follow the relevance, and keep the rank of each result", () => {
  expect(shape(sectionsOf([page(0.5, 1, 0.8, 0.96, 0.1)], false))).toEqual([
    ["exact", [[1, 2], [0.96, 4]]],
    ["close", [[0.8, 3]]],
    ["style", [[0.5, 1]]],
    ["weak", [[0.1, 5]]],
  ]);
});

it("beside a photo only the same picture is exact", () => {
  expect(closenessOf({ relevance: 1 }, true)).toBe("close");
  expect(closenessOf({ relevance: 0.2, same_image: true }, true)).toBe("exact");
  expect(closenessOf({ relevance: 0.29 }, true)).toBe("weak");
  expect(closenessOf({ relevance: 0.3 }, true)).toBe("style");
});

it("a further page adds nothing to sections that have ended", () => {
  expect(shape(sectionsOf([page(1, 0.8, 0.5), page(0.97, 0.4)], false))).toEqual([
    ["exact", [[1, 1]]],
    ["close", [[0.8, 2]]],
    ["style", [[0.5, 3], [0.97, 4], [0.4, 5]]],
  ]);
});

it("nothing is said of results whose relevance is not measured", () => {
  expect(shape(sectionsOf([page(undefined, undefined)], true))).toEqual([[undefined, [[undefined, 1], [undefined, 2]]]]);
  const same = [found({ id: "1", same_image: true }), found({ id: "2" })];
  expect(sectionsOf([same], true).map((one) => [one.closeness, one.ranked.length])).toEqual([["exact", 1], [undefined, 1]]);
});

it("a list has one section, and an empty search none", () => {
  expect(oneSection(page(1, 0.4)).map((one) => [one.closeness, one.ranked.map(({ position }) => position)])).toEqual([[undefined, [1, 2]]]);
  expect(sectionsOf([[]], true)).toEqual([]);
});
