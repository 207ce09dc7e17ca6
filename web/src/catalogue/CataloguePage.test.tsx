import { fireEvent, screen } from "@testing-library/react";
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
