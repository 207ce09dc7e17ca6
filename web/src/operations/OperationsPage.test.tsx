import { act, screen } from "@testing-library/react";
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
