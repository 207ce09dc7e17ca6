import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { renderAt } from "../testing/app";
import { anonymous } from "../testing/people";
import { problem, serve } from "../testing/server";
import { texts } from "../texts";
import { ConfirmPage, UnsubscribePage } from "./AlertLinkPages";

afterEach(() => vi.restoreAllMocks());

const t = texts.alerts;
const at = "/api/v1/notifications/unsubscribe?token=x.y";

function show(answers: Record<string, unknown>, path = "/unsubscribe", page = <UnsubscribePage />) {
  const calls = serve({ "GET /api/v1/auth/me": anonymous(), ...answers });
  const { router } = renderAt(path, page);
  void router.navigate({ to: path, hash: "token=x.y" } as never);
  return calls;
}

it("ends nothing before a button is pressed, and works for whoever is signed out", async () => {
  const calls = show({ [`GET ${at}`]: { email: "a…@example.com", saved_search: "Coats", is_subscribed: true }, [`POST ${at}&all=true`]: { email: "a…@example.com", saved_search: null, is_subscribed: false } });
  await screen.findByText(t.ofSearch("Coats", "a…@example.com"));
  expect(calls.some((one) => one.method === "POST")).toBe(false);
  await userEvent.click(screen.getByRole("button", { name: t.endAll }));
  await screen.findByText(t.ended);
});

it("who ends the alerts of one search is not told that all have ended", async () => {
  show({ [`GET ${at}`]: { email: "a…@example.com", saved_search: "Coats", is_subscribed: true }, [`POST ${at}`]: { email: "a…@example.com", saved_search: "Coats", is_subscribed: false } });
  await userEvent.click(await screen.findByRole("button", { name: t.endOne }));
  await screen.findByText(t.endedOneLead("Coats"));
});

it("says that a link does not work any more", async () => {
  show({ [`GET ${at}`]: problem(404, "not_found") });
  await screen.findByText(t.linkWrong);
});

it("an address is confirmed by a button", async () => {
  const calls = show({ "POST /api/v1/notifications/confirm": { email: "ada@example.com", is_confirmed: true } }, "/alerts/confirm", <ConfirmPage />);
  await userEvent.click(await screen.findByRole("button", { name: t.confirmGo }));
  await screen.findByText(t.confirmedLead("ada@example.com"));
  expect(calls.find((one) => one.method === "POST")?.body).toEqual({ token: "x.y" });
});
