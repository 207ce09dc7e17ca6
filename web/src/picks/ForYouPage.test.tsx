import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Me } from "../api/access";
import { ApiError } from "../api/client";
import type { Feedback, ForYou, ForYouPick } from "../api/feedback";
import { errorText } from "../shell/errorText";
import { renderAt } from "../testing/app";
import { item } from "../testing/found";
import { local, user } from "../testing/people";
import { problem, serve } from "../testing/server";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { ForYouPage } from "./ForYouPage";

const t = pageTexts.forYou;
const DEVICE = "0123456789abcdef0123456789abcdef";
const at = (seed: number) => `GET /api/v1/for-you?seed=${seed}&limit=24`;

beforeEach(() => {
  localStorage.clear();
  vi.spyOn(Math, "random").mockReturnValue(0.5);
});
afterEach(() => vi.restoreAllMocks());

const pick = (id: string, title: string): ForYouPick => ({ item: item({ id, title }), score: 0.7, parts: { brand: 0.4 }, is_exploration: false });
const picks = (more: Partial<ForYou> = {}): ForYou => ({ picks: [pick("12", "Denim jacket"), pick("13", "Red coat")], is_personal: true, ...more });
const given = (signal: Feedback["signal"], id: string): Feedback => ({ id: "5", target: { kind: "item", id }, signal, given_at: "2026-11-29T10:00:00Z" });

function show(me: Me, answers: Record<string, unknown> = {}) {
  const calls = serve({ "GET /api/v1/auth/me": me, [at(2 ** 31)]: picks(), ...answers });
  renderAt("/for-you", <ForYouPage />);
  return calls;
}

const button = async (title: string, name: string) => within(await screen.findByRole("group", { name: texts.card.actions(title) })).getByRole("button", { name });
const pressed = (one: HTMLElement, is: boolean) =>
  waitFor(() => expect([one.getAttribute("aria-pressed"), one.hasAttribute("disabled")]).toEqual([String(is), false]));
const requestTo = (path: string) => vi.mocked(fetch).mock.calls.find(([address]) => address === path)?.[1];

it("a like is sent at once, goes on when the page is left, and is taken back", async () => {
  const calls = show(user("shopper"), { "POST /api/v1/feedback": given("like", "13") });
  const like = await button("Red coat", t.like);
  expect(screen.getByText(t.lead)).toBeTruthy();
  await userEvent.click(like);
  await pressed(like, true);
  expect(calls.find((call) => call.path === "/api/v1/feedback")?.body).toEqual({ target: { kind: "item", id: "13" }, signal: "like" });
  expect(requestTo("/api/v1/feedback")).toMatchObject({ method: "POST", keepalive: true });
  expect(localStorage.getItem("device")).toBeNull();
  await userEvent.click(like);
  await pressed(like, false);
  expect(requestTo("/api/v1/feedback/5")).toMatchObject({ method: "DELETE", keepalive: true });
});

it("a like is shown before the server knows it", async () => {
  show(user("shopper"));
  const like = await button("Red coat", t.like);
  vi.mocked(fetch).mockReturnValue(new Promise(() => undefined));
  await userEvent.click(like);
  await waitFor(() => expect(like.getAttribute("aria-pressed")).toBe("true"));
});

it("what the server refuses is taken back", async () => {
  show(user("shopper"), { "POST /api/v1/feedback": problem(500, "internal") });
  const hide = await button("Red coat", t.hide);
  await userEvent.click(hide);
  await screen.findByText(errorText(new ApiError("d", 500)));
  await pressed(hide, false);
});

it("who has no account is known by the device from the first feedback on", async () => {
  show(local(), { "POST /api/v1/feedback": given("hide", "12") });
  const hide = await button("Denim jacket", t.hide);
  expect(localStorage.getItem("device")).toBeNull();
  await userEvent.click(hide);
  await pressed(hide, true);
  expect(hide.closest(".card")?.classList.contains("dimmed")).toBe(true);
  const id = localStorage.getItem("device");
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(requestTo("/api/v1/feedback")?.headers).toMatchObject({ "X-Device-Id": id });
});

it("the account takes over what the device has said", async () => {
  localStorage.setItem("device", DEVICE);
  const calls = show(user("shopper"), { "POST /api/v1/feedback/merge": { moved: 2 } });
  await waitFor(() => expect(localStorage.getItem("device")).toBeNull());
  expect(calls.find((call) => call.path === "/api/v1/feedback/merge")?.body).toEqual({ device_id: DEVICE });
});

it("a device that was not taken over keeps its name", async () => {
  localStorage.setItem("device", DEVICE);
  const calls = show(user("shopper"), { "POST /api/v1/feedback/merge": problem(503, "unavailable") });
  await button("Red coat", t.like);
  await waitFor(() => expect(calls.some((call) => call.path === "/api/v1/feedback/merge")).toBe(true));
  expect(localStorage.getItem("device")).toBe(DEVICE);
});

it("shows the newest to whom it does not know, and others on demand", async () => {
  show(local(), { [at(2 ** 31)]: picks({ is_personal: false }), [at(2 ** 30)]: picks({ picks: [pick("14", "Boots")] }) });
  await screen.findByText(t.newest);
  vi.mocked(Math.random).mockReturnValue(0.25);
  await userEvent.click(screen.getByRole("button", { name: t.others }));
  await screen.findByText("Boots");
  expect(screen.queryByText("Red coat")).toBeNull();
});

it("says that nothing is left", async () => {
  show(local(), { [at(2 ** 31)]: picks({ picks: [] }) });
  await screen.findByText(t.none);
});

it("who allows it is learned from, and what was learned is forgotten", async () => {
  const calls = show(local());
  const learn = await screen.findByRole("switch", { name: t.learn });
  expect(learn).toHaveProperty("checked", false);
  await userEvent.click(learn);
  expect(localStorage.getItem("device")).toMatch(/^[0-9a-f]{32}$/);
  expect(learn).toHaveProperty("checked", true);
  await userEvent.click(learn);
  expect(localStorage.getItem("learning")).toBe("off");
  await userEvent.click(screen.getByRole("button", { name: t.forget }));
  await userEvent.click(within(await screen.findByRole("alertdialog")).getByRole("button", { name: t.forget }));
  await screen.findByText(t.forgotten);
  expect(calls.some(({ method, path }) => method === "DELETE" && path === "/api/v1/feedback")).toBe(true);
  expect(localStorage.getItem("device")).toBeNull();
});
