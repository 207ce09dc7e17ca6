import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { reportReached } from "../shell/reachable";
import { renderAt } from "../testing/app";
import { serveCaches } from "../testing/caches";
import { garment } from "../testing/garments";
import { user } from "../testing/people";
import { serve } from "../testing/server";
import { pageTexts } from "../pageTexts";
import { keepCopy, ownDevice } from "./device";
import { GarmentPage } from "./GarmentPage";
import { WardrobePage } from "./WardrobePage";

const t = pageTexts.wardrobe;
const ada = user("shopper");
const boots = garment({ id: "8", name: "Black boots", slot: "shoes", wears: 0, tags: [], properties: { primary_color: "black" } });

// A device that has a copy of the wardrobe and no network.
beforeEach(async () => {
  serveCaches();
  serve({
    "GET /api/v1/wardrobe?limit=500": { garments: [garment(), boots], next_cursor: null },
    "GET /api/v1/wardrobe/7/photos/3/thumbnail": () => new Response("jpeg"),
  });
  await ownDevice(ada);
  await keepCopy(ada, new AbortController().signal);
  vi.restoreAllMocks();
  vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("offline"));
});
afterEach(() => {
  reportReached();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const isOld = () => screen.findByText(/^Without a connection: the wardrobe as of /);

it("the wardrobe is read and filtered without a network, and cannot be changed", async () => {
  renderAt("/wardrobe", <WardrobePage />);
  await isOld();
  const grid = within(screen.getByRole("list", { name: t.garmentsTitle }));
  expect((await grid.findByRole("link", { name: /Red coat/ })).getAttribute("href")).toBe("/wardrobe/7");
  await userEvent.selectOptions(screen.getByLabelText(t.color), "black");
  await waitFor(() => expect(grid.queryByText("Red coat")).toBeNull());
  expect(grid.getByText("Black boots")).toBeTruthy();
  await userEvent.type(screen.getByLabelText(t.text), "coat");
  await screen.findByText(t.noneOfFilter);
  expect(screen.getByRole("button", { name: t.tableOut }).closest("fieldset")?.disabled).toBe(true);
});

it("a garment is read without a network, and cannot be changed", async () => {
  renderAt("/wardrobe/$id", <GarmentPage />, null, "/wardrobe/7");
  await isOld();
  expect(screen.getByRole("heading", { name: "Red coat" })).toBeTruthy();
  expect(screen.getByText(t.wears(2))).toBeTruthy();
  for (const name of [t.wornToday, t.edit, t.remove, t.addPhoto, t.addDay]) expect(screen.getByRole("button", { name }).closest("fieldset")?.disabled).toBe(true);
});
