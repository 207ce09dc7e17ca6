import { expect, it, vi } from "vitest";
import { ApiError } from "../api/client";
import { finishRemovals, Removals } from "./removal";

const failure = (status: number) => new ApiError("x", status);

function shown(remove: (id: string) => Promise<unknown>) {
  const asked = vi.fn(remove);
  const removals = new Removals(asked);
  return { removals, asked: () => asked.mock.calls.map(([id]) => id), hidden: () => [...removals.hiddenIds()] };
}

it("the server hears of it once, at the end", async () => {
  const { removals, asked, hidden } = shown(() => Promise.resolve());
  removals.hide(["1", "2"]);
  expect(hidden()).toEqual(["1", "2"]);
  expect(asked()).toEqual([]);
  removals.undo(["2"]);
  await finishRemovals();
  await finishRemovals();
  expect(asked()).toEqual(["1"]);
  expect(hidden()).toEqual(["1"]);
});

it("what somebody has deleted elsewhere stays deleted", async () => {
  const { removals, hidden } = shown(() => Promise.reject(failure(404)));
  removals.hide(["1"]);
  await removals.tell("1");
  expect(hidden()).toEqual(["1"]);
});

it("what could not be deleted is there again", async () => {
  const { removals, hidden } = shown((id) => (id === "2" ? Promise.reject(failure(500)) : Promise.resolve()));
  removals.hide(["1", "2", "3"]);
  await removals.tell("1");
  await expect(removals.tell("2")).rejects.toThrow();
  expect(hidden()).toEqual(["1", "3"]);
});

it("everything is told at once when the page is closed", () => {
  const { removals, asked } = shown(() => new Promise(() => undefined));
  removals.hide(Array.from({ length: 12 }, (_, index) => String(index)));
  window.dispatchEvent(new Event("pagehide"));
  expect(asked()).toHaveLength(12);
});
