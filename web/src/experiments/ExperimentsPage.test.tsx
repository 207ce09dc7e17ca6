import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import type { Experiment, ExperimentResults } from "../api/experiments";
import { renderAt } from "../testing/app";
import { user } from "../testing/people";
import { problem, serve } from "../testing/server";
import { pageTexts } from "../pageTexts";
import { ExperimentsPage } from "./ExperimentsPage";

afterEach(() => vi.restoreAllMocks());

const t = pageTexts.experiments;
const LIST = "GET /api/v1/experiments";
const experiment = (more: Partial<Experiment> = {}): Experiment => ({
  id: "1",
  name: "Fresh first",
  state: "draft",
  mode: "split",
  metric: "clicks_per_search",
  share: 0.5,
  a: {},
  b: { weights: { freshness: 0.5 } },
  created_by: "user:3",
  created_at: "2026-11-29T10:00:00Z",
  ...more,
});
const running = (more: Partial<Experiment> = {}) => experiment({ state: "running", started_at: "2026-11-29T11:00:00Z", is_ready: true, ...more });
const results = (more: Partial<ExperimentResults> = {}): ExperimentResults => ({
  people: { a: 61, b: 58 },
  searches: { a: 200, b: 190 },
  metrics: {
    searches_with_click: { a: 0.21, b: 0.34, difference: 0.13, interval: null },
    clicks_per_search: { a: 0.3, b: 0.42, difference: 0.12, interval: [0.02, 0.22] },
  },
  winner: "b",
  ...more,
});

function show(answers: Record<string, unknown>) {
  const calls = serve({ "GET /api/v1/auth/me": user("owner"), ...answers });
  renderAt("/experiments", <ExperimentsPage />);
  return calls;
}
const inDialog = async (name: string) => within(await screen.findByRole("dialog", { name }));

it("says that there are none", async () => {
  show({ [LIST]: { experiments: [] } });
  await screen.findByText(t.none);
});

it("shows the winner, and each metric with its interval, the deciding one first", async () => {
  show({ [LIST]: { experiments: [running()] }, "GET /api/v1/experiments/1": running({ results: results() }) });
  await screen.findByText(t.winner("B", "items opened per search"));
  const rows = within(screen.getByRole("table")).getAllByRole("row").slice(1);
  expect(rows.map((row) => [...row.children].map((cell) => cell.textContent.trim()))).toEqual([
    [`${t.metrics.clicks_per_search}${t.decides}`, "0.300", "0.420", "+0.120", t.between("+0.020", "+0.220")],
    [t.metrics.searches_with_click, "21.0 %", "34.0 %", "+13.0 %", t.tooFew],
  ]);
  expect(rows[0]?.querySelector("svg")?.classList.contains("above")).toBe(true);
  expect(screen.getByText(t.pair(61, 58))).toBeTruthy();
  expect(screen.getByText("Freshness 0.5")).toBeTruthy();
});

it("names no winner while the interval contains no difference", async () => {
  const open = results({ winner: null, metrics: { clicks_per_search: { a: 0.3, b: 0.29, difference: -0.01, interval: [-0.12, 0.1] } } });
  show({ [LIST]: { experiments: [running({ mode: "interleaving" })] }, "GET /api/v1/experiments/1": running({ mode: "interleaving", results: { ...open, people: 130, searches: 400 } }) });
  await screen.findByText(t.noWinnerYet(true));
  expect(document.querySelector(".interval")?.classList.contains("around")).toBe(true);
});

it("shows how different the results in the background are", async () => {
  const shadow = { compared: 40, failed: 2, dropped: 0, overlap_at_10: 0.62, rank_biased_overlap: 0.58, timed: 30, mean_ms: { a: 21.4, b: 60.2 }, slowest_ms: null };
  show({ [LIST]: { experiments: [running({ mode: "shadow" })] }, "GET /api/v1/experiments/1": running({ mode: "shadow", is_ready: false, results: shadow }) });
  await screen.findByText(t.notReady);
  expect(screen.getByText(t.overlap).nextSibling?.textContent).toBe("62 %");
  expect(screen.getByText(t.meanTime).nextSibling?.textContent).toBe(t.times(21, 60));
  expect(screen.getByText(t.failed).nextSibling?.textContent).toBe("2");
  expect(screen.queryByText(t.dropped)).toBeNull();
});

async function openForm() {
  await userEvent.click(await screen.findByRole("button", { name: t.add }));
  const dialog = await inDialog(t.add);
  const b = within(dialog.getByRole("group", { name: t.variant.b }));
  const type = (label: string, value: string, within_ = dialog) => fireEvent.change(within_.getByLabelText(label), { target: { value } });
  return { dialog, b, type, save: () => userEvent.click(dialog.getByRole("button", { name: t.save })) };
}

it("says which values are wrong", async () => {
  const calls = show({ [LIST]: { experiments: [] } });
  const { dialog, b, type, save } = await openForm();
  await save();
  await dialog.findByText(t.nameMissing);
  type(t.name, "Fresh first");
  await save();
  await dialog.findByText(t.nothingCompared);
  type(t.weights.taste, "0.6", b);
  await save();
  await dialog.findByText(t.weightWrong(0.5));
  expect(calls.some(({ method }) => method === "POST")).toBe(false);
});

it("adds a draft", async () => {
  const calls = show({ [LIST]: { experiments: [] }, "POST /api/v1/experiments": experiment() });
  const { dialog, b, type, save } = await openForm();
  type(t.name, "Fresh first");
  type(t.weights.freshness, "0.5", b);
  type(t.mode, "interleaving");
  expect(within(dialog.getByLabelText(t.metric)).getAllByRole("option")).toHaveLength(3);
  type(t.share, "20");
  await save();
  await screen.findByText(t.saved);
  expect(calls.find(({ method }) => method === "POST")?.body).toEqual({
    name: "Fresh first",
    mode: "interleaving",
    metric: "clicks_per_search",
    share: 0.2,
    a: {},
    b: { weights: { freshness: 0.5 } },
  });
});

it("says that the server knows no such vector space", async () => {
  show({ [LIST]: { experiments: [experiment({ b: { space: "other" } })] }, "PATCH /api/v1/experiments/1": problem(422, "invalid", { field: "b.space" }) });
  await userEvent.click(await screen.findByRole("button", { name: t.editNamed("Fresh first") }));
  const dialog = await inDialog(t.editTitle);
  await userEvent.click(dialog.getByRole("button", { name: t.save }));
  await dialog.findByText(t.spaceUnknown);
});

it("starts one, unless another one runs", async () => {
  const calls = show({ [LIST]: { experiments: [experiment()] }, "PATCH /api/v1/experiments/1": problem(409, "conflict") });
  await userEvent.click(await screen.findByRole("button", { name: t.startNamed("Fresh first") }));
  await screen.findByText(t.anotherRuns);
  expect(calls.find(({ method }) => method === "PATCH")?.body).toEqual({ state: "running" });
});

it("ends one after a question", async () => {
  const calls = show({ [LIST]: { experiments: [running()] }, "GET /api/v1/experiments/1": running({ results: results() }), "PATCH /api/v1/experiments/1": running({ state: "stopped" }) });
  await userEvent.click(await screen.findByRole("button", { name: t.stopNamed("Fresh first") }));
  await userEvent.click(within(await screen.findByRole("alertdialog")).getByRole("button", { name: t.stop }));
  await waitFor(() => expect(calls.find(({ method }) => method === "PATCH")?.body).toEqual({ state: "stopped" }));
});
