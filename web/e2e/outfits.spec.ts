import { check, expect, onPhone, test } from "./test";

test("outfits are made, and a piece is swapped", onPhone, async ({ page }) => {
  await page.goto("/outfits");
  const first = page.getByRole("region", { name: "Outfit 1" });
  const pieces = first.getByRole("list", { name: "Items of outfit 1" }).locator("> li");
  await expect(pieces.first()).toBeVisible();
  const addresses = () => pieces.locator("a.outfit-title").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  const before = await addresses();
  await check(page);
  const shoes = pieces.filter({ has: page.getByText("Shoes", { exact: true }) });
  const worn = (await shoes.locator("a.outfit-title").getAttribute("href")) ?? "";
  await shoes.getByRole("button", { name: /^Swap this item: Shoes/ }).click();
  await expect(shoes.locator("a.outfit-title")).not.toHaveAttribute("href", worn);
  const after = await addresses();
  expect(after).toHaveLength(before.length);
  expect(after.filter((one) => !before.includes(one))).toHaveLength(1);
  const again = page.waitForRequest((request) => request.url().endsWith("/recommend") && (request.postData() ?? "").includes("seed"));
  await page.getByRole("button", { name: "Show other outfits" }).click();
  await again;
  await expect(pieces.first()).toBeVisible();
});

test("a piece leads to outfits with it", async ({ page }) => {
  await page.goto("/outfits");
  const link = page.getByRole("region", { name: "Outfit 1" }).locator("a.outfit-title").first();
  const address = await link.getAttribute("href");
  await link.click();
  await page.getByRole("link", { name: "Outfits with this" }).click();
  await expect(page).toHaveURL(/\/outfits\?around=\d+$/);
  await expect(page.getByRole("region", { name: "Outfit 1" }).locator(`a[href="${address ?? ""}"]`)).toBeVisible();
});
