import { expect, it } from "vitest";
import type { ItemPatch } from "../api/client";
import { checkValues, nearestValue } from "./propertyValues";

const known = { primary_color: ["black", "red", "gray"], material: ["cotton", "silk"] };

it("a value that is in no list is not taken for one", () => {
  const patch: ItemPatch = { price: 5, properties: { primary_color: "rde", material: "silk" } };
  expect(checkValues(patch, known)).toEqual([{ name: "primary_color", value: "rde", nearest: "red" }]);
});

it("values are written as the list has them", () => {
  const patch: ItemPatch = { properties: { primary_color: "Red", material: null } };
  expect(checkValues(patch, known)).toEqual([]);
  expect(patch).toEqual({ properties: { primary_color: "red", material: null } });
});

it("without lists, every value is asked about", () => {
  expect(checkValues({ properties: { season: "summer" } }, {})).toEqual([{ name: "season", value: "summer", nearest: undefined }]);
  expect(checkValues({ title: "x" }, {})).toEqual([]);
});

it("the nearest value is near", () => {
  expect(nearestValue("grey", ["black", "gray"])).toBe("gray");
  expect(nearestValue("coton", ["cotton", "silk"])).toBe("cotton");
  expect(nearestValue("polyester", ["cotton", "silk"])).toBeUndefined();
});
