import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import type { Facet } from "../api/client";
import { groupsOf, hasShoesOnly, SizeValues } from "./SizeValues";
import type { ChangeState, SearchState } from "./state";

const facet: Facet = {
  missing: 3,
  others: 0,
  values: [
    { value: "S", count: 2, system: "letters" },
    { value: "M", count: 4, system: "letters" },
    { value: "EU 38", count: 1, system: "eu" },
    { value: "M (38)", count: 1 },
  ],
};

function show(state: SearchState, category?: Facet) {
  const change = vi.fn<ChangeState>();
  render(<SizeValues facet={facet} category={category} state={state} onChange={change} />);
  return () => change.mock.lastCall?.[0](state);
}

it("sizes stand by system, in the order of the server", async () => {
  const after = show({});
  const groups = screen.getAllByRole("group");
  expect(groups.map((one) => one.querySelector("legend")?.textContent)).toEqual(["Letters", "EU", "Other"]);
  expect(within(groups[0] as HTMLElement).getAllByRole("checkbox", { name: /S|M/ })).toHaveLength(2);
  await userEvent.click(screen.getByRole("checkbox", { name: /EU 38/ }));
  expect(after()).toEqual({ filters: { size: ["EU 38"] } });
  expect(screen.getByText("3 not specified")).toBeTruthy();
});

it("where there are only shoes, numbers are sizes of shoes", () => {
  show({}, { missing: 0, values: [{ value: "shoes", count: 8 }] });
  expect(screen.getByRole("group", { name: "Shoes, EU" })).toBeTruthy();
  expect(hasShoesOnly({ filters: { category: ["shoes"] } }, undefined)).toBe(true);
  expect(hasShoesOnly({ filters: { category: ["shoes", "tops"] } }, undefined)).toBe(false);
  expect(hasShoesOnly({}, undefined)).toBe(false);
});

it("a chosen size that no item has any more stays", () => {
  expect(groupsOf(facet, ["UK 10"]).at(-1)).toEqual({ system: undefined, values: [{ value: "M (38)", count: 1 }, { value: "UK 10", count: 0 }] });
});
