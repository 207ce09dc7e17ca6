import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import type { OutfitOrder, OutfitParts } from "../api/outfits";
import { renderAt } from "../testing/app";
import { savedOutfit, savedPiece } from "../testing/outfits";
import { user } from "../testing/people";
import { problem, serve } from "../testing/server";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { formatDay, today } from "../wardrobe/shared";
import { SavedOutfitsPage } from "./SavedOutfitsPage";

afterEach(() => vi.restoreAllMocks());

const t = texts.saved;
const LIST = "GET /api/v1/outfits?limit=60";
const work = savedOutfit({ planned_for: ["2020-01-01", "2099-03-01"] });
const party = savedOutfit({ id: "5", name: "Party", picture_url: "/api/v1/outfits/5/picture", pieces: [savedPiece({ item_id: "13", name: "Red shirt" }), savedPiece({ item_id: "14", slot: "shoes", name: null, is_gone: true })] });
const unnamed = savedOutfit({ id: "6", name: null, worn_on: ["2026-01-01"], pieces: [savedPiece({ item_id: "15", name: "Hat", slot: null })] });
const parts: OutfitParts = { compatibility: 0.4, colour: 0.1, pattern: 0, occasion: 0, season: 0, likeness: -0.05, taste: 0 };

function show(answers: Record<string, unknown> = {}) {
  const calls = serve({
    "GET /api/v1/auth/me": user("shopper"),
    [LIST]: { outfits: [work, party, unnamed, savedOutfit({ id: "8", name: "Sport" })], next_cursor: null },
    ...answers,
  });
  renderAt("/outfits/saved", <SavedOutfitsPage />);
  return calls;
}

const cards = async () => within(await screen.findByRole("list", { name: t.title }));
const compare = (name: string) => screen.findByRole<HTMLInputElement>("checkbox", { name: t.compareNamed(name) });

it("shows the outfits by their names or pieces, with their next day", async () => {
  show();
  const list = await cards();
  const first = await list.findByRole("link", { name: new RegExp(`Work.*${t.plannedFor(formatDay("2099-03-01"))}`) });
  expect(first.getAttribute("href")).toBe("/outfits/saved/4");
  expect(first.querySelector("img")?.getAttribute("src")).toBe("/api/v1/outfits/4/picture");
  expect(list.getByRole("link", { name: /Hat/ }).textContent).toContain(pageTexts.wardrobe.wears(1));
  expect(screen.getByRole("link", { name: t.tabPlan }).getAttribute("href")).toBe("/outfits/plan");
});

it("an outfit is worn today, once", async () => {
  let worn: string[] = [];
  const calls = show({
    [LIST]: () => ({ outfits: [savedOutfit({ worn_on: worn })], next_cursor: null }),
    "POST /api/v1/outfits/4/wears": ({ date }: { date: string }) => savedOutfit({ worn_on: (worn = [date]) }),
  });
  const button = await screen.findByRole("button", { name: t.wornTodayOf("Work") });
  await userEvent.click(button);
  await screen.findByText(t.wornTodayDone);
  await waitFor(() => expect(button.getAttribute("aria-pressed")).toBe("true"));
  expect(button.hasAttribute("disabled")).toBe(true);
  expect(calls.filter((call) => call.method === "POST").map((call) => call.body)).toEqual([{ date: today() }]);
});

it("three at most are compared, by their pieces and the parts of their scores", async () => {
  const orders: OutfitOrder[] = [];
  show({
    "POST /api/v1/recommend": (order: OutfitOrder) => {
      orders.push(order);
      return { outfits: [{ score: 0.45, parts, pieces: [], empty_slots: [] }], gaps: [] };
    },
  });
  await userEvent.click(await compare("Work"));
  const button = screen.getByRole("button", { name: t.compare });
  expect(button.hasAttribute("disabled")).toBe(true);
  await userEvent.click(await compare("Party"));
  await userEvent.click(await compare("Hat"));
  expect((await compare("Sport")).disabled).toBe(true);
  await userEvent.click(button);
  const dialog = within(await screen.findByRole("dialog", { name: t.compareTitle }));
  const tops = within(dialog.getByRole("row", { name: new RegExp(`^${pageTexts.outfits.slots.top} `) })).getAllByRole("cell");
  expect(tops.map((cell) => cell.textContent)).toEqual(["White shirt", "Red shirt", ""]);
  expect(within(dialog.getByRole("row", { name: new RegExp(`^${pageTexts.outfits.slots.shoes} `) })).getAllByRole("cell")[1]?.textContent).toBe(t.gone);
  const score = within(await dialog.findByRole("row", { name: new RegExp(`^${t.score} `) })).getAllByRole("cell");
  expect(score.map((cell) => cell.textContent)).toEqual(["0.45", "–", "–"]);
  expect(within(dialog.getByRole("row", { name: new RegExp(`^${t.parts.likeness} `) })).getAllByRole("cell")[0]?.textContent).toBe("−0.05");
  // Nothing is added to the pieces, and what has fewer than two has no score.
  expect(orders).toEqual([{ from: "catalogue", around: "12", lock: [{ garment: "7" }], filters: { listed_after: "2200-01-01" }, count: 1, explain: true }]);
});

it("no outfit leads to new ones, and a failure is told", async () => {
  show({ [LIST]: { outfits: [], next_cursor: null } });
  expect((await screen.findByRole("link", { name: t.make })).getAttribute("href")).toBe("/outfits");
});

it("says what went wrong", async () => {
  show({ [LIST]: problem(500, "internal") });
  await screen.findByText(texts.errors.server);
});
