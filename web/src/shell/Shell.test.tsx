import { QueryClientProvider } from "@tanstack/react-query";
import { memoryHistory } from "../routing/history";
import { RouterProvider } from "../routing/router";
import { render, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Me } from "../api/access";
import { brand } from "../brand/brand";
import { ImportRun, ImportRunContext } from "../catalogue/importRun";
import { makeRouter } from "../router";
import { anonymous, user } from "../testing/people";
import { serve } from "../testing/server";
import { texts } from "../texts";
import { Notices } from "./Notices";
import { makeQueryClient } from "./queries";
import { Shell } from "./Shell";

const own = { ...brand };
beforeEach(() => localStorage.clear());
afterEach(() => {
  vi.restoreAllMocks();
  for (const key of Object.keys(brand)) Reflect.deleteProperty(brand, key);
  Object.assign(brand, own);
});

function open(path: string, me: Me) {
  serve({ "GET /api/v1/auth/me": me });
  const queries = makeQueryClient();
  const router = makeRouter(memoryHistory(path));
  render(
    <QueryClientProvider client={queries}>
      <ImportRunContext value={new ImportRun(() => undefined)}>
        <Notices>
          <RouterProvider router={router}>
            <Shell />
          </RouterProvider>
        </Notices>
      </ImportRunContext>
    </QueryClientProvider>,
  );
}
const linksOfNavigation = async () => {
  const navigation = await screen.findByRole("navigation", { name: texts.nav.label });
  return within(navigation)
    .getAllByRole("link")
    .map((link) => link.textContent.trim());
};

it("the shop has its tabs and nothing of the studio", async () => {
  open("/recent", anonymous(["search", "items:read"]));
  await screen.findByRole("heading", { level: 1, name: texts.recent.title });
  expect(await linksOfNavigation()).toEqual(["Search", "Saved", "Recent"]);
  expect(document.body.textContent).not.toMatch(/Studio|Catalogue|Operations|API/);
  expect(document.title).toBe(`Recent – ${brand.name}`);
});

it("the studio has its pages, and the way back", async () => {
  open("/studio", user("editor"));
  await screen.findByRole("heading", { level: 1, name: texts.studio.title });
  expect(await linksOfNavigation()).toEqual(["Overview", "Catalogue", "Uploads", "Sources", "Clusters", "Review", "Trends", "Alerts"]);
  expect(screen.getByRole("link", { name: texts.nav.shop }).getAttribute("href")).toBe("/");
  expect(screen.getByRole("main").textContent).toContain(texts.studio.about.catalogue);
  expect(screen.getByRole("main").textContent).not.toContain(texts.studio.about.users);
});

it("who is not let into the studio sees the shop around the refusal", async () => {
  open("/studio/operations", user("shopper"));
  await screen.findByText(texts.access.denied);
  expect(await linksOfNavigation()).toEqual(["Search", "Saved", "Recent", "For you", "Outfits", "Wardrobe"]);
});

it("the links of the brand are at the end of the page", async () => {
  Object.assign(brand, { imprint: "/imprint", privacy: "https://shop.example/privacy" });
  open("/recent", anonymous(["search"]));
  const imprint = await screen.findByRole("link", { name: texts.legal.imprint });
  expect(imprint.getAttribute("href")).toBe("/imprint");
  expect(screen.getByRole("link", { name: texts.legal.privacy }).getAttribute("href")).toBe("https://shop.example/privacy");
});
