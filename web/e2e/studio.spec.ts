import { cards, expect, onPhone, settled, test } from "./test";

test("what was searched for and opened is found again, and cleared", onPhone, async ({ page }) => {
  await page.goto("/?q=denim+jacket");
  await settled(page);
  await cards(page).first().getByRole("link").first().click();
  await expect(page.locator(".item-facts h1")).toBeVisible();
  const title = await page.locator(".item-facts h1").innerText();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Recent" }).click();
  await expect(page).toHaveTitle(/^Recent/);
  await expect(page.getByRole("link", { name: "denim jacket", exact: true })).toBeVisible();
  await expect(page.getByRole("main").getByRole("link", { name: title }).first()).toBeVisible();
  await page.getByRole("link", { name: "denim jacket", exact: true }).click();
  await expect(page).toHaveURL(/q=denim\+jacket/);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Recent" }).click();
  await page.getByRole("button", { name: "Clear all" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Clear all" }).click();
  await expect(page.getByRole("heading", { name: "Nothing yet" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Nothing yet" })).toBeVisible();
});

test("former addresses lead to the studio, which leads back to the shop", onPhone, async ({ page }) => {
  for (const path of ["catalogue", "queues", "clusters", "operations"]) {
    await page.goto(`/${path}`);
    await expect(page).toHaveURL(new RegExp(`/studio/${path}$`));
  }
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Overview" }).click();
  await page.getByRole("main").getByRole("link", { name: /^Sources/ }).click();
  await expect(page).toHaveURL(/\/studio\/sources$/);
  await page.getByRole("link", { name: "Back to the shop" }).click();
  await expect(cards(page).first()).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /Catalogue|Operations/ })).toHaveCount(0);
});
