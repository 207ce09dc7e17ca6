import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import type { SavedSearch } from "../api/alerts";
import { formatDate } from "../shell/format";
import { renderAt } from "../testing/app";
import { item } from "../testing/found";
import { anonymous, user } from "../testing/people";
import { problem, serve } from "../testing/server";
import { texts } from "../texts";
import { draftOf, newDraft, optionsOf, patchOf } from "./alertForm";
import { keyBytes, PushImpossible, subscribeHere } from "./push";
import { nameOfSearch, queryOf, stateOf } from "./savedQuery";
import { SavedSearchesPage } from "./SavedSearchesPage";
import { TellMe } from "./TellMe";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const t = texts.alerts;
const at = "2026-11-29T10:00:00Z";
const coats: SavedSearch = {
  id: "3",
  name: "Coats",
  query: { text: "wool coat", filters: { brand: ["COS"], price_range: [null, 80] } } as never,
  has_photo: false,
  photo_url: null,
  min_relevance: null,
  events: ["new"],
  max_price: 80,
  exclude_words: ["kids"],
  channels: [{ type: "email" }],
  schedule: "daily",
  time_zone: "UTC",
  quiet_hours: null,
  email: "ada@example.com",
  is_confirmed: true,
  is_active: true,
  created_at: at,
  updated_at: at,
  feed_url: "http://localhost/api/v1/saved-searches/3/feed.xml?token=x",
  found: 1,
  last_found_at: at,
};
const settings = {
  email: "ada@example.com",
  is_confirmed: false,
  is_paused: false,
  pause_reason: "",
  mail_possible: true,
  vapid_public_key: "BA",
  push_subscriptions: [{ id: "7", host: "push.example", created_at: at }],
  apns_topic: null,
  devices: [],
  webhook_secret: "whsec_x",
};
const find = { id: "1", event: "price_down", item_id: "12", item: item({ title: "Coat" }), is_gone: false, price: 40, old_price: 55, currency: "EUR", created_at: at };

function show(answers: Record<string, unknown> = {}, me = user("shopper")) {
  const calls = serve({
    "GET /api/v1/auth/me": me,
    "GET /api/v1/saved-searches": { saved_searches: [coats] },
    "GET /api/v1/saved-searches/3/alerts?limit=6": { alerts: [find], next_cursor: null },
    "GET /api/v1/notifications": settings,
    ...answers,
  });
  renderAt("/saved-searches", <SavedSearchesPage />);
  return calls;
}

it("the search of the page becomes a query, and a saved query becomes a search", async () => {
  const state = { q: "coat", but: "red", filters: { brand: ["COS"] }, price: [null, 80] as [null, number], like: ["4"] };
  expect(await queryOf(state, undefined)).toEqual({ text: "coat in red", filters: { brand: ["COS"], price_range: [null, 80] }, like: ["4"] });
  expect(await queryOf({ photo: "ab" }, new Blob(["abc"]))).toEqual({ image_base64: "YWJj" });
  expect(stateOf(coats)).toEqual({ q: "wool coat", filters: { brand: ["COS"] }, price: [null, 80] });
  expect(stateOf({ ...coats, has_photo: true })).toBeUndefined();
  expect(nameOfSearch({ photo: "ab", q: "in red" })).toBe(`${t.photoSearch}: in red`);
});

it("what the form does not have stays, and half of quiet hours is refused", () => {
  expect(optionsOf(draftOf({ ...coats, min_relevance: 0.5 })).options).not.toHaveProperty("min_relevance");
  expect(optionsOf(draftOf(coats)).options).toMatchObject({ channels: [{ type: "email" }], max_price: 80, exclude_words: ["kids"], min_relevance: null });
  const draft = { ...newDraft("x", false), quietFrom: "22:00", maxPrice: "cheap", events: [] };
  expect(Object.keys(optionsOf(draft).problems).sort()).toEqual(["events", "max_price", "quiet_hours"]);
});

it("an edit sends what it changes, and keeps what the form does not show", () => {
  const hook = (url: string) => ({ type: "webhook" as const, url });
  const search = { ...coats, channels: [{ type: "email" as const }, hook("https://a.example"), hook("https://b.example")] };
  expect(patchOf({ ...draftOf(search), name: "Wool" }, search).patch).toEqual({ name: "Wool" });
  expect(patchOf({ ...draftOf(search), byMail: false }, search).patch).toEqual({ channels: [hook("https://a.example"), hook("https://b.example")] });
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect(patchOf({ ...draftOf(search), schedule: "weekly" }, search).patch).toEqual({ schedule: "weekly", time_zone: zone });
});

it("a browser without a service worker is said to receive no messages", async () => {
  vi.stubGlobal("Notification", { requestPermission: () => Promise.resolve("granted") });
  const worker = { getRegistration: () => Promise.resolve(undefined), ready: new Promise(() => undefined) };
  Object.defineProperty(navigator, "serviceWorker", { configurable: true, value: worker });
  try {
    await expect(subscribeHere("BA")).rejects.toBeInstanceOf(PushImpossible);
  } finally {
    Reflect.deleteProperty(navigator, "serviceWorker");
  }
});

