import { Script } from "node:vm";
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { renderAt } from "../testing/app";
import { user } from "../testing/people";
import { serve } from "../testing/server";
import { pageTexts } from "../pageTexts";
import { bookmarkletOf, pageIn } from "./bookmarklet";
import { BookmarkletPage } from "./BookmarkletPage";

afterEach(() => {
  vi.restoreAllMocks();
  window.opener = null;
});

const t = pageTexts.capture;
const page = { type: "find-this-fit:page", url: "https://shop.example/p/1", html: "<html></html>" };

it("a page speaks only for its own host", () => {
  expect(pageIn({ origin: "https://shop.example", data: page })).toEqual({ url: page.url, html: page.html });
  expect(pageIn({ origin: "https://evil.example", data: page })).toBeUndefined();
  expect(pageIn({ origin: "https://shop.example", data: { ...page, type: "other" } })).toBeUndefined();
  expect(pageIn({ origin: "https://shop.example", data: null })).toBeUndefined();
  expect(pageIn({ origin: "null", data: { ...page, url: "data:text/html,x" } })).toBeUndefined();
});

it("the bookmark is a program that names this app", async () => {
  serve({ "GET /api/v1/auth/me": user("editor") });
  renderAt("/bookmarklet", <BookmarkletPage />);
  const link = await screen.findByRole("link", { name: t.button });
  const address = link.getAttribute("href") ?? "";
  expect(address).toBe(bookmarkletOf(window.location.origin));
  const program = decodeURIComponent(address.slice("javascript:".length));
  expect(program).toContain(`"${window.location.origin}"`);
  expect(() => new Script(program)).not.toThrow();
});

it("a page is stored after the person has agreed", async () => {
  const calls = serve({ "GET /api/v1/auth/me": user("editor"), "POST /api/v1/capture": { source: { name: "shop.example" }, run: {}, listings: [] } });
  const postMessage = vi.fn();
  window.opener = { postMessage };
  const { router } = renderAt("/bookmarklet", <BookmarkletPage />);
  void router.navigate({ to: "/bookmarklet", hash: "capture" } as never);
  await screen.findByText(t.waiting);
  const message = new MessageEvent("message", { origin: "https://shop.example", data: page });
  Object.defineProperty(message, "source", { value: window.opener as unknown }); // jsdom takes only its own windows
  window.dispatchEvent(message);
  await screen.findByText(t.from("shop.example"));
  expect(calls.some((one) => one.path === "/api/v1/capture")).toBe(false);
  await userEvent.click(screen.getByRole("button", { name: t.store }));
  await screen.findByText(t.nothing);
  expect(calls.find((one) => one.path === "/api/v1/capture")?.body).toEqual({ url: page.url, html: page.html });
  expect(postMessage).toHaveBeenCalledWith("find-this-fit:ready", "*");
});
