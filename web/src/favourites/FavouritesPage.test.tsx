import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { renderAt } from "../testing/app";
import { item } from "../testing/found";
import { switchLearning } from "../api/learning";
import { anonymous, user } from "../testing/people";
import { problem, serve } from "../testing/server";
import { texts } from "../texts";
import { FavouriteButton } from "./FavouriteButton";
import { FavouritesPage } from "./FavouritesPage";

afterEach(() => vi.restoreAllMocks());

const t = texts.favourites;
const list = (id: string, name: string, item_ids: string[] = []) => ({ id, name, item_ids, tenant: "default", created_at: "2026-11-01T10:00:00Z" });
const heart = () => screen.findByRole("button", { name: t.heart });

it("the first heart makes the first list", async () => {
  let lists: ReturnType<typeof list>[] = [];
  const calls = serve({
    "GET /api/v1/auth/me": user("shopper"),
    "GET /api/v1/favourites": () => ({ lists }),
    "POST /api/v1/favourites": (body: { name: string }) => list("5", body.name),
    "POST /api/v1/favourites/5/items": (body: { item_id: string }) => ((lists = [list("5", t.first, [body.item_id])]), lists[0]),
    "DELETE /api/v1/favourites/5/items/12": () => ((lists = [list("5", t.first)]), new Response(null, { status: 204 })),
  });
  renderAt("/items/12", <FavouriteButton item="12" large />);
  expect((await heart()).getAttribute("aria-pressed")).toBe("false");
  await userEvent.click(await heart());
  await waitFor(async () => expect((await heart()).getAttribute("aria-pressed")).toBe("true"));
  expect(calls.find((call) => call.path === "/api/v1/favourites" && call.method === "POST")?.body).toEqual({ name: t.first });
  await userEvent.click(await heart());
  await waitFor(async () => expect((await heart()).getAttribute("aria-pressed")).toBe("false"));
});

it("a change of a known list is sent at once, and goes on when the page is left", async () => {
  let lists = [list("5", "Coats", ["12"])];
  serve({
    "GET /api/v1/auth/me": user("shopper"),
    "GET /api/v1/favourites": () => ({ lists }),
    "DELETE /api/v1/favourites/5/items/12": () => ((lists = [list("5", "Coats")]), new Response(null, { status: 204 })),
    "POST /api/v1/favourites/5/items": () => ((lists = [list("5", "Coats", ["12"])]), lists[0]),
  });
  renderAt("/items/12", <FavouriteButton item="12" large />);
  for (const [pressed, method, path] of [
    ["true", "DELETE", "/api/v1/favourites/5/items/12"],
    ["false", "POST", "/api/v1/favourites/5/items"],
  ] as const) {
    await waitFor(async () => expect((await heart()).getAttribute("aria-pressed")).toBe(pressed));
    await waitFor(async () => expect((await heart()).hasAttribute("disabled")).toBe(false));
    vi.mocked(fetch).mockClear();
    await userEvent.click(await heart());
    await waitFor(() => expect(fetch).toHaveBeenCalled());
    expect(fetch).toHaveBeenNthCalledWith(1, path, expect.objectContaining({ method, keepalive: true }));
  }
});

it("a heart teaches those who let the shop learn, and no others", async () => {
  let lists = [list("5", "Coats")];
  const calls = serve({
    "GET /api/v1/auth/me": user("shopper"),
    "GET /api/v1/favourites": () => ({ lists }),
    "POST /api/v1/favourites/5/items": () => ((lists = [list("5", "Coats", ["12"])]), lists[0]),
    "DELETE /api/v1/favourites/5/items/12": () => ((lists = [list("5", "Coats")]), new Response(null, { status: 204 })),
    "POST /api/v1/feedback": { id: "77" },
  });
  const told = () => calls.filter((call) => call.path.startsWith("/api/v1/feedback")).map(({ method, path, body }) => [method, path, body]);
  renderAt("/items/12", <FavouriteButton item="12" />);
  const press = async (pressed: string) => {
    await userEvent.click(await heart());
    await waitFor(async () => {
      expect((await heart()).getAttribute("aria-pressed")).toBe(pressed);
      expect((await heart()).hasAttribute("disabled")).toBe(false);
    });
  };
  const saved = ["POST", "/api/v1/feedback", { target: { kind: "item", id: "12" }, signal: "save" }];
  await press("true");
  await waitFor(() => expect(told()).toEqual([saved]));
  await press("false");
  await waitFor(() => expect(told()).toEqual([saved, saved, ["DELETE", "/api/v1/feedback/77", undefined]]));
  switchLearning(false, true);
  try {
    await press("true");
    expect(told().length).toBe(3);
  } finally {
    switchLearning(true, true);
  }
});

it("the heart leads who could have an account to the sign-in", async () => {
  serve({ "GET /api/v1/auth/me": anonymous(["search", "items:read"]) });
  renderAt("/items/12", <FavouriteButton item="12" />);
  expect((await screen.findByRole("link", { name: t.signIn })).getAttribute("href")).toBe("/sign-in");
});

it("where nobody can have an account there is no heart", async () => {
  const calls = serve({ "GET /api/v1/auth/me": anonymous(["search", "items:read"], false) });
  renderAt("/items/12", [<p key="1">the page</p>, <FavouriteButton key="2" item="12" />]);
  await screen.findByText("the page");
  expect(screen.queryByRole("button", { name: t.heart })).toBeNull();
  expect(calls.some((call) => call.path === "/api/v1/favourites")).toBe(false);
});

it("lists show their pieces, and which are gone", async () => {
  serve({
    "GET /api/v1/auth/me": user("shopper"),
    "GET /api/v1/favourites": { lists: [list("5", "Coats", ["12", "13"]), list("6", "Shoes")] },
    "GET /api/v1/favourites/5": {
      ...list("5", "Coats", ["12", "13"]),
      items: [
        { item_id: "12", added_at: "2026-11-01T10:00:00Z", is_gone: false, item: item() },
        { item_id: "13", added_at: "2026-11-01T10:00:00Z", is_gone: true, item: null },
      ],
    },
    "GET /api/v1/favourites/6": { ...list("6", "Shoes"), items: [] },
    "POST /api/v1/favourites": problem(409, "conflict", { field: "name" }),
  });
  renderAt("/favourites", <FavouritesPage />);
  expect((await screen.findByRole("link", { name: "Blue denim jacket" })).getAttribute("href")).toBe("/items/12");
  expect(screen.getByText(t.gone)).toBeTruthy();
  expect(screen.getByText(t.empty)).toBeTruthy();
  await userEvent.type(screen.getByLabelText(t.name), "Coats");
  await userEvent.click(screen.getByRole("button", { name: t.create }));
  await screen.findByText(t.taken);
});
