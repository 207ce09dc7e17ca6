import { screen, within } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { renderAt } from "../testing/app";
import { found } from "../testing/found";
import { local } from "../testing/people";
import { serve } from "../testing/server";
import KeptResults from "./KeptResults";
import { addRecent, clearRecent } from "./recent";
import type { SearchState } from "./state";

// What the device has, where tests have no IndexedDB.
vi.mock("./resultStore", () => ({
  keptSearches: () => Promise.resolve(new Set(["?q=coat", "?q=jeans"])),
  keptResults: (search: string) => Promise.resolve(search === "?q=coat" ? { key: search, at: Date.parse("2026-12-01T09:30:00"), page: { found: [found({ title: "Wool coat", relevance: 0.8 })] } } : null),
}));

vi.stubGlobal("IntersectionObserver", class {
  observe = () => undefined;
  disconnect = () => undefined;
});
afterEach(() => {
  vi.restoreAllMocks();
  clearRecent();
});

const info = { hasExample: false, words: "coat", key: "" };

async function show(state: SearchState) {
  serve({ "GET /api/v1/auth/me": local() });
  for (const label of ["boots", "jeans", "coat"]) addRecent({ search: `?q=${label}`, hash: "", label, at: 1 });
  renderAt("/", <KeptResults state={state} info={info} onOpen={vi.fn()} onMore={vi.fn()} onChange={vi.fn()} />);
  return screen.findByRole("region", { name: "On this device" });
}

it("a search that was made before shows what it found then, and leads to the others that are here", async () => {
  const others = await show({ q: "coat" });
  expect(within(others).getAllByRole("link").map((one) => one.textContent)).toEqual(["jeans"]);
  await screen.findByText("Wool coat");
  screen.getByText(/you see what was found on .*9:30.* It may have changed/);
});

it("another one shows nothing, and leads to those that are here", async () => {
  const others = await show({ q: "hat" });
  expect(within(others).getAllByRole("link").map((one) => one.textContent)).toEqual(["coat", "jeans"]);
  expect(screen.queryByText(/It may have changed/)).toBeNull();
});
