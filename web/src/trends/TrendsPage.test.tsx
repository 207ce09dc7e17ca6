import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import type { Trend, TrendReport } from "../api/trends";
import { renderAt } from "../testing/app";
import { user } from "../testing/people";
import { problem, serve } from "../testing/server";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { TrendsPage } from "./TrendsPage";

afterEach(() => vi.restoreAllMocks());

const t = pageTexts.trends;
const trend = (value: string, more: Partial<Trend> = {}): Trend => ({
  kind: "primary_color",
  value,
  count: 96,
  count_before: 31,
  share: 0.0412,
  share_before: 0.0131,
  growth: 3.12,
  growth_low: 2.08,
  growth_high: 4.67,
  likelihood_ratio: 36.5,
  growth_year_before: null,
  weeks: [...Array<number>(22).fill(8), 21, 24, 25, 26],
  ...more,
});
const empty = { count: 0, count_before: 0, values_tested: 0, rising: [], falling: [] };
const report = (more: Partial<TrendReport> = {}): TrendReport => ({
  window: "28d",
  computed_at: "2026-11-29T09:10:00.000000Z",
  from: "2026-11-01T09:10:00.000000Z",
  from_before: "2026-10-04T09:10:00.000000Z",
  listings: {
    ...empty,
    count: 2330,
    count_before: 2366,
    rising: [trend("burgundy", { growth_year_before: 1.12 }), trend("7", { kind: "cluster", image_id: "70", thumbnail_url: "/images/70/thumbnail" })],
    falling: [trend("neon", { kind: "pattern", growth: 0.31, count: 12, count_before: 40 })],
  },
  saves: empty,
  searches: empty,
  ...more,
});

function show(answers: Record<string, unknown>) {
  serve({ "GET /api/v1/auth/me": user("viewer"), ...answers });
  renderAt("/trends", <TrendsPage />);
}

it("shows what rises and falls, with the weeks before", async () => {
  show({ "GET /api/v1/trends?window=28d": report() });
  const rising = within(await screen.findByRole("list", { name: t.listOf(t.sources.listings, t.rising) }));
  expect(rising.getAllByRole("listitem")).toHaveLength(2);
  const burgundy = rising.getByText("burgundy").closest("li")!;
  expect(burgundy.textContent).toContain(t.growth(3.12));
  expect(burgundy.textContent).toContain(t.counts(96, 31));
  expect(burgundy.textContent).toContain(t.yearBefore(1.12));
  const bars = within(burgundy).getByRole("img", { name: t.bars("burgundy", [21, 24, 25, 26]) });
  expect(bars.querySelectorAll("rect")).toHaveLength(26);
  expect(bars.querySelectorAll("rect.now")).toHaveLength(4);
  const cluster = rising.getByRole("link", { name: t.cluster("7") });
  expect(cluster.getAttribute("href")).toBe("/studio/clusters/7");
  const falling = within(screen.getByRole("list", { name: t.listOf(t.sources.listings, t.falling) }));
  expect(falling.getByRole("listitem").textContent).toContain(t.growth(0.31));
  expect(within(screen.getByRole("region", { name: t.sources.saves })).getByText(t.quiet)).toBeTruthy();
});

it("shows another window", async () => {
  show({ "GET /api/v1/trends?window=28d": report(), "GET /api/v1/trends?window=7d": report({ window: "7d", listings: { ...empty, rising: [trend("mint")] } }) });
  await screen.findByText("burgundy");
  await userEvent.selectOptions(screen.getByLabelText(t.window), "7d");
  const mint = (await screen.findByText("mint")).closest("li")!;
  expect(mint.querySelectorAll("rect.now")).toHaveLength(1);
  expect(screen.queryByText("burgundy")).toBeNull();
});

it("says that nothing was computed yet", async () => {
  show({ "GET /api/v1/trends?window=28d": report({ computed_at: null, from: null, from_before: null, listings: empty }) });
  await screen.findByText(t.none);
  expect(screen.queryByRole("region", { name: t.sources.listings })).toBeNull();
});

it("says what went wrong", async () => {
  show({ "GET /api/v1/trends?window=28d": problem(500, "internal") });
  await screen.findByText(texts.errors.failed);
});
