import { copyOf, remove } from "./fit";
import { EDITOR, PASSWORD, ROOT } from "./people";
import { check, expect, onPhone, own } from "./test";

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
  await page.getByLabel("E-mail").fill(EDITOR);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
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
  await expect(page.getByText("worn 1 time", { exact: true })).toBeVisible();
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
  await page.getByLabel("E-mail").fill(EDITOR);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
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
