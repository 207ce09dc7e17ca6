// The garments that the server finds in a photo.
import type { Locator, Page } from "@playwright/test";
import { compose, startDetecting } from "./compose";
import { remove, tempDir, type Fit } from "./fit";
import type { Piece } from "./pieces";
import { cards, check, expect, onPhone, settled, showWeaker, test as base, title } from "./test";

const FINGER = 44; // pixels
const NAME = /^.+, garment \d of \d$/;

const example = (page: Page) => page.getByRole("region", { name: "What you search with" });
const row = (page: Page) => page.getByRole("group", { name: "Shop the look" });
const garments = (page: Page) => row(page).getByRole("button", { name: NAME });
const dots = (page: Page) => example(page).locator(".garment-dot");
const whole = (page: Page) => row(page).getByRole("button", { name: "Whole photo" });
// A photo that is mostly black need not have close matches.
async function choose(page: Page, path: string) {
  await page.getByTestId("file").setInputFiles(path);
  await expect(page).toHaveURL(/photo=[0-9a-f]{12}/);
  await settled(page);
}

// The server cuts a garment out with some of what is around it, which is black here, and several drawn items are almost the same: its own
// item is among the first, and not always the first.
async function finds(page: Page, piece: Piece) {
  await settled(page);
  await expect(async () => expect((await title(cards(page)).allTextContents()).slice(0, 5)).toContain(piece.title)).toPass();
}

const boxOf = (page: Page) => new URL(page.url()).searchParams.get("box")?.split(",").map(Number);

// A photo of two garments, one in its left half and one in its right half.
const test = base.extend<{ two: [Piece, Piece]; photo: string }, { detecting: Fit }>({
  detecting: [
    async ({}, use) => {
      const data = tempDir();
      const fit = await startDetecting(data, process.env.FIT_SAMPLE ?? "");
      await use(fit);
      await fit.stop();
      remove(data);
    },
    { scope: "worker", timeout: 240_000 },
  ],
  url: async ({ detecting }, use) => use(detecting.url),
  two: async ({ pieces }, use) => use([pieces[3]!, pieces[40]!]),
  photo: async ({ page, two: [left, right] }, use) => use(await compose(page, [{ photo: left.photo, at: [1, 1] }, { photo: right.photo, at: [3, 2] }])),
});

