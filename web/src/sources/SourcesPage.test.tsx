import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import type { Source, SourceRun } from "../api/sources";
import { renderAt } from "../testing/app";
import { user } from "../testing/people";
import { problem, serve } from "../testing/server";
import { texts } from "../texts";
import { countsOf, failuresOf } from "./runText";
import { changeOf, draftOf, patchOf, scheduleText } from "./sourceForm";
import { SourcesPage } from "./SourcesPage";

afterEach(() => vi.restoreAllMocks());

const t = texts.sources;
const at = "2026-11-29T10:00:00Z";
const run: SourceRun = {
  id: "9",
  source_id: "3",
  state: "done",
  cause: "schedule",
  stage: "ended",
  counts: { seen: 1200, new: 3, changed: 0, unchanged: 1197, restocked: 0, sold: 0, removed: 0, failed: 2 },
  requests: 6,
  bytes: 2048,
  pages_done: 6,
  pages_total: 6,
  complete: true,
  missing: 0,
  failures: { image: 1, no_listing: 4 },
  samples: [{ reason: "no_listing", url: "https://shop.example/p/9", external_id: "", message: "no product" }],
  remarks: [],
  error: "",
  started_at: at,
  finished_at: at,
};
const shop: Source = {
  id: "3",
  name: "shop.example",
  kind: "shopify",
  address: "https://shop.example",
  settings: {},
  schedule: "3h",
  time_zone: "UTC",
  jitter_s: 0,
  paused: false,
  next_run_at: at,
  active_run_id: null,
  health: "ok",
  health_since: at,
  health_reason: "",
  last_success_at: at,
  created_by: "user:3",
  created_at: at,
  updated_at: at,
  last_run: run,
  listings: { active: 1190, sold: 10 },
};

function show(list: Source[], answers: Record<string, unknown> = {}, me = user("editor")) {
  const calls = serve({ "GET /api/v1/auth/me": me, "GET /api/v1/sources": { sources: list }, ...answers });
  renderAt("/studio/sources", <SourcesPage />);
  return calls;
}

it("counts and failures leave out what is nothing", () => {
  expect(countsOf(run.counts)).toBe("1,200 seen · 3 new · 2 failed");
  expect(failuresOf(run)).toEqual([
    [t.reasons.no_listing, 4],
    [t.reasons.image, 1],
  ]);
});

it("schedules are said in words where there are some", () => {
  expect(scheduleText({ schedule: "1d", time_zone: "UTC" })).toBe(t.schedules["24h"]);
  expect(scheduleText({ schedule: "0 6 * * *", time_zone: "Europe/Berlin" })).toBe("0 6 * * *, Europe/Berlin");
  expect(scheduleText({ schedule: "90m", time_zone: "UTC" })).toBe("90m");
});

it("a setting that is taken away becomes null, and what is no object is refused", () => {
  const before = { min_delay_ms: 5000, max_pages: 10 };
  const draft = { ...draftOf(), settings: '{"max_pages": 10}' };
  expect(changeOf(draft, before).body.settings).toEqual({ min_delay_ms: null, max_pages: 10 });
  expect(changeOf({ ...draft, settings: "[1]" }).problems.settings).toBe(t.settingsJson);
  expect(changeOf({ ...draft, settings: JSON.stringify(before) }, before).body.settings).toBeUndefined();
});

it("a source shows its health, its listings and what its last run found", async () => {
  show([shop, { ...shop, id: "4", name: "refused", health: "blocked", health_reason: "asked again at noon" }]);
  const row = (await screen.findByRole("heading", { name: "shop.example" })).closest("li")!;
  within(row).getByText(t.health.ok!);
  within(row).getByText("1,200 seen · 3 new · 2 failed");
  within(row).getByText("1,190 active · 10 sold");
  const refused = screen.getByRole("heading", { name: "refused" }).closest("li")!;
  within(refused).getByText(/^Blocked since /);
  expect(refused.textContent).toContain(t.blockedLead);
});

it("a source is run, and one that is running is stopped", async () => {
  const calls = show([shop, { ...shop, id: "4", name: "busy", active_run_id: "8", last_run: { ...run, state: "running", pages_total: null } }], {
    "POST /api/v1/sources/3/run": problem(409, "conflict"),
    "POST /api/v1/sources/4/stop": run,
  });
  await userEvent.click(await screen.findByRole("button", { name: t.runNamed("shop.example") }));
  await screen.findByText(t.busyRun);
  screen.getByText(`${t.running}: ${t.pages(6, null)}`, { exact: false });
  await userEvent.click(screen.getByRole("button", { name: t.stopNamed("busy") }));
  await screen.findByText(t.stopped);
  expect(calls.some((one) => one.path === "/api/v1/sources/4/stop")).toBe(true);
});

it("missing pieces are removed when somebody says that they are gone", async () => {
  const calls = show([{ ...shop, health: "held", last_run: { ...run, state: "held", missing: 700 } }], { "POST /api/v1/sources/3/confirm": run });
  await screen.findByText(t.heldLead(700));
  await userEvent.click(screen.getByRole("button", { name: t.confirmNamed("shop.example") }));
  await screen.findByText(t.confirmed);
  expect(calls.some((one) => one.path === "/api/v1/sources/3/confirm")).toBe(true);
});

