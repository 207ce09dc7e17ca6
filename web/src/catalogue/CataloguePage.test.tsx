import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { renderAt } from "../testing/app";
import { item } from "../testing/found";
import { user } from "../testing/people";
import { problem, serve } from "../testing/server";
import { texts } from "../texts";
import { CataloguePage } from "./CataloguePage";

afterEach(() => vi.restoreAllMocks());

const t = texts.catalogue;
const ALL = { status: ["active", "reserved", "sold", "hidden", "removed"] };

it("words that the server refuses can be changed", async () => {
  const query = new URLSearchParams({ filters: JSON.stringify(ALL), facets: JSON.stringify(["status"]), limit: "40" });
  serve({
    "GET /api/v1/auth/me": user("viewer"),
    [`GET /api/v1/items?${query}`]: { items: [item({ title: "Coat" })] },
    "POST /api/v1/search": problem(422, "invalid", { field: "text" }),
  });
  renderAt("/catalogue", <CataloguePage />);
  await screen.findByText("Coat");
  fireEvent.change(screen.getByLabelText(t.find), { target: { value: "zzz" } });
  await screen.findByText(texts.errors.words);
  expect(screen.getByLabelText<HTMLInputElement>(t.find).value).toBe("zzz");
});

const ITEMS = `GET /api/v1/items?${new URLSearchParams({ filters: JSON.stringify(ALL), facets: JSON.stringify(["status"]), limit: "40" })}`;

it("selected items are changed together, and the change is undone", async () => {
  const coats = [item({ id: "1", title: "Coat" }), item({ id: "2", title: "Hat", status: "sold" }), item({ id: "3", title: "Sock" })];
  const calls = serve({
    "GET /api/v1/auth/me": user("editor"),
    [ITEMS]: { items: coats },
    "PATCH /api/v1/items/1": coats[0],
    "PATCH /api/v1/items/3": coats[2],
  });
  const patches = () => calls.filter(({ method }) => method === "PATCH").map(({ path, body }) => [path, body]);
  renderAt("/catalogue", <CataloguePage />);
  await screen.findByText("Coat");
  fireEvent.click(screen.getByLabelText(texts.bulk.selectAll));
  const bar = screen.getByRole("toolbar", { name: texts.bulk.selected(3) });
  fireEvent.click(within(bar).getByRole("button", { name: texts.bulk.change }));
  const dialog = await screen.findByRole("dialog", { name: texts.bulk.title(3) });
  fireEvent.click(within(dialog).getByRole("button", { name: texts.bulk.apply }));
  await screen.findByText(texts.bulk.changed(2));
  expect(patches()).toEqual([
    ["/api/v1/items/1", { status: "sold" }],
    ["/api/v1/items/3", { status: "sold" }],
  ]);
  fireEvent.click(screen.getByRole("button", { name: texts.bulk.undo }));
  await waitFor(() => expect(patches().slice(2)).toEqual([
    ["/api/v1/items/1", { status: "active" }],
    ["/api/v1/items/3", { status: "active" }],
  ]));
});

it("deleted items are gone at once, and come back", async () => {
  const calls = serve({
    "GET /api/v1/auth/me": user("editor"),
    [ITEMS]: { items: [item({ id: "11", title: "Coat" }), item({ id: "12", title: "Hat" })] },
  });
  renderAt("/catalogue", <CataloguePage />);
  await screen.findByText("Coat");
  fireEvent.click(screen.getByLabelText(texts.bulk.select("Coat")));
  fireEvent.click(within(screen.getByRole("toolbar")).getByRole("button", { name: texts.bulk.remove }));
  expect(screen.queryByText("Coat")).toBeNull();
  expect(screen.getByText("Hat")).toBeTruthy();
  fireEvent.click(await screen.findByRole("button", { name: texts.bulk.undo }));
  expect(await screen.findByText("Coat")).toBeTruthy();
  expect(calls.some(({ method }) => method === "DELETE")).toBe(false);
});

it("the list is ordered by the head of the prices", async () => {
  const sorted = (sort: string) => `${ITEMS}&sort=${sort}`;
  serve({
    "GET /api/v1/auth/me": user("viewer"),
    [ITEMS]: { items: [item({ title: "Newest" })] },
    [sorted("price_asc")]: { items: [item({ title: "Cheapest" })] },
    [sorted("price_desc")]: { items: [item({ title: "Dearest" })] },
  });
  renderAt("/catalogue", <CataloguePage />);
  await screen.findByText("Newest");
  const button = screen.getByRole("button", { name: t.price });
  fireEvent.click(button);
  await screen.findByText("Cheapest");
  expect(screen.getByRole("columnheader", { name: t.price }).getAttribute("aria-sort")).toBe("ascending");
  fireEvent.click(button);
  await screen.findByText("Dearest");
});
