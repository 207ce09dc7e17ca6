import { expect, it } from "vitest";
import { makeRouter } from "./router";
import { memoryHistory } from "./routing/history";
import { PATHS } from "./routing/paths";

const led = (to: string) => makeRouter(memoryHistory(to)).location.href;

it.each(["/catalogue", "/uploads", "/operations", "/review", "/queues", "/clusters", "/clusters/7", "/trends", "/experiments", "/sources", "/keys", "/users", "/bookmarklet#capture"])("%s leads to the studio", async (old) => {
  expect(led(old)).toBe(`/studio${old}`);
  const router = makeRouter(memoryHistory());
  await router.go(old);
  expect(router.location.href).toBe(`/studio${old}`);
});

it.each(["/", "/recent", "/studio", "/studio/alerts", "/saved-searches", "/items/7", "/keystone", "/?q=keys"])("%s stays where it is", (path) => {
  expect(led(path)).toBe(path);
});

it.each(PATHS)("%s has a page", (path) => {
  const router = makeRouter(memoryHistory());
  expect(router.pageOf(path.replace("$id", "7"))?.id).toBe(path.includes("$id") ? "7" : "");
});

it.each(["/nothing", "/items/7/more", "/items/", "/items/%ff"])("%s has none", (path) => {
  expect(makeRouter(memoryHistory()).pageOf(path)).toBeUndefined();
});
