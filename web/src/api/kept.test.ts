import { afterEach, expect, it, vi } from "vitest";
import { keptText } from "./kept";

afterEach(() => {
  vi.restoreAllMocks();
  localStorage.clear();
});

it("keeps a text in the browser, and forgets it", () => {
  const text = keptText("key");
  expect(text.read()).toBeUndefined();
  text.write("one");
  expect(keptText("key").read()).toBe("one");
  text.write(undefined);
  expect(text.read()).toBeUndefined();
});

it("keeps a text in the page where the browser forbids its storage", () => {
  for (const call of ["getItem", "setItem", "removeItem"] as const) {
    vi.spyOn(Storage.prototype, call).mockImplementation(() => {
      throw new DOMException("forbidden", "SecurityError");
    });
  }
  const text = keptText("key");
  text.write("one");
  expect(text.read()).toBe("one");
  text.write(undefined);
  expect(text.read()).toBeUndefined();
});
