import { cards, check, choose, expect, onPhone, settled, test as base, title } from "./test";
import type { Piece } from "./pieces";

// A piece with three photos, and the path of its page.
const test = base.extend<{ piece: Piece; path: string }>({
  piece: async ({ pieces }, use) => use(pieces.find((one) => (one.images ?? "").split("|").length >= 3)!),
  path: async ({ piece, url }, use) => {
    const response = await fetch(`${url}/api/v1/items?${new URLSearchParams({ source: "sample", external_id: piece.external_id! })}`);
    const { id } = (await response.json()) as { id: string };
    await use(`/items/${id}`);
  },
});

test("an item shows its photos, properties and origin", onPhone, async ({ page, path, piece }) => {
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(piece.title!);
  await expect(page.getByText(piece.description!.slice(0, 30))).toBeVisible();
  const facts = page.locator(".item-facts");
  await expect(facts).toContainText(`Category${piece.category}`);
  await expect(facts).not.toContainText("from the seller");
  await facts.getByRole("button", { name: "Where is this from?" }).click();
  await expect(facts).toContainText(`Category${piece.category}from the seller`);
  await expect(facts).toContainText(`Shopsample`);
  await expect(facts.getByRole("link", { name: /^Open at/ })).toHaveAttribute("href", /./);
  await expect(page).toHaveTitle(`${piece.title!} – Find This Fit`);
  const gallery = page.getByRole("region", { name: "Photos" });
  await expect(gallery.getByRole("img", { name: "Photo 1 of 3" })).toBeVisible();
  await gallery.getByRole("button", { name: "Next photo" }).click();
  await expect(gallery.getByRole("img", { name: "Photo 2 of 3" })).toBeVisible();
  await gallery.getByRole("button", { name: "Show photo 3" }).click();
  await expect(gallery.getByRole("button", { name: "Show photo 3" })).toHaveAttribute("aria-current", "true");
});

test("the photo is wholly visible at usual sizes", onPhone, async ({ page, path, phone }) => {
  await page.goto(path);
  const sizes = phone ? [{ width: 390, height: 844 }, { width: 360, height: 640 }, { width: 844, height: 390 }] : [{ width: 1280, height: 720 }, { width: 1366, height: 768 }, { width: 1920, height: 1080 }];
  const image = page.locator(".gallery-main img");
  await expect(image).toHaveJSProperty("complete", true);
  for (const size of sizes) {
    await page.setViewportSize(size);
    // The boxes are measured one after another, and the layout may change between them.
    await expect(async () => {
      const [frame, photo] = [(await page.locator(".gallery-main").boundingBox())!, (await image.boundingBox())!];
      for (const [inner, outer] of [[photo.y, frame.y], [photo.x, frame.x]] as const) expect(inner).toBeGreaterThanOrEqual(outer - 1);
      expect(photo.y + photo.height).toBeLessThanOrEqual(frame.y + frame.height + 1);
      expect(photo.x + photo.width).toBeLessThanOrEqual(frame.x + frame.width + 1);
      if (phone) return;
      const thumbs = (await page.locator(".thumbs").boundingBox())!;
      expect(thumbs.y + thumbs.height).toBeLessThanOrEqual(size.height);
    }).toPass();
    await expect(image).toHaveCSS("object-fit", "contain");
  }
});

test("any of its photos starts a search", async ({ page, path, piece }) => {
  await page.goto(path);
  await page.getByRole("button", { name: "Show photo 2" }).click();
  await page.getByRole("button", { name: "Search with this photo" }).click();
  await expect(page).toHaveURL(/\/\?photo=/);
  await settled(page);
  await expect(title(cards(page).first())).toHaveText(piece.title!);
});

test("a part of a photo starts a search, which can go back to the whole photo", async ({ page, path }) => {
  await page.goto(path);
  await page.getByRole("button", { name: "Find similar to this part" }).click();
  const dialog = page.getByRole("dialog", { name: "Crop to one garment" });
  await expect(dialog.locator("img").first()).toBeVisible();
  await dialog.getByRole("button", { name: "Search this part" }).click();
  await expect(page).toHaveURL(/\/\?photo=/);
  await settled(page);
  await expect(page.getByRole("img", { name: "Your photo" })).toBeVisible();
  await page.getByRole("button", { name: "Crop to one garment" }).click();
  await page.getByRole("button", { name: "Use the whole photo" }).click();
  await settled(page);
  await expect(cards(page)).not.toHaveCount(0);
});

test("photos are zoomed, and turned by arrow keys", onPhone, async ({ page, path }) => {
  await page.goto(path);
  await expect(page.getByRole("img", { name: "Photo 1 of 3" })).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("img", { name: "Photo 2 of 3" })).toBeVisible();
  await page.getByRole("button", { name: "Zoom the photo" }).click();
  const box = page.getByRole("dialog", { name: "Photo 2 of 3" });
  const photo = box.getByRole("img", { name: "Photo 2 of 3" });
  const [size, window] = [(await photo.boundingBox())!, page.viewportSize()!];
  expect(size.x + size.width).toBeLessThanOrEqual(window.width + 1);
  expect(size.y + size.height).toBeLessThanOrEqual(window.height + 1);
  await check(page, { within: ".lightbox" });
  await box.getByRole("button", { name: "Enlarge" }).click();
  await expect.poll(async () => (await photo.boundingBox())!.width).toBeGreaterThan(size.width * 2);
  await expect.poll(() => page.locator(".lightbox-photo").evaluate((one) => one.scrollLeft)).toBeGreaterThan(0);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Zoom the photo" })).toBeFocused();
});

test("similar pieces and more from the source are linked", async ({ page, path }) => {
  await page.goto(path);
  const similar = page.getByRole("region", { name: "Similar items" });
  await expect(similar.getByRole("listitem")).toHaveCount(12);
  await expect(page.getByRole("region", { name: "More from sample" }).getByRole("listitem")).toHaveCount(12);
  const before = page.url();
  await similar.locator(".card-link").first().click();
  await expect(page).not.toHaveURL(before);
  await page.locator(".item-facts").getByRole("button", { name: "Find similar" }).click();
  await expect(page).toHaveURL(/item=\d+/);
});

test("a result leads to its item, and back returns to the results", async ({ page, path, piece }) => {
  await page.goto("/");
  await choose(page, piece.photo);
  await cards(page).first().locator(".card-link").click();
  await expect(page).toHaveURL(new RegExp(`${path}\\b`));
  await page.getByRole("button", { name: "Back", exact: true }).click();
  await expect(page).toHaveURL(/photo=/);
  await expect(cards(page)).not.toHaveCount(0);
});

test("a missing item is reported", async ({ page }) => {
  await page.goto("/items/999999");
  await expect(page.getByRole("heading", { name: "This item is no longer in the catalogue" })).toBeVisible();
});
