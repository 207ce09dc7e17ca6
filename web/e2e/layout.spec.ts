// What every page owes to the eye and to the finger: nothing moves by itself, what is touched is large enough, and the first row of
// results is there without scrolling.
import type { Page } from "@playwright/test";
import { cards, choose, expect, onPhone, settled, test } from "./test";

const MOST_SHIFT = 0.05;
const LEAST_TARGET = 44; // px
const PAGES = [
  "/",
  "/?q=jeans",
  "/items/1",
  "/recent",
  "/saved-searches",
  "/for-you",
  "/outfits",
  "/studio",
  "/studio/catalogue",
  "/studio/operations",
  "/studio/uploads",
  "/studio/sources",
  "/studio/bookmarklet",
  "/studio/clusters",
  "/studio/queues",
  "/studio/trends",
  "/studio/experiments",
  "/studio/review",
  "/studio/alerts",
  "/studio/keys",
];

async function watchShifts(page: Page) {
  await page.addInitScript(() => {
    const seen = { shift: 0, moved: [] as string[] };
    Object.assign(window, { seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean; sources?: { node?: Node }[] })[]) {
        if (entry.hadRecentInput) continue;
        seen.shift += entry.value;
        for (const { node } of entry.sources ?? []) seen.moved.push(node instanceof Element ? `${node.tagName}.${node.className}` : String(node?.nodeName));
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
}

// The sum of the shifts since the page was opened.
async function shiftOf(page: Page) {
  await page.waitForLoadState("networkidle");
  await page.evaluate(async () => {
    for (let frame = 0; frame < 3; ++frame) await new Promise(requestAnimationFrame);
  });
  return page.evaluate(() => (window as unknown as { seen: { shift: number; moved: string[] } }).seen);
}

// What fingers touch and what is too small for it. A control in a running text, and one whose label is the target, may be smaller.
const smallTargets = (least: number) =>
  [...document.querySelectorAll<HTMLElement>("button, a[href], select, input:not([type=hidden]), [role=button], [role=menuitem]")]
    .filter((one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !one.closest("[aria-hidden=true], p, .hidden-text, [inert]"))
    .filter((one) => !one.matches(".skip, .skip-link, [type=file]"))
    .map((one) => ({ one, box: (one.closest("label") ?? one).getBoundingClientRect() }))
    .filter(({ box }) => box.width > 1 && box.height > 1 && (box.height < least - 0.5 || box.width < least - 0.5))
    .map(({ one, box }) => `${one.tagName.toLowerCase()}.${one.className} ${Math.round(box.width)}x${Math.round(box.height)} “${(one.getAttribute("aria-label") ?? one.textContent).trim().slice(0, 30)}”`);

test.describe("layout", () => {
  test.describe.configure({ timeout: 240_000 });

  test("nothing moves by itself on any page", onPhone, async ({ page }) => {
    await watchShifts(page);
    const moved: string[] = [];
    for (const path of PAGES) {
      await page.goto(path);
      const { shift, moved: what } = await shiftOf(page);
      if (shift > MOST_SHIFT) moved.push(`${path}: ${shift.toFixed(3)} ${[...new Set(what)].slice(0, 5).join(", ")}`);
    }
    expect(moved).toEqual([]);
  });

  test("what fingers touch is large enough on every page", onPhone, async ({ page, phone }) => {
    test.skip(!phone, "a desk has a mouse");
    const small: string[] = [];
    for (const path of PAGES) {
      await page.goto(path);
      await page.waitForLoadState("networkidle");
      for (const one of new Set(await page.evaluate(smallTargets, LEAST_TARGET))) small.push(`${path}: ${one}`);
    }
    expect(small).toEqual([]);
  });
});

test("the first row of results is there without scrolling", onPhone, async ({ page, pieces, phone }) => {
  test.skip(!phone, "of a phone");
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/");
  await choose(page, pieces[9]!.photo);
  await settled(page);
  const row = await cards(page).first().boundingBox();
  // The photo and the price of the first cards, above the tabs at the bottom.
  const tabs = await page.getByRole("navigation", { name: "Main" }).boundingBox();
  expect((row?.y ?? 844) + Math.min(row?.height ?? 844, 200)).toBeLessThanOrEqual(tabs?.y ?? 844);
});
