import { expect, it } from "vitest";
import { boxText, overlapOf, parseBox, squareAround } from "./box";

it("a box is the same after its way through an address", () => {
  expect(boxText([0.123456, 0, 1, 0.5])).toBe("0.1235,0,1,0.5");
  expect(parseBox("0.1235,0,1,0.5")).toEqual([0.1235, 0, 1, 0.5]);
  expect(parseBox(".25,0.0,1.0,0.75")).toEqual([0.25, 0, 1, 0.75]);
});

it.each([null, "", "0,0,1", "0,0,1,1,1", "0.5,0,0.2,1", "0,0.5,1,0.5", "0,0,1.2,1", "-0.1,0,1,1", "a,b,c,d", "0,0,1e0,1", "NaN,0,1,1", "0,0,0.001,1"])(
  "%s is no box",
  (given) => expect(parseBox(given)).toBeUndefined(),
);

it("the overlap is what both cover in what one of them covers", () => {
  expect(overlapOf([0, 0, 0.5, 1], [0, 0, 0.5, 1])).toBe(1);
  expect(overlapOf([0, 0, 0.5, 1], [0.25, 0, 0.75, 1])).toBeCloseTo(1 / 3);
  expect(overlapOf([0, 0, 0.2, 0.2], [0.5, 0.5, 1, 1])).toBe(0);
});

it("the square around a box contains it and stays inside of the photo", () => {
  const squares = [[[0.4, 0.4, 0.6, 0.6], 110, 160, 80], [[0, 0, 0.1, 0.5], 0, 0, 200], [[0.9, 0, 1, 1], 0, 50, 300]] as const; // more than the width does not fit
  for (const [box, ...wanted] of squares) {
    const { left, top, side } = squareAround(box, 300, 400);
    for (const [i, one] of [left, top, side].entries()) expect(one).toBeCloseTo(wanted[i]!, 6);
  }
});
