import { render } from "@testing-library/react";
import { expect, it } from "vitest";
import type { ReadAs } from "../api/client";
import { GivenUp } from "./GivenUp";
import type { FoundItem, ResultPage } from "./useSearch";

const dress = { properties: { category: "dresses", subcategory: "dress" } } as unknown as FoundItem;
const tee = { properties: { category: "tops", subcategory: "t-shirt" } } as unknown as FoundItem;

function line(readAs: Partial<ReadAs>, more: Partial<ResultPage> = {}) {
  const page: ResultPage = { found: [dress], readAs: { text: "", properties: {}, ...readAs }, ...more };
  return render(<GivenUp page={page} />).container.textContent;
}

const red = { properties: { primary_color: "red" }, given_up: { primary_color: ["red"] } };

it("says what no item of the kind has", () => {
  expect(line({ ...red, price_range: [null, 50] })).toBe("No red dress under 50: showing other dresses");
  expect(line({ ...red, price_range: [null, 50], price_currency: "EUR" })).toBe("No red dress under €50: showing other dresses");
  expect(line(red)).toBe("No red dress: showing other dresses");
  expect(line({ properties: { primary_color: "red", material: "cotton" }, given_up: { material: ["cotton"] } })).toBe(
    "No red cotton dress: showing other dresses",
  );
  expect(line({ properties: { primary_color: "red" }, given_up: { primary_color: ["green", "red"] } })).toBe("No green or red dress: showing other dresses");
});

it("says that the kind does not exist", () => {
  const predicted = { subcategory: { value: "dress", confidence: 0.9 } };
  const readAs = { properties: { primary_color: "red" }, given_up: { subcategory: ["dress"] } };
  expect(line(readAs, { found: [tee], predicted })).toBe("No red dress: showing other items");
});

it("names the kind in the photo only where the model is sure", () => {
  expect(line(red, { predicted: { subcategory: { value: "slip dress", confidence: 0.8 } } })).toBe("No red slip dress: showing other dresses");
  expect(line(red, { predicted: { subcategory: { value: "coat", confidence: 0.2 } } })).toBe("No red dress: showing other dresses");
  expect(line(red, { found: [{ properties: {} } as unknown as FoundItem] })).toBe("No red item: showing other items");
});

it("says nothing where nothing is given up or found", () => {
  expect(line({ properties: { primary_color: "red" } })).toBe("");
  expect(line(red, { found: [] })).toBe("");
  expect(line(red, { readAs: undefined })).toBe("");
});
