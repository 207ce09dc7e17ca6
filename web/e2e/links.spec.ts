import { cards, choose, expect, onPhone, settled, test, title } from "./test";

// The dialog's link, once it is made.
const linkOf = async (page: import("@playwright/test").Page) => {
  const field = page.getByRole("dialog", { name: "Share this search" }).getByLabel("Link", { exact: true });
  await expect(field).toHaveValue(/\/s\/[a-z2-9]{13}/);
  return field.inputValue();
};
const openShare = (page: import("@playwright/test").Page) => page.getByRole("button", { name: "Share this search" }).click();
const titles = (page: import("@playwright/test").Page) => cards(page).locator(".card-title").allTextContents();

test("a search by words and filters is shared by a short link", onPhone, async ({ page, browser }) => {
  await page.goto("/?q=dress&primary_color=blue&price=-200");
  await settled(page);
  const found = await titles(page);
  await openShare(page);
  const link = await linkOf(page);
  await page.screenshot({ path: "test-results/share-words.png" });
  const other = await (await browser.newContext()).newPage();
  await other.goto(link);
  await expect(other).toHaveURL(/\/\?q=dress&primary_color=blue&price=-200$/);
  await settled(other);
  expect(await titles(other)).toEqual(found);
  await other.context().close();
});

test("a photo goes with a link only if its sender agrees", async ({ page, browser, pieces }) => {
  const piece = pieces[9]!;
  await page.goto("/");
  await choose(page, piece.photo);
  await openShare(page);
  const dialog = page.getByRole("dialog", { name: "Share this search" });
  const consent = dialog.getByLabel("Include my photo for 30 days");
  await expect(consent).not.toBeChecked();
  await page.screenshot({ path: "test-results/share-photo.png" });
  await dialog.getByRole("button", { name: "Create the link" }).click();
  expect(await linkOf(page)).toContain("#p=");
  await dialog.getByRole("button", { name: "Close" }).click();

  await openShare(page);
  await consent.check();
  await dialog.getByRole("button", { name: "Create the link" }).click();
  const link = await linkOf(page);
  expect(link).not.toContain("#");
  const receiver = await browser.newContext();
  const other = await receiver.newPage();
  await other.goto(link);
  await expect(other).toHaveURL(/\/\?photo=[0-9a-f]{12}/);
  await settled(other);
  await expect(title(cards(other).first())).toHaveText(piece.title!);

  // The sender ends it.
  await dialog.getByRole("button", { name: "Delete the link" }).click();
  await expect(page.getByText("The link no longer works")).toBeVisible();
  await other.goto(link);
  await expect(other.getByRole("heading", { name: "This link does not work" })).toBeVisible();
  await receiver.close();
});

test("an item is shared by the address of its page", async ({ page, context, url }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/items/1");
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await expect(page.getByText("Link copied")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${url}/items/1`);
  const html = await (await fetch(`${url}/items/1`)).text();
  expect(html).toContain('<script type="application/ld+json">');
});
