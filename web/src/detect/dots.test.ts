import { expect, it } from "vitest";
import { DOT, placeDots } from "./dots";

it("a dot lies in the middle of its garment", () => {
  expect(placeDots([[0.2, 0.2, 0.6, 0.8]], 300, 400)).toEqual([{ x: 120, y: 200 }]);
});

it("a dot stays inside of the photo, so that a finger can hit it", () => {
  expect(placeDots([[0, 0, 0.02, 0.02]], 300, 400)).toEqual([{ x: 22, y: 22 }]);
  expect(placeDots([[0.98, 0.98, 1, 1]], 300, 400)).toEqual([{ x: 278, y: 378 }]);
  expect(placeDots([[0, 0, 1, 1]], 10, 10)).toEqual([{ x: 22, y: 22 }]); // a photo that is smaller than a dot
});

it("dots of garments that lie over each other are moved apart", () => {
  const dots = placeDots([[0.3, 0.3, 0.7, 0.7], [0.3, 0.32, 0.7, 0.72], [0.3, 0.28, 0.7, 0.68], [0, 0, 0.1, 0.1], [0, 0.01, 0.1, 0.11]], 300, 400);
  for (const [i, one] of dots.entries()) {
    for (const other of dots.slice(i + 1)) {
      expect(Math.max(Math.abs(one.x - other.x), Math.abs(one.y - other.y))).toBeGreaterThanOrEqual(DOT - 0.5);
    }
  }
});
