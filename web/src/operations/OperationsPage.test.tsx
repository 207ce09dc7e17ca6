import { act, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { renderAt } from "../testing/app";
import { local } from "../testing/people";
import { problem, serve } from "../testing/server";
import { texts } from "../texts";
import { OperationsPage } from "./OperationsPage";

vi.mock("./Chart", () => ({ Chart: ({ title }: { title: string }) => <p>{title}</p> })); // draws on a canvas

const o = texts.operations;
const ME = "GET /api/v1/auth/me";
const HEALTH = { status: "ok", version: "1.2.3", uptime_s: 60, parts: [{ name: "store", status: "ok", state: { items: 7 } }] };
const METRICS = () => new Response("fit_up 1\n", { headers: { "Content-Type": "text/plain" } });

beforeEach(() => vi.useFakeTimers({ shouldAdvanceTime: true }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("says what it knows and when", async () => {
  serve({ [ME]: local(), "GET /health": HEALTH, "GET /metrics": METRICS });
  renderAt("/studio/operations", <OperationsPage />);
  await screen.findByText(o.healthy);
  expect(screen.getByText(/as of \d/)).toBeTruthy();
  expect(screen.getByText(o.ok)).toBeTruthy();
});

it("has no verdict when answers stop coming, even without an error", async () => {
  let answers = true;
  const never = () => new Promise<Response>(() => undefined);
  serve({ [ME]: local(), "GET /health": HEALTH, "GET /metrics": METRICS });
  const answering = vi.mocked(globalThis.fetch).getMockImplementation()!;
  vi.mocked(globalThis.fetch).mockImplementation((...given) => (answers ? answering(...given) : never()));
  renderAt("/studio/operations", <OperationsPage />);
  await screen.findByText(o.healthy);
  answers = false;
  await act(() => vi.advanceTimersByTimeAsync(25_000));
  await screen.findByText(o.noAnswer);
  expect(screen.queryByText(o.healthy)).toBeNull();
  expect(screen.queryByText(o.ok)).toBeNull();
  expect(screen.getByText(/^Nothing was measured after \d/)).toBeTruthy();
});

it("says until when it has measured, when only the metrics fail", async () => {
  let fails = false;
  serve({ [ME]: local(), "GET /health": HEALTH, "GET /metrics": () => (fails ? problem(500) : METRICS()) });
  renderAt("/studio/operations", <OperationsPage />);
  await screen.findByText(o.healthy);
  fails = true;
  await act(() => vi.advanceTimersByTimeAsync(5_000));
  await screen.findByText(/^Nothing was measured after \d/);
  expect(screen.getByText(o.healthy)).toBeTruthy();
});

it("shows a longer time, which the server has kept, with what happened in it", async () => {
  const at = (second: number) => new Date((1_800_000_000 + second) * 1000).toISOString();
  const point = { requests_per_s: 1, searches_per_s: 1, client_errors_per_s: 0, server_errors_per_s: 0, search_median_ms: 3, search_p95_ms: 4, in_flight: 0, queued: 0, cores: 0.1, memory_bytes: 1 };
  const history = { step_s: 10, points: [{ at: at(0), ...point }, { at: at(10), ...point }], starts: [{ at: at(-5), version: "1.2.3" }] };
  const alarms = { alerts: [{ id: "1", rule_id: "1", rule: "Slow", condition: "", state: "firing", started_at: at(5), ended_at: null, value: 1, notices: 1 }] };
  serve({ [ME]: local(), "GET /health": HEALTH, "GET /metrics": METRICS, "GET /api/v1/metrics/history?range=6h": history, "GET /api/v1/alerts?limit=100": alarms });
  renderAt("/studio/operations", <OperationsPage />);
  fireEvent.change(await screen.findByLabelText(o.range), { target: { value: "6h" } });
  await screen.findByText(o.event.alarm("Slow"), { exact: false });
  expect(screen.getByText(o.event.start("1.2.3"), { exact: false })).toBeTruthy();
  expect(screen.queryByText(o.collecting)).toBeNull();
});

it("says when the server has kept nothing yet", async () => {
  serve({ [ME]: local(), "GET /health": HEALTH, "GET /metrics": METRICS, "GET /api/v1/metrics/history?range=7d": { step_s: 600, points: [], starts: [] }, "GET /api/v1/alerts?limit=100": { alerts: [] } });
  renderAt("/studio/operations", <OperationsPage />);
  fireEvent.change(await screen.findByLabelText(o.range), { target: { value: "7d" } });
  await screen.findByText(o.nothingKept);
});

it("shows the quality of searches as far as it is measured", async () => {
  const lines = [
    'fit_first_pages_total{kind="photo",outcome="empty"} 1',
    'fit_first_pages_total{kind="photo",outcome="irrelevant"} 1',
    'fit_first_pages_total{kind="photo",outcome="relevant"} 3',
    'fit_recall_ratio{kind="photo",selectivity="under_1_percent"} 0.875',
    'fit_catalogue_drift_ratio{space="builtin"} 0.0421',
    'fit_property_confidence_ratio{property="material"} 0.5',
    'fit_property_confidence_ratio{property="pattern"} 0.7',
  ];
  const metrics = () => new Response(lines.join("\n"), { headers: { "Content-Type": "text/plain" } });
  serve({ [ME]: local(), "GET /health": HEALTH, "GET /metrics": metrics });
  renderAt("/studio/operations", <OperationsPage />);
  await screen.findByRole("heading", { name: o.quality });
  const q = o.qualities;
  const value = (name: string) => screen.getByText(name).nextElementSibling?.textContent;
  expect(value(q.empty)).toBe("20%");
  expect(value(q.irrelevant)).toBe("25%");
  expect(value(q.recall("photos", "filter below 1 %"))).toBe("87.5%");
  expect(value(q.catalogueDrift)).toBe("0.042");
  expect(value(q.confidence)).toBe("60%");
  expect(screen.queryByText(q.queryDrift)).toBeNull();
});
