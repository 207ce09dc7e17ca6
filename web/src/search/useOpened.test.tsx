import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Me } from "../api/access";
import { switchLearning } from "../api/learning";
import { renderAt } from "../testing/app";
import { anonymous, user } from "../testing/people";
import { serve } from "../testing/server";
import { useOpened } from "./useOpened";

const DEVICE = "0123456789abcdef0123456789abcdef";
const visitor = anonymous(["search", "items:read"]);

beforeEach(() => localStorage.clear());
afterEach(() => {
  switchLearning(true, true);
  vi.restoreAllMocks();
});

function Result({ search }: { search: string | undefined }) {
  const opened = useOpened(search);
  return <button onClick={() => opened("12", 3)}>open</button>;
}

async function open(me: Me, search: string | undefined = "a1") {
  const calls = serve({ "GET /api/v1/auth/me": me });
  renderAt("/", <Result search={search} />);
  await userEvent.click(await screen.findByRole("button", { name: "open" }));
  const sent = vi.mocked(fetch).mock.calls.find(([address]) => address === "/api/v1/feedback")?.[1];
  return { clicks: calls.filter(({ path }) => path === "/api/v1/feedback"), sent };
}

it("a user's opened result is told with its search and position, and goes on when the page is left", async () => {
  const { clicks, sent } = await open(user("shopper"));
  expect(clicks.map(({ body }) => body)).toEqual([{ target: { kind: "result", id: "12" }, signal: "click", key: "a1", context: { position: 3 } }]);
  expect(sent).toMatchObject({ method: "POST", keepalive: true });
});

it("of others, only a device that has said what it likes is told", async () => {
  expect((await open(visitor)).clicks).toEqual([]);
  expect(localStorage.getItem("device")).toBeNull();
});

it("a device that the server knows is named", async () => {
  localStorage.setItem("device", DEVICE);
  const { clicks, sent } = await open(visitor);
  expect(clicks).toHaveLength(1);
  expect(sent?.headers).toMatchObject({ "X-Device-Id": DEVICE });
});

it("nothing is told where the person has switched it off", async () => {
  switchLearning(false, true);
  expect((await open(user("shopper"))).clicks).toEqual([]);
});

it("what was not searched is not told", async () => {
  expect((await open(user("shopper"), "")).clicks).toEqual([]);
});
