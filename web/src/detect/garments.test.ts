import { expect, it } from "vitest";
import { BOTTOMS, detected, detection, SHOES, TOP } from "../testing/detected";
import { boxOf, choicesOf, mainBox, shownBy } from "./garments";

it("a photo is about a garment that nothing rivals", () => {
  expect(mainBox(detection(TOP))).toEqual([0.1, 0.1, 0.5, 0.5]);
  expect(mainBox(detection(SHOES, TOP))).toEqual(boxOf(TOP)); // the shoes are small
  expect(mainBox(detection(TOP, BOTTOMS))).toBeUndefined();
  expect(mainBox(detection())).toBeUndefined();
  expect(mainBox(undefined)).toBeUndefined();
});

it("a garment that fills the photo, and one that is a detail of it, leave the photo whole", () => {
  const full = detected("dresses", [0.02, 0.02, 0.98, 0.98]);
  expect(mainBox(detection(full))).toBeUndefined();
  expect(choicesOf(detection(full))).toEqual([]);
  expect(choicesOf(detection(full, SHOES))).toEqual([full, SHOES]);
  expect(mainBox(detection(detected("bags", [0.4, 0.4, 0.55, 0.55])))).toBeUndefined();
});

it("a frame shows the garment that it overlaps most, if it does so by half", () => {
  expect(shownBy(boxOf(BOTTOMS), [TOP, BOTTOMS])).toBe(1);
  expect(shownBy([0.12, 0.12, 0.55, 0.55], [TOP, BOTTOMS])).toBe(0);
  expect(shownBy([0, 0, 1, 1], [TOP, BOTTOMS])).toBe(-1);
  expect(shownBy(undefined, [TOP])).toBe(-1);
  expect(shownBy([0, 0, 1, 1], [])).toBe(-1);
});
