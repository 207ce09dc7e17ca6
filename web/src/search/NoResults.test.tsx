import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { NoResults } from "./NoResults";
import type { SearchState } from "./state";

it("offers to remove each part of the query", async () => {
  const state: SearchState = { q: "coat", filters: { category: ["tops", "shoes"] }, price: [null, 5] };
  const change = vi.fn<(next: (now: SearchState) => SearchState) => void>();
  render(<NoResults state={state} onChange={change} />);
  expect(screen.getByText("No item matches all of your filters.")).toBeTruthy();
  const after = async (name: string) => {
    await userEvent.click(screen.getByRole("button", { name }));
    return change.mock.lastCall?.[0](state);
  };
  expect((await after("Without Category: tops, shoes"))?.filters).toBeUndefined();
  expect((await after("Without Price: under 5"))?.price).toBeUndefined();
  expect((await after("Without Search words: “coat”"))?.q).toBeUndefined();
  expect((await after("Show weaker matches"))?.weak).toBe(true);
  expect(await after("Remove all filters")).toMatchObject({ q: "coat", filters: undefined, price: undefined });
});

it("offers to be told later, and to give up the colour and what is wanted less", async () => {
  const state: SearchState = { item: "3", but: "red", unlike: ["4"] };
  const change = vi.fn<(next: (now: SearchState) => SearchState) => void>();
  render(<NoResults state={state} onChange={change} />);
  screen.getByRole("heading", { name: "No close matches" });
  screen.getByRole("button", { name: "Tell me when something like this appears" });
  await userEvent.click(screen.getByRole("button", { name: "Without Colour: red" }));
  expect(change.mock.lastCall?.[0](state)).toMatchObject({ item: "3", but: undefined });
  await userEvent.click(screen.getByRole("button", { name: "Without the items that you want less of" }));
  expect(change.mock.lastCall?.[0](state)).toMatchObject({ unlike: undefined });
});

it("does not offer weaker matches where they are shown, or where nothing is searched", () => {
  const { rerender } = render(<NoResults state={{ q: "coat", weak: true }} onChange={vi.fn()} />);
  expect(screen.queryByRole("button", { name: "Show weaker matches" })).toBeNull();
  rerender(<NoResults state={{ filters: { category: ["tops"] } }} onChange={vi.fn()} />);
  expect(screen.queryByRole("button", { name: "Show weaker matches" })).toBeNull();
});
