import type { Page } from "@playwright/test";
import { copyOf, remove } from "./fit";
import { EDITOR, ROOT, signIn } from "./people";
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

// Saves outfits of items as the page does it.
const save = (page: Page, outfits: object[]) =>
  page.evaluate(async (bodies) => {
    for (const body of bodies) await fetch("/api/v1/outfits", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  }, outfits);
const of = (name: string, ...ids: string[]) => ({ name, pieces: ids.map((item_id) => ({ item_id })) });

test("outfits are compared, planned, worn, shared and deleted", onPhone, async ({ page, browser }) => {
  await page.goto("/outfits/saved");
  await signIn(page, EDITOR);
  await expect(page.getByRole("heading", { name: "No saved outfit yet" })).toBeVisible();
  await save(page, [of("Work", "1", "2", "3"), of("Party", "4", "5")]);
  await page.reload();
  const outfits = page.getByRole("list", { name: "Saved outfits" }).getByRole("listitem");
  await expect(outfits).toHaveCount(2);
  await page.getByRole("checkbox", { name: "Compare Work" }).check();
  await page.getByRole("checkbox", { name: "Compare Party" }).check();
  await check(page);
  await page.getByRole("button", { name: "Compare", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Compare outfits" });
  await expect(dialog.getByRole("columnheader")).toHaveCount(2);
  await check(page, { within: "[role=dialog]" });
  await page.keyboard.press("Escape");

  await page.getByRole("link", { name: "Plan", exact: true }).click();
  const days = page.getByRole("list", { name: "Week" }).locator("> li");
  await expect(days).toHaveCount(7);
  await days.nth(2).getByRole("button", { name: /^Plan an outfit for/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Party" }).click();
  await expect(days.nth(2).getByRole("link", { name: "Party" })).toBeVisible();
  await check(page);
  await page.getByRole("button", { name: "Month" }).click();
  await expect(page.getByRole("button", { name: /: 1 outfit$/ })).toBeVisible();
  await check(page);

  await page.getByRole("main").getByRole("link", { name: "Saved", exact: true }).click();
  await outfits.filter({ hasText: "Work" }).getByRole("link").click();
  await expect(page).toHaveTitle(/^Saved outfit/);
  await page.getByRole("button", { name: "Worn today: Work" }).click();
  await expect(page.getByRole("list", { name: "Worn on" }).getByRole("listitem")).toHaveCount(1);
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = await page.getByLabel("Link").inputValue();
  await check(page);
  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto(link);
  await expect(stranger.getByRole("heading", { name: "Work" })).toBeVisible();
  await expect(stranger.getByRole("list", { name: "Items" }).getByRole("listitem")).toHaveCount(3);
  await check(stranger);
  await page.getByRole("button", { name: "End the link" }).click();
  await expect(page.getByRole("button", { name: "Make a link" })).toBeVisible();
  await stranger.reload();
  await expect(stranger.getByRole("heading", { name: "This link does not work any more" })).toBeVisible();
  await stranger.context().close();

  await page.getByRole("button", { name: "Delete" }).click();
  await expect(outfits).toHaveCount(1);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(outfits).toHaveCount(2);
});
