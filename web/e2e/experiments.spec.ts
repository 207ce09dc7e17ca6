import { check, expect, onPhone, own } from "./test";

own("an experiment is drafted, started, fed and ended", onPhone, async ({ page, fit, phone }) => {
  await page.goto("/experiments");
  await expect(page.getByRole("heading", { name: "There are no experiments yet" })).toBeVisible();
  await page.getByRole("button", { name: "New experiment" }).click();
  const dialog = page.getByRole("dialog", { name: "New experiment" });
  await dialog.getByLabel("Name", { exact: true }).fill("Fresh first");
  await dialog.getByRole("group", { name: "Variant B" }).getByLabel("Freshness").fill("0.5");
  await check(page, { within: ".dialog" });
  await dialog.getByRole("button", { name: "Save as a draft" }).click();
  const card = page.getByRole("list", { name: "Experiments" }).getByRole("listitem");
  await expect(card).toContainText("Draft");
  await card.getByRole("button", { name: "Start Fresh first" }).click();
  await expect(card.locator(".status")).toHaveText("Running");

  await page.request.post(`${fit.url}/api/v1/items/sample?first=0&items=12`);
  for (let i = 0; i < 4; i++) {
    const found = await page.request.post(`${fit.url}/api/v1/search`, { headers: { "X-Device-Id": String(i).repeat(32) }, data: { text: "dress" } });
    expect(found.status()).toBe(200);
  }
  await expect(async () => {
    await page.reload();
    await expect(card.getByText("Searches", { exact: true })).toBeVisible();
    await expect(card).toContainText("No winner yet");
  }).toPass();
  await check(page);
  if (phone) expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(page.viewportSize()!.width);

  await card.getByRole("button", { name: "End Fresh first" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "End" }).click();
  await expect(card.locator(".status")).toHaveText("Ended");
  await card.getByRole("button", { name: "Delete Fresh first" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(card).toHaveCount(0);
});
