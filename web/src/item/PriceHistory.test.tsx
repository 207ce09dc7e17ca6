import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { renderAt } from "../testing/app";
import { user } from "../testing/people";
import { serve } from "../testing/server";
import { texts } from "../texts";
import { PriceHistory, stepsOf } from "./PriceHistory";

afterEach(() => vi.restoreAllMocks());

const change = (day: number, price: number | null, currency = "EUR") => ({ since: `2026-11-0${day}T00:00:00Z`, price, currency, status: "active" as const });

it("prices are steps, and different currencies are not drawn as one line", () => {
  const now = Date.parse("2026-11-05T00:00:00Z");
  expect(stepsOf([change(1, 50), change(3, 40)], now)).toBe("M0.0 3.0H150.0V57.0H300");
  expect(stepsOf([change(1, 50), change(3, 40, "USD")], now)).toBe("");
  expect(stepsOf([change(1, 50), change(3, null)], now)).toBe("");
  expect(stepsOf([change(1, 50), change(3, 50)], now)).toBe("");
});

it("the latest change comes first", async () => {
  serve({ "GET /api/v1/auth/me": user(), "GET /api/v1/items/12/history": { item_id: "12", history: [change(1, 50), change(3, 40)] } });
  renderAt("/", <PriceHistory item="12" />);
  await screen.findByRole("img", { name: texts.history.chart("€50, €40") });
  expect(screen.getAllByRole("row").map((row) => row.textContent).slice(1)).toEqual([expect.stringContaining("€40"), expect.stringContaining("€50")]);
});

it("the line is described by its latest prices", async () => {
  const history = [90, 80, 70, 60, 50, 40].map((price, index) => change(index + 1, price));
  serve({ "GET /api/v1/auth/me": user(), "GET /api/v1/items/12/history": { item_id: "12", history } });
  renderAt("/", <PriceHistory item="12" />);
  await screen.findByRole("img", { name: texts.history.chart("€80, €70, €60, €50, €40") });
});

it("nothing is shown of an item that never changed", async () => {
  const calls = serve({ "GET /api/v1/auth/me": user(), "GET /api/v1/items/12/history": { item_id: "12", history: [change(1, 50)] } });
  renderAt("/", <PriceHistory item="12" />);
  await waitFor(() => expect(calls.some((one) => one.path.endsWith("/history"))).toBe(true));
  expect(screen.queryByText(texts.history.title)).toBeNull();
});
