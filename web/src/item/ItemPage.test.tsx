import { act, screen } from "@testing-library/react";
import { afterEach, it, vi } from "vitest";
import { renderAt } from "../testing/app";
import { item } from "../testing/found";
import { local } from "../testing/people";
import { problem, serve } from "../testing/server";
import { texts } from "../texts";
import { ItemPage } from "./ItemPage";

afterEach(() => vi.restoreAllMocks());

it("an item that cannot be read again stays, and is said to be old", async () => {
  let answer: unknown = item({ title: "Coat" });
  serve({
    "GET /api/v1/auth/me": local(),
    "GET /api/v1/items/12": () => answer,
    "GET /api/v1/items/12/history": { item_id: "12", history: [] },
    "POST /api/v1/search": { results: [] },
  });
  const { queries } = renderAt("/items/$id", <ItemPage />, null, "/items/12");
  await screen.findByRole("heading", { name: "Coat" });
  answer = problem(503, "unavailable");
  await act(() => queries.invalidateQueries({ queryKey: ["item", "12"] }));
  await screen.findByText(texts.errors.stale, { exact: false });
  screen.getByRole("heading", { name: "Coat" });
  answer = problem(404, "not_found");
  await act(() => queries.invalidateQueries({ queryKey: ["item", "12"] }));
  await screen.findByText(texts.errors.itemMissing);
});
