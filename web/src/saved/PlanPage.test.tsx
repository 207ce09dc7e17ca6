import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { SavedOutfit } from "../api/savedOutfits";
import { renderAt } from "../testing/app";
import { savedOutfit } from "../testing/outfits";
import { user } from "../testing/people";
import { serve } from "../testing/server";
import { texts } from "../texts";
import { formatLongDay } from "./plan";
import { PlanPage } from "./PlanPage";

beforeEach(() => vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-03-04T12:00:00") }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const t = texts.saved;
const planned = (from: string, to: string) => `GET /api/v1/outfits?from=${from}&to=${to}&limit=500`;

function show() {
  const outfits: SavedOutfit[] = [savedOutfit({ planned_for: ["2026-03-05"] }), savedOutfit({ id: "5", name: "Party", planned_for: [] })];
  const change = (index: number) => (body: object) => (outfits[index] = { ...outfits[index]!, ...body });
  const of = (from: string, to: string) => () => ({ outfits: outfits.filter((one) => one.planned_for.some((day) => day >= from && day <= to)), next_cursor: null });
  const calls = serve({
    "GET /api/v1/auth/me": user("shopper"),
    "GET /api/v1/outfits?limit=60": () => ({ outfits, next_cursor: null }),
    [planned("2026-03-02", "2026-03-08")]: of("2026-03-02", "2026-03-08"),
    [planned("2026-03-09", "2026-03-15")]: of("2026-03-09", "2026-03-15"),
    [planned("2026-02-23", "2026-04-05")]: of("2026-02-23", "2026-04-05"),
    "PATCH /api/v1/outfits/4": change(0),
    "PATCH /api/v1/outfits/5": change(1),
  });
  renderAt("/outfits/plan", <PlanPage />);
  return calls;
}

const dayOf = async (day: string) => {
  const heading = await screen.findByRole("heading", { name: formatLongDay(day) });
  return within(heading.closest("li")!);
};

it("a week shows what is planned, from which it is removed", async () => {
  const calls = show();
  const thursday = await dayOf("2026-03-05");
  expect((await thursday.findByRole("link", { name: "Work" })).getAttribute("href")).toBe("/outfits/saved/4");
  expect(screen.getByRole("heading", { name: formatLongDay("2026-03-04") }).closest("li")?.getAttribute("aria-current")).toBe("date");
  await userEvent.click(thursday.getByRole("button", { name: t.unplanNamed("Work", formatLongDay("2026-03-05")) }));
  await waitFor(() => expect(screen.queryByRole("link", { name: "Work" })).toBeNull());
  expect(calls.find((call) => call.method === "PATCH")?.body).toEqual({ planned_for: [] });
});

it("an outfit is planned for a day of another week", async () => {
  const calls = show();
  await userEvent.click(await screen.findByRole("button", { name: t.later.week }));
  await userEvent.click(await screen.findByRole("button", { name: t.planFor(formatLongDay("2026-03-10")) }));
  const dialog = within(await screen.findByRole("dialog", { name: t.chooseTitle(formatLongDay("2026-03-10")) }));
  await userEvent.click(await dialog.findByRole("button", { name: "Party" }));
  await (await dayOf("2026-03-10")).findByRole("link", { name: "Party" });
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(calls.find((call) => call.method === "PATCH")?.body).toEqual({ planned_for: ["2026-03-10"] });
});

it("a day of the month leads to its week", async () => {
  show();
  await userEvent.click(await screen.findByRole("button", { name: t.views.month }));
  await screen.findByRole("button", { name: t.dayWith(formatLongDay("2026-03-05"), 1) });
  await userEvent.click(screen.getByRole("button", { name: formatLongDay("2026-03-12") }));
  await dayOf("2026-03-09");
});
