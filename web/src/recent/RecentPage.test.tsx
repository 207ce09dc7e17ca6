import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { forgetDevice } from "../access/forgetDevice";
import { chooseTenant } from "../api/tenant";
import { addRecent } from "../search/recent";
import { renderAt } from "../testing/app";
import { anonymous } from "../testing/people";
import { serve } from "../testing/server";
import { texts } from "../texts";
import { RecentPage } from "./RecentPage";
import { SeenItems } from "./SeenItems";
import { addSeen } from "./seen";

const t = texts.recent;
const ME = "GET /api/v1/auth/me";
const visitor = anonymous(["search", "items:read"]);

beforeEach(() => localStorage.clear());
afterEach(() => {
  vi.restoreAllMocks();
  chooseTenant(undefined);
  localStorage.clear();
});

it("searches and items are listed, and removed together", async () => {
  addRecent({ search: "?q=navy+coat", hash: "", label: "navy coat", at: 1 });
  addSeen({ id: "7", title: "Rust coat", image: "/images/9/thumbnail" });
  serve({ [ME]: visitor });
  renderAt("/recent", <RecentPage />);
  expect((await screen.findByRole("link", { name: "Rust coat" })).getAttribute("href")).toBe("/items/7");
  expect(screen.getByRole("link", { name: "navy coat" }).getAttribute("href")).toContain("navy");
  await userEvent.click(screen.getByRole("button", { name: t.clear }));
  const dialog = await screen.findByRole("alertdialog");
  expect(dialog.textContent).toContain(t.clearLead);
  const sure = screen.getAllByRole("button", { name: t.clear }).find((one) => dialog.contains(one));
  await userEvent.click(sure!);
  await screen.findByText(t.none);
  expect(screen.queryByRole("link", { name: "Rust coat" })).toBeNull();
  expect(Object.keys(localStorage).filter((key) => /^(seen|recent)/.test(key) && localStorage.getItem(key) !== "[]")).toEqual([]);
});

it("an item that is opened is remembered once, the latest first", async () => {
  addSeen({ id: "7", title: "old title" });
  addSeen({ id: "8", title: "Blue jeans" });
  serve({ [ME]: visitor, "GET /api/v1/items/7": { id: "7", title: "Rust coat", images: [{ thumbnail_url: "/images/9/thumbnail" }], properties: {} } });
  const { router } = renderAt("/items/$id", null, <SeenItems />, "/items/7");
  await waitFor(() => expect(localStorage.getItem("seen-items")).toContain("Rust coat"));
  const kept = JSON.parse(localStorage.getItem("seen-items") ?? "[]") as { id: string }[];
  expect(kept.map(({ id }) => id)).toEqual(["7", "8"]);
  expect(kept[0]).toEqual({ id: "7", title: "Rust coat", image: "/images/9/thumbnail" });
  expect(router.location.pathname).toBe("/items/7");
});

it("a wrong answer about an item fails nothing around its page", async () => {
  const calls = serve({ [ME]: visitor, "GET /api/v1/items/7": { items: [null] } });
  renderAt("/items/$id", <p>the page</p>, <SeenItems />, "/items/7");
  await waitFor(() => expect(calls.map(({ path }) => path)).toContain("/api/v1/items/7"));
  await screen.findByText("the page");
  expect(localStorage.getItem("seen-items")).toBeNull();
});

it("what was seen belongs to a tenant, and goes at the sign-out", async () => {
  addSeen({ id: "7", title: "Rust coat" });
  chooseTenant("shop");
  serve({ [ME]: visitor });
  renderAt("/recent", <RecentPage />);
  await screen.findByText(t.none);
  addSeen({ id: "8", title: "Blue jeans" });
  await screen.findByRole("link", { name: "Blue jeans" });
  expect(screen.queryByText("Rust coat")).toBeNull();
  await forgetDevice();
  expect(Object.keys(localStorage).filter((key) => key.startsWith("seen-items"))).toEqual([]);
});

it("what somebody else has written into the storage fails nothing", async () => {
  localStorage.setItem("seen-items", '[{"id": 3}, null, "x", {"id": "4", "title": "Red hat"}]');
  serve({ [ME]: visitor });
  renderAt("/recent", <RecentPage />);
  await screen.findByRole("link", { name: "Red hat" });
  expect(screen.getAllByRole("listitem")).toHaveLength(1);
});