it("keys of push messages are read from base64url", () => {
  expect([...keyBytes("-_8")]).toEqual([251, 255]);
});

it("a saved search shows its latest finds with their former price", async () => {
  show();
  const finds = await screen.findByRole("list", { name: t.latestOf("Coats") });
  await within(finds).findByText("Coat");
  expect(finds.textContent).toContain("€40");
  expect(finds.textContent).toContain(t.was("€55"));
});

it("a search that cannot be compared says why", async () => {
  show({ "GET /api/v1/saved-searches": { saved_searches: [{ ...coats, problem: "there is no item 7" }] } });
  await screen.findByText(t.problem("there is no item 7"));
});

it("finds stay when further ones cannot be read", async () => {
  show({
    "GET /api/v1/saved-searches/3/alerts?limit=6": { alerts: [find], next_cursor: "c" },
    "GET /api/v1/saved-searches/3/alerts?limit=6&cursor=c": problem(500, "internal"),
  });
  await userEvent.click(await screen.findByRole("button", { name: texts.more }));
  await screen.findByText(texts.errors.server);
  screen.getByText("Coat");
  screen.getByRole("button", { name: texts.more });
});

it("a search is paused, and removed after a question", async () => {
  const calls = show({ "PATCH /api/v1/saved-searches/3": coats, "DELETE /api/v1/saved-searches/3": new Response(null, { status: 204 }) });
  await userEvent.click(await screen.findByRole("button", { name: t.pauseNamed("Coats") }));
  await waitFor(() => expect(calls.find((one) => one.method === "PATCH")?.body).toEqual({ is_active: false }));
  await userEvent.click(screen.getByRole("button", { name: t.removeNamed("Coats") }));
  expect(calls.some((one) => one.method === "DELETE")).toBe(false);
  await userEvent.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: t.remove }));
  await screen.findByText(t.removed);
});

it("a user sees how alerts reach them, confirms the address again and tests a browser", async () => {
  const calls = show({ "POST /api/v1/notifications/confirmation": new Response(null, { status: 202 }), "POST /api/v1/notifications/test": problem(502, "bad_gateway") });
  await screen.findByText(t.mailUnconfirmed);
  await userEvent.click(screen.getByRole("button", { name: t.confirmAgain }));
  await screen.findByText(t.confirmSent);
  await userEvent.click(screen.getByRole("button", { name: t.testNamed(t.browsers) }));
  await screen.findByText(t.testFailed);
  expect(calls.find((one) => one.path.endsWith("/test"))?.body).toEqual({ channel: { type: "push" } });
});

it("a device with the app gets the test too, and is removed", async () => {
  const calls = show({
    "GET /api/v1/notifications": { ...settings, push_subscriptions: [], apns_topic: "org.findthisfit.app", devices: [{ id: "8", created_at: at }] },
    "DELETE /api/v1/notifications/devices/8": new Response(null, { status: 204 }),
  });
  await screen.findByRole("button", { name: t.testNamed(t.browsers) });
  await userEvent.click(screen.getByRole("button", { name: t.deviceRemoveNamed(formatDate(at) ?? "") }));
  await screen.findByText(t.deviceRemoved);
  expect(calls.some((one) => one.method === "DELETE" && one.path.endsWith("/devices/8"))).toBe(true);
});

it("somebody without an account gives an address", async () => {
  const calls = serve({ "GET /api/v1/auth/me": anonymous(["search"]), "POST /api/v1/saved-searches": { ...coats, email: "bo@example.com", is_confirmed: false } });
  renderAt("/", <TellMe state={{ q: "coat" }} photo={undefined} />);
  await userEvent.click(await screen.findByRole("button", { name: t.tell }));
  const dialog = await screen.findByRole("dialog");
  await userEvent.click(within(dialog).getByRole("button", { name: t.save }));
  await within(dialog).findByText(t.emailWrong);
  await userEvent.type(within(dialog).getByLabelText(t.email), "bo@example.com");
  await userEvent.click(within(dialog).getByRole("button", { name: t.save }));
  await screen.findByText(t.savedConfirm("bo@example.com"));
  expect(calls.find((one) => one.method === "POST")?.body).toMatchObject({ name: "coat", query: { text: "coat" }, email: "bo@example.com", channels: [{ type: "email" }] });
});

it("a user of a server that sends no mail is told so", async () => {
  serve({ "GET /api/v1/auth/me": user(), "POST /api/v1/saved-searches": problem(409, "conflict", { field: "email" }) });
  renderAt("/", <TellMe state={{ q: "coat" }} photo={undefined} />);
  await userEvent.click(await screen.findByRole("button", { name: t.tell }));
  const dialog = await screen.findByRole("dialog");
  await userEvent.click(within(dialog).getByRole("button", { name: t.save }));
  await within(dialog).findByText(t.mailImpossible);
});

it("nothing is offered where there is no search", async () => {
  const calls = serve({ "GET /api/v1/auth/me": user() });
  renderAt("/", <TellMe state={{}} photo={undefined} />);
  await waitFor(() => expect(calls).not.toHaveLength(0));
  expect(screen.queryByRole("button", { name: t.tell })).toBeNull();
});