// The layout shift of the page that no person has caused.
const watchShift = (page: Page) =>
  page.addInitScript(() => {
    Object.assign(window, { shift: 0 });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        if (!entry.hadRecentInput) (window as unknown as { shift: number }).shift += entry.value;
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
const shiftOf = (page: Page) => page.evaluate(() => (window as unknown as { shift: number }).shift);

// The place of the garment in the left or right half of the photo.
async function inHalf(page: Page, half: "left" | "right"): Promise<Locator> {
  const photo = (await example(page).locator(".over-photo-area").boundingBox())!;
  for (let i = 0; i < (await dots(page).count()); ++i) {
    const dot = (await dots(page).nth(i).boundingBox())!;
    const isLeft = dot.x + dot.width / 2 < photo.x + photo.width / 2;
    if (isLeft === (half === "left")) return garments(page).nth(i);
  }
  throw new Error(`no garment in the ${half} half`);
}

test("each garment of a photo is searched with by itself, and the back button leads back", onPhone, async ({ page, two, photo }) => {
  await page.goto("/");
  await choose(page, photo);
  await expect(garments(page)).toHaveCount(2);
  await expect(dots(page)).toHaveCount(2);
  await expect(whole(page)).toHaveAttribute("aria-pressed", "true");
  await showWeaker(page);
  for (const [i, half] of (["left", "right"] as const).entries()) {
    const garment = await inHalf(page, half);
    await garment.click();
    await expect(page).toHaveURL(/[?&]box=/);
    await expect(garment).toHaveAttribute("aria-pressed", "true");
    await finds(page, two[i]!);
  }
  await page.goBack();
  await expect(await inHalf(page, "left")).toHaveAttribute("aria-pressed", "true");
  await finds(page, two[0]);
  await page.goBack();
  await expect(whole(page)).toHaveAttribute("aria-pressed", "true");
  await expect(page).not.toHaveURL(/box=/);
});

test("a photo that is about one garment is searched with as that garment", async ({ page, two }) => {
  await page.goto("/");
  await choose(page, await compose(page, [{ photo: two[0].photo, at: [1, 1] }]));
  await expect(page).toHaveURL(/[?&]box=/);
  await showWeaker(page);
  await finds(page, two[0]);
  const row = page.getByRole("group", { name: "Part of the photo" });
  await expect(row.getByRole("button", { name: NAME })).toHaveAttribute("aria-pressed", "true");
  await row.getByRole("button", { name: "Whole photo" }).click();
  await expect(page).not.toHaveURL(/box=/);
});

test("a garment is chosen with the keyboard, and still there after a reload", async ({ page, photo }) => {
  let asked = 0;
  page.on("request", (request) => (asked += Number(request.url().endsWith("/api/v1/detect"))));
  await page.goto("/");
  await choose(page, photo);
  await dots(page).first().focus();
  await expect(dots(page).first()).toHaveAccessibleName(NAME);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/[?&]box=/);
  const box = boxOf(page);
  await expect(page).toHaveURL(/#p=/);
  await page.reload();
  await settled(page);
  expect(boxOf(page)).toEqual(box);
  await expect(garments(page).and(page.locator("[aria-pressed=true]"))).toHaveCount(1);
  expect(asked).toBe(1); // the photo keeps its garments
  await page.keyboard.press("Tab");
  await dots(page).first().focus();
  await page.keyboard.press("Enter");
  await expect(page).not.toHaveURL(/box=/);
});

test("fingers hit the garments, and nothing moves when they come", onPhone, async ({ page, photo, phone }) => {
  await watchShift(page);
  await page.goto("/");
  await choose(page, photo);
  await expect(garments(page).first()).toBeVisible();
  await page.waitForLoadState("networkidle");
  expect(await shiftOf(page)).toBeLessThanOrEqual(0.05);
  const area = (await example(page).locator(".example-photo").boundingBox())!;
  for (const dot of await dots(page).all()) {
    const box = (await dot.boundingBox())!;
    expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(FINGER);
    expect(box.x).toBeGreaterThanOrEqual(area.x - 1);
    expect(box.x + box.width).toBeLessThanOrEqual(area.x + area.width + 1);
    await dot.click({ trial: true });
  }
  for (const tab of await row(page).getByRole("button").all()) expect((await tab.boundingBox())!.height).toBeGreaterThanOrEqual(FINGER);
  // The first row of results is seen without scrolling.
  await showWeaker(page);
  await expect(cards(page).first()).toBeVisible();
  if (phone) expect((await cards(page).first().boundingBox())!.y + 100).toBeLessThan(page.viewportSize()!.height);
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
});

test("the frame is dragged, and a second correction replaces the first", async ({ page, photo }) => {
  await page.goto("/");
  await choose(page, photo);
  await (await inHalf(page, "left")).click();
  await settled(page);
  const found = boxOf(page)!;
  const frame = page.getByRole("group", { name: "Part of the photo to search with" });
  const drag = async (dx: number) => {
    const handle = (await example(page).locator(".ReactCrop__drag-handle.ord-se").boundingBox())!;
    await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
    await page.mouse.down();
    await page.mouse.move(handle.x + handle.width / 2 + dx, handle.y + handle.height / 2, { steps: 4 });
    await page.mouse.up();
  };
  await expect(frame).toBeVisible();
  await drag(-20);
  await expect.poll(() => boxOf(page)?.[2]).toBeLessThan(found[2]!);
  const once = boxOf(page)!;
  await settled(page);
  await drag(-12);
  await expect.poll(() => boxOf(page)?.[2]).toBeLessThan(once[2]!);
  await page.goBack();
  await expect.poll(() => boxOf(page)).toEqual(found);
});

test("the crop begins with the garment that is searched with, and knows the others", onPhone, async ({ page, photo }) => {
  await page.goto("/");
  await choose(page, photo);
  await (await inHalf(page, "left")).click();
  await settled(page);
  const left = boxOf(page)!;
  await page.getByRole("button", { name: "Crop to one garment" }).click();
  const dialog = page.getByRole("dialog", { name: "Crop to one garment" });
  await expect(dialog.locator(".garment-dot[aria-pressed=true]")).toHaveCount(1);
  await check(page, { within: ".dialog" });
  await dialog.locator(".garment-dot[aria-pressed=false]").first().click();
  await dialog.getByRole("button", { name: "Search this part" }).click();
  await expect(dialog).toHaveCount(0);
  await expect.poll(() => boxOf(page)).not.toEqual(left);
  await page.getByRole("button", { name: "Crop to one garment" }).click();
  await dialog.getByRole("button", { name: "Use the whole photo" }).click();
  await expect.poll(() => boxOf(page)).toBeUndefined();
});

test("a part of an item's photo is searched with", onPhone, async ({ page, url, two }) => {
  const response = await fetch(`${url}/api/v1/items?${new URLSearchParams({ source: "sample", external_id: two[0].external_id! })}`);
  const { id } = (await response.json()) as { id: string };
  await page.goto(`/items/${id}`);
  await page.getByRole("button", { name: "Find similar to this part" }).click();
  const dialog = page.getByRole("dialog", { name: "Crop to one garment" });
  await dialog.getByRole("button", { name: "Search this part" }).click();
  await expect(page).toHaveURL(/photo=[0-9a-f]{12}&box=/);
  await settled(page);
  await expect(page.getByRole("button", { name: "Whole photo" })).toHaveAttribute("aria-pressed", "false");
  // Nothing in the sample needs to be close to a part.
  await showWeaker(page);
  await expect(cards(page).first()).toBeVisible();
});

test("pages with garments pass axe", onPhone, async ({ page, photo }) => {
  await page.goto("/");
  await choose(page, photo);
  await expect(garments(page).first()).toBeVisible();
  await check(page, { dark: true });
  await garments(page).first().click();
  await settled(page);
  await check(page, { within: ".example", dark: true });
});

test("where garments cannot be found, the photo is searched with as before", onPhone, async ({ page, photo }) => {
  await page.route("**/api/v1/detect", (route) => route.fulfill({ status: 500, json: {} }));
  await page.goto("/");
  await choose(page, photo);
  await expect(example(page).getByRole("img", { name: "Your photo" })).toBeVisible();
  await expect(page).not.toHaveURL(/box=/);
  await expect(page.locator(".garment-dot, .look-tabs")).toHaveCount(0);
});
