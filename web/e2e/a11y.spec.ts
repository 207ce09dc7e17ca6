import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { tempDir } from "./fit";
import { cards, check, choose, expect, onPhone, openActions, own, settled, test } from "./test";

const DIALOG = ".dialog";

test.describe("axe finds nothing on", () => {
  test.describe.configure({ timeout: 270_000 }); // axe takes seconds a page

  test("the pages of search", onPhone, async ({ page, pieces, phone }) => {
    await page.goto("/");
    await expect(cards(page).first()).toBeVisible();
    await check(page, { dark: true });
    await choose(page, pieces[9]!.photo);
    await openActions(page, cards(page).nth(2));
    await check(page, { within: ".menu" });
    await page.getByRole("menuitemcheckbox", { name: "More like this" }).click();
    await expect(page).toHaveURL(/like=/);
    await settled(page);
    await check(page);
    if (phone) {
      await page.getByRole("button", { name: /^Filters/ }).click();
      await expect(page.getByRole("dialog", { name: "Filters" })).toBeVisible();
      await check(page, { dark: true });
      await page.keyboard.press("Escape");
    }
    await page.goto("/?q=jeans&price=5000-");
    await expect(page.getByRole("heading", { name: "No results for “jeans”" })).toBeVisible();
    await check(page);
  });

  test("the pages of pieces", onPhone, async ({ page }) => {
    await page.goto("/items/1");
    await expect(page.getByRole("region", { name: "Similar items" }).getByRole("listitem")).toHaveCount(12);
    await check(page);
    await page.goto("/catalogue");
    await expect(page.locator(".pieces tbody tr").first()).toBeVisible();
    await check(page);
    await page.getByRole("button", { name: /^Edit/ }).first().click();
    await expect(page.getByRole("dialog", { name: "Edit" })).toBeVisible();
    await check(page);
  });

  test("the overview of the studio and what was seen last", onPhone, async ({ page }) => {
    await page.goto("/recent");
    await expect(page.getByRole("heading", { name: "Nothing yet" })).toBeVisible();
    await check(page);
    await page.goto("/items/1");
    await expect(page.locator(".item-facts h1")).toBeVisible();
    await page.getByRole("link", { name: "Recent" }).click();
    await expect(page.getByRole("list").getByRole("link").last()).toHaveAttribute("href", "/items/1");
    await check(page, { dark: true });
    await page.goto("/studio");
    await expect(page.getByRole("main").getByRole("link", { name: /^Catalogue/ })).toBeVisible();
    await check(page, { dark: true });
  });

  test("the pages of files, of operation and of sources", onPhone, async ({ page }) => {
    await page.goto("/uploads");
    await expect(page.getByRole("button", { name: "Choose files" })).toBeVisible();
    await check(page);
    await page.goto("/operations");
    await expect(page.getByText("All systems operational")).toBeVisible();
    await check(page);
    await page.goto("/sources");
    await expect(page.getByRole("heading", { name: "No source yet" })).toBeVisible();
    await check(page);
    await page.getByRole("button", { name: "Add a source" }).click();
    await expect(page.getByRole("dialog", { name: "Add a source" })).toBeVisible();
    await check(page, { within: DIALOG });
  });

  test("the pages of captures and alerts", onPhone, async ({ page }) => {
    await page.goto("/bookmarklet");
    await expect(page.getByRole("link", { name: "Add to Find This Fit" })).toBeVisible();
    await check(page);
    await page.goto("/?q=jeans");
    await page.getByRole("button", { name: "Tell me when something like this appears" }).click();
    await expect(page.getByRole("dialog", { name: "Tell me when something like this appears" })).toBeVisible();
    await check(page, { within: DIALOG });
    await page.goto("/saved-searches");
    await expect(page.getByRole("heading", { name: "No saved search yet" })).toBeVisible();
    await check(page);
  });
});

test("the keyboard reaches everything", async ({ page }) => {
  await page.goto("/");
  await expect(cards(page).first()).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#main")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("Search words")).toBeFocused();
  await page.keyboard.type("jeans");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/q=jeans/);
  await settled(page);
  const more = cards(page).first().getByRole("button", { name: /^More actions for/ });
  await more.focus();
  await page.keyboard.press("Enter");
  const similar = page.getByRole("menuitem", { name: "Find similar" });
  await expect(similar).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(more).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(similar).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/item=/);
  await page.keyboard.press("Escape");
});

// Moves the focus by the Tab key until it is on something.
async function tabTo(page: Page, what: Locator, most = 120) {
  for (let i = 0; i < most; ++i) {
    if (await what.evaluate((one) => one === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  await expect(what).toBeFocused();
}

own("by keyboard alone somebody searches, filters, saves the search and imports", async ({ page, fit, pieces }) => {
  const row = (n: number, size: string) => JSON.stringify({ external_id: String(n), title: "Wool coat", size, category: "outerwear", image_base64: readFileSync(pieces[n]!.photo).toString("base64") });
  const rows = ["M", "medium", "38"].map((size, n) => row(n, size)).join("\n");
  const imported = await fetch(`${fit.url}/api/v1/items/import?source=shop`, { method: "POST", headers: { "Content-Type": "application/x-ndjson" }, body: rows });
  expect(imported.status).toBe(200);
  await page.goto("/");
  await expect(cards(page).first()).toBeVisible();
  await page.keyboard.press("/");
  await expect(page.getByLabel("Search words")).toBeFocused();
  await page.keyboard.type("wool coat");
  await page.keyboard.press("Enter");
  await settled(page);
  const sizes = page.getByRole("button", { name: "Size", exact: true });
  await tabTo(page, sizes);
  await page.keyboard.press("Enter");
  await check(page, { within: "aside" });
  await tabTo(page, page.getByRole("group", { name: "Letters" }).getByRole("checkbox", { name: /^M/ }));
  await page.keyboard.press("Space");
  await expect(page).toHaveURL(/size=M/);
  await settled(page);
  await expect(cards(page)).toHaveCount(2);
  await tabTo(page, page.getByRole("button", { name: "Tell me when something like this appears" }));
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await tabTo(page, dialog.getByRole("button", { name: "Save" }));
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await page.goto("/studio/catalogue");
  const path = join(tempDir(), "more.ndjson");
  writeFileSync(path, row(5, "L"));
  const chooser = page.waitForEvent("filechooser");
  await tabTo(page, page.getByRole("button", { name: "Choose a file" }));
  await page.keyboard.press("Enter");
  await (await chooser).setFiles(path);
  const go = page.getByRole("button", { name: "Import more.ndjson" });
  await expect(go).toBeVisible();
  await tabTo(page, go);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Import finished" })).toBeVisible();
});

test("the chosen theme survives a reload", async ({ page }) => {
  await page.goto("/");
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  const button = page.getByRole("button", { name: /^Colour scheme/ });
  await button.click();
  await button.click();
  await expect(button).toHaveAccessibleName("Colour scheme: Dark");
  await expect.poll(ground).not.toBe(light);
  await page.reload();
  await expect(page.getByRole("button", { name: "Colour scheme: Dark" })).toBeVisible();
  await expect.poll(ground).not.toBe(light);
});
