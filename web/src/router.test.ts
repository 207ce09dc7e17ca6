import { createMemoryHistory } from "@tanstack/react-router";
import { QueryClient } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { makeRouter } from "./router";

async function led(to: string): Promise<string> {
  const router = makeRouter(new QueryClient());
  router.update({ ...router.options, history: createMemoryHistory({ initialEntries: [to] }) });
  await router.load();
  return router.state.location.href;
}

it.each(["/catalogue", "/uploads", "/operations", "/review", "/queues", "/clusters", "/clusters/7", "/trends", "/experiments", "/sources", "/keys", "/users", "/bookmarklet#capture"])("%s leads to the studio", async (old) => {
  expect(await led(old)).toBe(`/studio${old}`);
});

it.each(["/", "/recent", "/studio", "/studio/alerts", "/saved-searches", "/items/7"])("%s stays where it is", async (path) => {
  expect(await led(path)).toBe(path);
});
