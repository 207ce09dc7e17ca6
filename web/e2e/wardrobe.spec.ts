import { copyOf, remove } from "./fit";
import { EDITOR, ROOT, signIn } from "./people";
import { check, expect, onPhone, own, ready } from "./test";

// Each test has a copy of the catalogue with users, and a server that asks who is there.
const test = own.extend({
  data: async ({}, use) => {
    const folder = copyOf(process.env.FIT_PEOPLE ?? "");
    await use(folder);
    remove(folder);
  },
});
test.use({ settings: { API_KEY: ROOT } });

test("garments are added by photo, corrected, worn, filtered and deleted", onPhone, async ({ page, pieces }) => {
  await page.goto("/wardrobe");
  await signIn(page, EDITOR);
  await expect(page.getByRole("heading", { name: "Your wardrobe is empty" })).toBeVisible();
  await page.locator('input[type="file"][multiple]').setInputFiles(pieces.slice(0, 3).map((piece) => piece.photo));
  const garments = page.getByRole("list", { name: "Garments" }).getByRole("listitem");
  await expect(garments).toHaveCount(3);
  await expect(page.getByRole("region", { name: "Being sent" })).toHaveCount(0);

  await garments.first().getByRole("link").click();
  await expect(page).toHaveTitle(/^Garment/);
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Edit the garment" });
  await dialog.getByLabel("Name").fill("Winter coat");
  await dialog.getByLabel("Price").fill("120");
  await dialog.getByLabel("Currency").fill("EUR");
  await dialog.getByLabel("Category").selectOption("outerwear");
  await dialog.getByLabel("Colour", { exact: true }).selectOption("burgundy");
  await check(page, { within: "[role=dialog]" });
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Winter coat" })).toBeVisible();
  await expect(page.locator(".properties div", { hasText: "Colour" }).first()).toContainText("burgundystated by you");
  await page.getByRole("button", { name: "Worn today" }).click();
  await expect(page.getByText("worn once", { exact: true })).toBeVisible();
  await expect(page.getByRole("list", { name: "Days of wear" }).getByRole("listitem")).toHaveCount(1);
  await page.getByRole("button", { name: "Make it a listing" }).click();
  await expect(page.getByRole("link", { name: "Open the listing" })).toBeVisible();
  await check(page);

  await page.getByRole("link", { name: "All garments" }).click();
  const filters = page.getByRole("search", { name: "Filters" });
  await expect(garments).toHaveCount(3);
  await filters.getByLabel("Colour").selectOption("burgundy");
  await expect(garments).toHaveCount(1);
  await expect(garments).toContainText("Winter coat");
  await filters.getByRole("checkbox", { name: "Never worn" }).check();
  await expect(page.getByText("No garment is like that.")).toBeVisible();
  await filters.getByRole("checkbox", { name: "Never worn" }).uncheck();
  await filters.getByLabel("Colour").selectOption("");
  await filters.getByLabel("Part of an outfit").selectOption("outer_layer");
  await filters.getByLabel("Find").fill("winter");
  await expect(garments).toHaveCount(1);
  await check(page);

  await garments.getByRole("link").click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("Deleted", { exact: true })).toBeVisible();
  await expect(page).toHaveURL(/\/wardrobe$/);
  await expect(garments).toHaveCount(2);
});

test("a table of garments goes out and comes in", async ({ page }) => {
  await page.goto("/wardrobe");
  await signIn(page, EDITOR);
  await expect(page.getByRole("heading", { name: "Your wardrobe is empty" })).toBeVisible();
  const read = (text: string) => page.locator('input[accept^=".csv"]').setInputFiles({ name: "wardrobe.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await read("name,category\nHat,xyzzy\n");
  await expect(page.getByRole("alert").filter({ hasText: "category" })).toBeVisible();
  await read("name,price,currency,worn_on\nRed coat,120,EUR,2026-03-01\nHat,,,\n");
  await expect(page.getByText("2 garments added, 0 replaced.")).toBeVisible();
  await expect(page.getByRole("list", { name: "Garments" }).getByRole("listitem")).toHaveCount(2);
  await expect(page.getByRole("region", { name: "In numbers" })).toContainText("1 garment was never worn.");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download the table" }).click()]);
  expect(file.suggestedFilename()).toBe("wardrobe.csv");
});

test("garments are taken one after the other without leaving the camera", onPhone, async ({ page }) => {
  await page.goto("/wardrobe");
  await signIn(page, EDITOR);
  await page.getByRole("button", { name: "Take a photo" }).click();
  const dialog = page.getByRole("dialog", { name: "Add garments" });
  const shutter = dialog.getByRole("button", { name: "Take the photo" });
  for (let i = 1; i <= 3; ++i) {
    await shutter.click();
    await expect(dialog.getByRole("status").filter({ hasText: `${i} photo` })).toBeVisible();
  }
  await expect(dialog.getByText("Sent", { exact: true })).toHaveCount(3);
  await check(page, { within: "[role=dialog]" });
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("list", { name: "Garments" }).getByRole("listitem")).toHaveCount(3);
});

test.describe("on a device without a network", () => {
  test.use({ serviceWorkers: "allow" });

  test("the wardrobe is read, and is gone after the sign-out", async ({ page, context, pieces }) => {
    await page.goto("/wardrobe");
    await signIn(page, EDITOR);
    await page.evaluate(ready);
    await page.locator('input[type="file"][multiple]').setInputFiles(pieces.slice(0, 2).map((piece) => piece.photo));
    const garments = page.getByRole("list", { name: "Garments" }).getByRole("listitem");
    await expect(garments).toHaveCount(2);
    // A photo is shown itself until a worker has made its thumbnail.
    await expect(async () => {
      await page.reload();
      await expect(garments.locator('img[src$="/thumbnail"]')).toHaveCount(2, { timeout: 3_000 });
    }).toPass();
    const copied = () => page.evaluate(async () => ((await caches.has("wardrobe")) ? (await (await caches.open("wardrobe")).keys()).length : 0));
    await expect.poll(copied).toBe(3); // the list and two thumbnails
    await context.setOffline(true);
    await page.reload();
    await expect(page.getByText(/^Without a connection: the wardrobe as of /)).toBeVisible();
    await expect(garments).toHaveCount(2);
    await expect.poll(() => garments.locator("img").evaluateAll((images) => images.every((one) => (one as HTMLImageElement).naturalWidth > 0))).toBe(true);
    await garments.first().getByRole("link").click();
    await expect(page.getByRole("button", { name: "Worn today" })).toBeDisabled();
    await check(page);
    await context.setOffline(false);
    await expect(page.getByRole("button", { name: "Worn today" })).toBeEnabled();
    await page.getByRole("button", { name: /^Menu of|^Account/ }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page).toHaveURL(/\/$/);
    expect(await page.evaluate(() => caches.keys().then((names) => names.filter((name) => !name.startsWith("shell-"))))).toEqual([]);
  });
});
