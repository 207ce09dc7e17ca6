import { cards, check, choose, expect, settled, test } from "./test";

for (const scheme of ["light", "dark"] as const) {
  test(`every page passes axe, ${scheme}`, async ({ page, pieces, phone }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await page.goto("/");
    await expect(cards(page).first()).toBeVisible();
    await check(page);
    await choose(page, pieces[9]!.photo);
    await cards(page).nth(2).getByRole("button", { name: /^Like/ }).click();
    await settled(page);
    await check(page);
    if (phone) {
      await page.getByRole("button", { name: /^Filters/ }).click();
      await expect(page.getByRole("dialog", { name: "Filters" })).toBeVisible();
      await check(page);
      await page.keyboard.press("Escape");
    }
    await page.goto("/?q=jeans&price=5000-");
    await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
    await check(page);
    await page.goto("/items/1");
    await expect(page.getByRole("region", { name: "Similar pieces" }).getByRole("listitem")).toHaveCount(12);
    await check(page);
    await page.goto("/catalogue");
    await expect(page.locator(".pieces tbody tr").first()).toBeVisible();
    await check(page);
    await page.getByRole("button", { name: /^Edit/ }).first().click();
    await expect(page.getByRole("dialog", { name: "Edit" })).toBeVisible();
    await check(page);
    await page.goto("/operations");
    await expect(page.getByText("All parts are healthy")).toBeVisible();
    await check(page);
  });
}

test("the keyboard reaches everything", async ({ page, phone }) => {
  test.skip(phone, "for keyboards");
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
  await settled(page);
  const more = cards(page).first().getByRole("button", { name: "More like this" });
  await more.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/item=/);
  await page.keyboard.press("Escape");
});

test("the chosen theme survives a reload", async ({ page }) => {
  await page.goto("/");
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  const button = page.getByRole("button", { name: /^Colour scheme/ });
  await button.click();
  await button.click();
  await expect(button).toHaveAccessibleName("Colour scheme: Dark");
  expect(await ground()).not.toBe(light);
  await page.reload();
  await expect(page.getByRole("button", { name: "Colour scheme: Dark" })).toBeVisible();
  expect(await ground()).not.toBe(light);
});
