import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import Filters from "./Filters";
import { FilterChips } from "./FilterChips";
import FiltersDialog from "./FiltersDialog";
import { Reading } from "./Reading";
import type { SearchState } from "./state";

const facets = {
  category: { missing: 0, values: [{ value: "tops", count: 12 }, { value: "shoes", count: 7 }] },
  price: { missing: 0, min: 5, max: 90, histogram: [{ from: 5, to: 90, count: 19 }] },
};
type Change = (next: (now: SearchState) => SearchState) => void;

function show(state: SearchState, currency: string | null = "EUR") {
  const change = vi.fn<Change>();
  render(<Filters state={state} facets={facets} currency={currency} searching={false} onChange={change} />);
  return () => change.mock.lastCall?.[0](state);
}

it("a typed price is in the currency of the results", async () => {
  const after = show({});
  await userEvent.type(screen.getByRole("textbox", { name: "To, price in EUR" }), "49,5{Enter}");
  expect(after()).toEqual({ price: [null, 49.5, "EUR"] });
});

it("an end of the price is replaced and removed", async () => {
  const after = show({ price: [10, 50, "EUR"] });
  const low = screen.getByRole("textbox", { name: "From, price in EUR" });
  expect(low).toHaveProperty("value", "10");
  await userEvent.clear(low);
  await userEvent.tab();
  expect(after()).toEqual({ price: [null, 50, "EUR"] });
});

it("what is no amount is taken back, and without a currency amounts are compared", async () => {
  const after = show({}, null);
  const high = screen.getByRole("textbox", { name: "To, price" });
  await userEvent.type(high, "cheap");
  await userEvent.tab();
  expect(high).toHaveProperty("value", "");
  expect(after()).toBeUndefined();
  await userEvent.type(high, "20{Enter}");
  expect(after()).toEqual({ price: [null, 20] });
});

it("several values of a facet are chosen, each with its count", async () => {
  const after = show({ filters: { category: ["tops"] } });
  expect(screen.getByRole("checkbox", { name: /tops/ })).toHaveProperty("checked", true);
  expect(screen.getByText("7")).toBeTruthy();
  await userEvent.click(screen.getByRole("checkbox", { name: /shoes/ }));
  expect(after()).toEqual({ filters: { category: ["tops", "shoes"] } });
});

it("a value of a long list is found by typing", async () => {
  const brands = Array.from({ length: 20 }, (_, index) => ({ value: `Brand ${index}`, count: 20 - index }));
  render(<Filters state={{ filters: { brand: ["Brand 3"] } }} facets={{ brand: { missing: 0, values: brands } }} currency={null} searching={false} onChange={vi.fn()} />);
  expect(screen.queryByRole("searchbox")).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Show more" }));
  expect(screen.getAllByRole("checkbox").length).toBe(20);
  await userEvent.type(screen.getByRole("searchbox", { name: "Find in: Brand" }), "nd 1");
  expect(screen.getAllByRole("checkbox").length).toBe(11);
});

it("the sheet leads to the results by their number, and clears what is chosen", async () => {
  const clear = vi.fn();
  const close = vi.fn();
  render(
    <FiltersDialog show="Show 128 items" onClear={clear} onClose={close}>
      <p>filters</p>
    </FiltersDialog>,
  );
  await userEvent.click(screen.getByRole("button", { name: "Clear all" }));
  expect(clear).toHaveBeenCalledOnce();
  await userEvent.click(screen.getByRole("button", { name: "Show 128 items" }));
  expect(close).toHaveBeenCalledOnce();
});

it("what is chosen is said once", () => {
  const state: SearchState = { q: "red dress", filters: { primary_color: ["Red"] }, price: [null, 50, "EUR"] };
  const page = { found: [], readAs: { text: "red dress", properties: { primary_color: "red", subcategory: "dress" } } };
  render(
    <>
      <Reading page={page} state={state} />
      <FilterChips state={state} onChange={vi.fn()} />
    </>,
  );
  expect(screen.getByText("Type: dress")).toBeTruthy();
  expect(screen.queryByText("Colour: red")).toBeNull();
  expect(screen.getByRole("button", { name: "Remove the filter Red" })).toBeTruthy();
  expect(screen.getByRole("button", { name: "Remove the filter under €50" })).toBeTruthy();
});