it("an address is tested, then added as the test found it", async () => {
  const listing = { external_id: "1", source: "", title: "Coat", price: 40, currency: "EUR", properties: {}, images: [], origins: { price: "json_ld" }, warnings: [] };
  const calls = show([], {
    "POST /api/v1/sources/test": { kind: "shopify", address: "https://shop.example", settings: {}, listings: [listing], remarks: [], tried: [] },
    "POST /api/v1/sources": shop,
  });
  await screen.findByText(t.none);
  await userEvent.click(screen.getByRole("button", { name: t.add }));
  const dialog = screen.getByRole("dialog");
  await userEvent.type(within(dialog).getByLabelText(t.address), "https://shop.example");
  await userEvent.click(within(dialog).getByRole("button", { name: t.test }));
  await within(dialog).findByText(t.found(t.kinds.shopify!, 1));
  within(dialog).getByText("Coat");
  await userEvent.click(within(dialog).getByRole("button", { name: t.add }));
  await screen.findByText(t.added);
  expect(calls.find((one) => one.method === "POST" && one.path === "/api/v1/sources")?.body).toEqual({
    kind: "shopify",
    address: "https://shop.example",
    schedule: "3h",
    paused: false,
  });
});

it("what an edit leaves alone is not sent", async () => {
  const calls = show([shop], { "PATCH /api/v1/sources/3": shop });
  await userEvent.click(await screen.findByRole("button", { name: t.editNamed("shop.example") }));
  await userEvent.click(screen.getByLabelText(t.paused));
  await userEvent.click(screen.getByRole("button", { name: t.save }));
  await screen.findByText(t.saved);
  expect(calls.find((one) => one.method === "PATCH")?.body).toEqual({ paused: true });
  const daily = { ...shop, schedule: "1d" };
  expect(patchOf(draftOf(daily), shop.address, daily).patch).toEqual({});
  expect(patchOf({ ...draftOf(daily), every: "cron", cron: "0 6 * * *" }, "https://new.example ", daily).patch).toEqual({
    schedule: "0 6 * * *",
    time_zone: "UTC",
    address: "https://new.example",
  });
});

it("a form that is refused leads to what is wrong", async () => {
  const calls = show([shop]);
  await userEvent.click(await screen.findByRole("button", { name: t.editNamed("shop.example") }));
  const settings = screen.getByLabelText(t.settings);
  fireEvent.change(settings, { target: { value: "[1]" } });
  await userEvent.click(screen.getByRole("button", { name: t.save }));
  await screen.findByText(t.settingsJson);
  expect(document.activeElement).toBe(settings);
  expect(calls.some((one) => one.method === "PATCH")).toBe(false);
});

it("a source that somebody else has removed is removed", async () => {
  let list = [shop];
  show([], { "GET /api/v1/sources": () => ({ sources: list }), "DELETE /api/v1/sources/3": () => ((list = []), problem(404, "not_found")) });
  await userEvent.click(await screen.findByRole("button", { name: t.removeNamed("shop.example") }));
  await userEvent.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: t.remove }));
  await screen.findByText(t.removed);
  await screen.findByText(t.none);
});

it("what is wrong with a field that the form does not show is said below it", async () => {
  show([shop], { "PATCH /api/v1/sources/3": problem(422, "invalid", { field: "schedule" }) });
  await userEvent.click(await screen.findByRole("button", { name: t.editNamed("shop.example") }));
  await userEvent.selectOptions(screen.getByLabelText(t.every), "1h");
  await userEvent.click(screen.getByRole("button", { name: t.save }));
  expect((await screen.findByRole("alert")).textContent).toBe(t.cronWrong);
});

it("sources that cannot be read again stay, and are said to be old", async () => {
  let broken = false;
  show([shop], { "GET /api/v1/sources": () => (broken ? problem(500, "internal") : { sources: [shop] }), "POST /api/v1/sources/3/run": () => ((broken = true), run) });
  await userEvent.click(await screen.findByRole("button", { name: t.runNamed("shop.example") }));
  await screen.findByText(texts.errors.stale, { exact: false });
  screen.getByRole("heading", { name: "shop.example" });
});

it("the failures of a run are listed by example", async () => {
  show([shop], { "GET /api/v1/sources/3/runs?limit=10": { runs: [run], next_before: null } });
  await userEvent.click(await screen.findByRole("button", { name: t.runsNamed("shop.example") }));
  await screen.findByText("https://shop.example/p/9");
  screen.getByText("no product");
});

it("who may not change the catalogue sees no sources", async () => {
  const calls = show([shop], {}, user("viewer"));
  await waitFor(() => expect(calls.some((one) => one.path === "/api/v1/auth/me")).toBe(true));
  await screen.findByText(texts.access.denied);
  expect(calls.some((one) => one.path === "/api/v1/sources")).toBe(false);
});
