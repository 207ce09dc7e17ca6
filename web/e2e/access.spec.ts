import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Browser, Page } from "@playwright/test";
import { copyOf, remove, type Fit } from "./fit";
import { EDITOR, OWNER, PASSWORD, ROOT, VIEWER, withKey } from "./people";
import { cards, check, expect, onPhone, own, settled } from "./test";

// Each test has a copy of the catalogue with users, and a server that asks who is there.
const test = own.extend({
  data: async ({}, use) => {
    const folder = copyOf(process.env.FIT_PEOPLE ?? "");
    await use(folder);
    remove(folder);
  },
});
test.use({ settings: { API_KEY: ROOT } });

async function signIn(page: Page, email: string, password = PASSWORD) {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

const menuItems = (page: Page) => page.getByRole("list", { name: "Account and access" }).getByRole("listitem");

async function openMenu(page: Page, item: string) {
  await page.getByRole("button", { name: /^Account/ }).click();
  await menuItems(page).filter({ hasText: item }).getByText(item, { exact: true }).click();
}

// A page of somebody else.
async function elsewhere(browser: Browser, fit: Fit): Promise<Page> {
  const context = await browser.newContext({ baseURL: fit.url });
  return context.newPage();
}

// The code of an authenticator app (RFC 6238).
function codeOf(secret: string, now = Date.now()): string {
  const bits = Array.from(secret, (digit) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(digit).toString(2).padStart(5, "0")).join("");
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const hash = createHmac("sha1", Buffer.from(bytes)).update(step).digest();
  const at = (hash.at(-1) ?? 0) & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

test("who signs in sees the page that was wanted, and nothing after signing out", async ({ page }) => {
  await page.goto("/catalogue");
  await expect(page).toHaveTitle(/^Sign in/);
  await expect(page.getByRole("navigation")).toHaveCount(0);
  await signIn(page, EDITOR, "wrong horse battery");
  await expect(page.getByRole("alert")).toHaveText("E-mail or password is wrong.");
  await signIn(page, "nobody@example.com");
  await expect(page.getByRole("alert")).toHaveText("E-mail or password is wrong.");
  await signIn(page, EDITOR);
  await expect(page.locator(".pieces tbody tr")).toHaveCount(6);
  await expect(page).toHaveURL(/\/catalogue$/);
  await page.reload();
  await expect(page.locator(".pieces tbody tr")).toHaveCount(6);
  await openMenu(page, "Sign out");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await page.goto("/catalogue");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(page.locator(".pieces")).toHaveCount(0);
});

test("what a role may not do is not shown", onPhone, async ({ page, browser, fit }) => {
  await page.goto("/catalogue");
  await signIn(page, VIEWER);
  await expect(page.locator(".pieces tbody tr")).toHaveCount(6);
  await expect(page.getByRole("link", { name: "Operations" })).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Import" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^(Edit|Delete)/ })).toHaveCount(0);
  await page.locator(".pieces tbody tr").first().getByRole("link").click();
  await expect(page.locator(".item-facts h1")).toBeVisible();
  await expect(page.getByRole("button", { name: "Edit", exact: true })).toHaveCount(0);
  await page.goto("/keys");
  await expect(page.getByRole("heading", { name: "This page is not for your role" })).toBeVisible();
  await page.getByRole("button", { name: /^Account/ }).click();
  await expect(menuItems(page)).toHaveText(["Account", "For you", "Outfits", "Wardrobe", "Studio", "Sign out"]);

  const owner = await elsewhere(browser, fit);
  await owner.goto("/catalogue");
  await signIn(owner, OWNER);
  await expect(owner.getByRole("heading", { name: "Import" })).toBeVisible();
  await expect(owner.getByRole("button", { name: /^Edit/ })).toHaveCount(6);
  await owner.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Operations" }).click();
  await expect(owner.getByText("All systems operational")).toBeVisible();
  await owner.getByRole("button", { name: /^Account/ }).click();
  await expect(menuItems(owner)).toHaveText(["Account", "For you", "Outfits", "Wardrobe", "Studio", "Sign out"]);
  await owner.context().close();
});

test("a session that was ended elsewhere asks to sign in again, and keeps what was typed", async ({ page, browser, fit }) => {
  await page.goto("/");
  await signIn(page, EDITOR);
  await expect(cards(page)).toHaveCount(6);
  const other = await elsewhere(browser, fit);
  await other.goto("/account");
  await signIn(other, EDITOR);
  await other.getByRole("button", { name: /^End the session/ }).click();
  await expect(other.getByRole("button", { name: /^End the session/ })).toHaveCount(0);
  await other.context().close();

  await page.getByLabel("Search words").fill("jeans");
  await page.getByLabel("Search words").press("Enter");
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await expect(dialog).toBeVisible();
  await expect(dialog.getByLabel("E-mail")).toHaveValue(EDITOR);
  await dialog.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await expect(dialog).toHaveCount(0);
  await settled(page);
  await expect(page.getByLabel("Search words")).toHaveValue("jeans");
  await expect(page.getByRole("heading", { name: "That did not work" })).toHaveCount(0);
});

test("an edit survives the end of the session", async ({ page, browser, fit }) => {
  await page.goto("/catalogue");
  await signIn(page, EDITOR);
  await page.getByRole("button", { name: /^Edit/ }).first().click();
  const edit = page.getByRole("dialog", { name: "Edit" });
  await edit.getByLabel("Brand").fill("Acme");
  const other = await elsewhere(browser, fit);
  await other.goto("/account");
  await signIn(other, EDITOR);
  await other.getByRole("button", { name: /^End the session/ }).click();
  await expect(other.getByText("The session has ended")).toBeVisible();
  await other.context().close();

  await edit.getByRole("button", { name: "Save" }).click();
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await dialog.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(edit.getByLabel("Brand")).toHaveValue("Acme");
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(edit).toHaveCount(0);
  await expect(page.locator(".pieces tbody tr", { hasText: "Acme" })).toHaveCount(1);
});

test("a key is created, works, gets a new secret, and is revoked", async ({ page, fit }) => {
  const items = async (key: string) => (await fetch(`${fit.url}/api/v1/items`, { headers: withKey(key) })).status;
  await page.goto("/keys");
  await signIn(page, OWNER);
  await page.getByRole("button", { name: "Create a key" }).click();
  const dialog = page.getByRole("dialog", { name: "Create a key" });
  await dialog.getByRole("button", { name: "Create", exact: true }).click();
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await dialog.getByLabel("Name").fill("web shop");
  await dialog.getByText("Limits").click();
  await dialog.getByLabel("Only these items").fill('{"bramd": "x"}');
  await dialog.getByLabel("Most requests").fill("100/minute");
  await dialog.getByRole("button", { name: "Create", exact: true }).click();
  await expect(dialog.getByText("The filter “bramd” is not valid.")).toBeVisible();
  await dialog.getByLabel("Only these items").fill('{"source": "sample"}');
  await dialog.getByRole("button", { name: "Create", exact: true }).click();
  const shown = page.getByRole("dialog", { name: "Your new key" });
  const secret = await shown.getByLabel("Key").inputValue();
  expect(secret).toMatch(/^fit_[0-9A-Za-z]+$/);
  await shown.getByRole("button", { name: "Done" }).click();
  expect(await items(secret)).toBe(200);

  const row = page.getByRole("listitem").filter({ hasText: "web shop" });
  await expect(row).toContainText('Only items with {"source":"sample"}');
  await row.getByRole("button", { name: "New secret for web shop" }).click();
  await page.getByLabel("The old secret ends").selectOption("At once");
  await page.getByRole("button", { name: "Make a new secret" }).click();
  const second = await shown.getByLabel("Key").inputValue();
  await shown.getByRole("button", { name: "Done" }).click();
  expect([await items(secret), await items(second)]).toEqual([401, 200]);

  await row.getByRole("button", { name: "Revoke web shop" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("The key is revoked")).toBeVisible();
  await expect(row).toHaveCount(0);
  expect(await items(second)).toBe(401);
  await page.getByRole("button", { name: "Show 1 key that has ended" }).click();
  await expect(row).toContainText("Revoked");
});

test("codes of an app protect an account, and recovery codes help without it", async ({ page }) => {
  await page.goto("/account");
  await signIn(page, VIEWER);
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByRole("img", { name: "QR code for your authenticator app" })).toBeVisible();
  const secret = (await page.getByTestId("totp-secret").innerText()).replaceAll(" ", "");
  const code = page.getByRole("textbox", { name: "Code" });
  await code.fill(codeOf(secret) === "000000" ? "000001" : "000000");
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByText("This code is not right")).toBeVisible();
  await code.fill(codeOf(secret));
  await page.getByRole("button", { name: "Confirm" }).click();
  const codes = page.getByRole("group", { name: "Recovery codes" });
  const recovery = await codes.getByRole("listitem").first().innerText();
  await codes.getByRole("button", { name: "I have kept them" }).click();
  await expect(page.getByText("On: signing in asks for a code too.")).toBeVisible();
  await openMenu(page, "Sign out");
  await signIn(page, VIEWER);
  await expect(code).toBeFocused();
  await code.fill("12345");
  await code.press("Enter");
  await expect(page.getByRole("alert")).toHaveText("E-mail, password or code is wrong.");
  await code.fill(recovery);
  await code.press("Enter");
  await expect(cards(page)).toHaveCount(6);
  await page.goto("/account");
  await page.getByRole("button", { name: "Turn off" }).click();
  await page.getByRole("textbox", { name: "Password", exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Turn off" }).click();
  await expect(page.getByRole("button", { name: "Turn on" })).toBeVisible();
});

test("somebody is invited by a link, and chooses a password", async ({ page, browser, fit }) => {
  await page.goto("/users");
  await signIn(page, OWNER);
  await page.getByRole("button", { name: "Invite somebody" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite somebody" });
  await dialog.getByLabel("E-mail").fill("ada@example.com");
  await dialog.getByLabel("Name").fill("Ada");
  await dialog.getByLabel(/^Editor/).check();
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  const link = await page.getByRole("dialog", { name: "The invitation" }).getByLabel("Link").inputValue();
  await page.getByRole("button", { name: "Done" }).click();
  const row = page.getByRole("listitem").filter({ hasText: "ada@example.com" });
  await expect(row).toContainText("Invited");

  const ada = await elsewhere(browser, fit);
  await ada.goto(link);
  const password = ada.getByLabel("New password");
  for (const [wrong, text] of [
    ["short", "This password is too short."],
    ["password123", "This password is one of the most common ones."],
  ] as const) {
    await password.fill(wrong);
    await ada.getByRole("button", { name: "Create the account" }).click();
    await expect(ada.getByText(text)).toBeVisible();
  }
  await password.fill("a long one of her own");
  await ada.getByRole("button", { name: "Create the account" }).click();
  await expect(cards(ada)).toHaveCount(6);
  await expect(ada.getByRole("button", { name: "Account of Ada" })).toBeVisible();

  await page.reload();
  await row.getByLabel("Role of Ada").selectOption("Viewer");
  await expect(page.getByText("Saved")).toBeVisible();
  await row.getByRole("button", { name: "Disable Ada" }).click();
  await expect(row).toContainText("Disabled");
  await ada.reload();
  await expect(ada.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await ada.goto(link);
  await ada.getByLabel("New password").fill("another one of her own");
  await ada.getByRole("button", { name: "Create the account" }).click();
  await expect(ada.getByText("This link is not valid any more.")).toBeVisible();
  await ada.context().close();
  await row.getByRole("button", { name: "Remove Ada" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("Removed", { exact: true })).toBeVisible();
  await expect(row).toHaveCount(0);
  await page.getByLabel(`Role of ${OWNER}`).selectOption("Viewer");
  await expect(page.getByText("This is the last owner.")).toBeVisible();
});

test("a password is changed, and other sessions end", async ({ page, browser, fit }) => {
  const other = await elsewhere(browser, fit);
  await other.goto("/");
  await signIn(other, EDITOR);
  await expect(cards(other)).toHaveCount(6);
  await page.goto("/account");
  await signIn(page, EDITOR);
  await page.getByLabel("Current password").fill("not this one");
  await page.getByLabel("New password").fill("a new one of my own");
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByText("This is not your password.")).toBeVisible();
  await page.getByLabel("Current password").fill(PASSWORD);
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByText("The password is changed.")).toBeVisible();
  await expect(page.getByText("This one")).toBeVisible();
  await other.reload();
  await expect(other.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await other.context().close();
});

own.describe(() => {
  own.use({ settings: { API_KEY: ROOT } });

  own("the first owner is set up by the link that the server prints", onPhone, async ({ page, fit }) => {
    await page.goto("/");
    await expect(page.getByRole("heading", { name: "Nobody can sign in yet" })).toBeVisible();
    await page.goto(await fit.printed(/(http:\/\/\S+\/set-up#token=\w+)/));
    await check(page);
    await page.getByLabel("E-mail").fill("ada@example.com");
    await page.getByLabel("New password").fill(PASSWORD);
    await page.getByRole("button", { name: "Create the account" }).click();
    await expect(page.getByRole("heading", { name: "Nothing to search yet" })).toBeVisible();
  });
});

test.describe(() => {
  test.use({ settings: { API_KEY: ROOT, ANONYMOUS_SEARCH: "true" } });

  test("who may search without an account searches, and can sign in", async ({ page }) => {
    await page.goto("/");
    await expect(cards(page)).toHaveCount(6);
    await cards(page).first().getByRole("link").first().click();
    await expect(page.locator(".item-facts h1")).toBeVisible();
    await expect(page.getByRole("button", { name: "Edit", exact: true })).toHaveCount(0);
    const { pathname } = new URL(page.url());
    await page.getByRole("link", { name: "Sign in" }).click();
    await signIn(page, EDITOR);
    await expect(page.getByRole("button", { name: "Edit", exact: true })).toBeVisible();
    expect(new URL(page.url()).pathname).toBe(pathname);
  });
});

test.describe(() => {
  test.use({ settings: {} });

  test("a server of one person asks nobody, and has keys", async ({ page }) => {
    await page.goto("/");
    await expect(cards(page)).toHaveCount(6);
    await expect(page.getByRole("link", { name: "Sign in" })).toHaveCount(0);
    await openMenu(page, "Studio");
    await page.getByRole("main").getByRole("link", { name: /^API keys/ }).click();
    await expect(page.getByText("There are no keys yet.")).toBeVisible();
  });
});

test.describe("axe finds nothing on", () => {
  test.describe.configure({ timeout: 270_000 }); // axe takes seconds a page

  test("the sign-in and the keys", onPhone, async ({ page }) => {
    await page.goto("/keys");
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
    await check(page);
    await signIn(page, OWNER, "wrong horse battery");
    await expect(page.getByRole("alert")).toBeVisible();
    await check(page);
    await page.getByRole("button", { name: "Forgotten?" }).click();
    await check(page);
    await page.getByRole("button", { name: "Back" }).click();
    await signIn(page, OWNER);
    await page.getByRole("button", { name: "Create a key" }).click();
    await page.getByRole("dialog").getByText("Limits").click();
    await check(page, { within: ".dialog" });
    await page.getByRole("dialog").getByLabel("Name").fill("shop");
    await page.getByRole("dialog").getByRole("button", { name: "Create", exact: true }).click();
    await expect(page.getByRole("dialog", { name: "Your new key" })).toBeVisible();
    await check(page, { within: ".dialog" });
    await page.getByRole("button", { name: "Done" }).click();
    await expect(page.getByRole("button", { name: "Revoke shop" })).toBeVisible();
    await check(page);
  });

  test("the users and the account", onPhone, async ({ page }) => {
    await page.goto("/users");
    await signIn(page, OWNER);
    await expect(page.getByLabel(`Role of ${VIEWER}`)).toBeVisible();
    await check(page);
    await page.getByRole("button", { name: "Invite somebody" }).click();
    await expect(page.getByRole("dialog", { name: "Invite somebody" })).toBeVisible();
    await check(page, { within: ".dialog" });
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /^Account/ }).click();
    await expect(menuItems(page)).toHaveCount(6);
    await check(page);
    await menuItems(page).first().getByRole("link").click();
    await page.getByRole("button", { name: "Turn on" }).click();
    await expect(page.getByRole("textbox", { name: "Code" })).toBeVisible();
    await check(page);
  });
});

test("a user has favourites, a history and the last word on the account", onPhone, async ({ page, fit }) => {
  await page.goto("/");
  await signIn(page, VIEWER);
  await expect(cards(page)).toHaveCount(6);
  const first = cards(page).first();
  // The heart is filled before the server has made the first list and added the piece to it.
  const added = page.waitForResponse((one) => one.request().method() === "POST" && /\/favourites\/\w+\/items$/.test(one.url()));
  await first.getByRole("button", { name: "Save" }).click();
  await expect(first.getByRole("button", { name: "Save" })).toHaveAttribute("aria-pressed", "true");
  expect((await added).status()).toBe(201);
  await page.reload();
  await expect(first.getByRole("button", { name: "Save" })).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Saved" }).click();
  const list = page.getByRole("region", { name: "Favourites", exact: true });
  await expect(list.getByRole("listitem")).toHaveCount(1);
  await page.getByLabel("Name of the list").fill("Winter");
  await page.getByRole("button", { name: "Create the list" }).click();
  await list.getByRole("combobox").selectOption({ label: "Winter" });
  await expect(page.getByRole("region", { name: "Winter", exact: true }).getByRole("listitem")).toHaveCount(1);
  await check(page);

  await openMenu(page, "Account");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Export my data" }).click()]);
  expect(file.suggestedFilename()).toBe("find-this-fit-account.json");
  const exported = JSON.parse(readFileSync(await file.path(), "utf8")) as { favourites: { name: string; item_ids: string[] }[] };
  expect(exported.favourites.map((one) => [one.name, one.item_ids.length])).toEqual([["Favourites", 0], ["Winter", 1]]);
  await page.getByRole("checkbox", { name: "Keep my searches" }).click(); // it shows the change a moment later
  await expect(page.getByRole("checkbox", { name: "Keep my searches" })).not.toBeChecked();
  await check(page);
  await page.getByRole("button", { name: "Delete my account" }).click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByLabel("Current password").fill("wrong horse battery");
  await dialog.getByRole("button", { name: "Delete the account" }).click();
  await expect(dialog.getByRole("alert")).toHaveText("This is not your password.");
  await dialog.getByLabel("Current password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Delete the account" }).click();
  await signIn(page, VIEWER);
  await expect(page.getByRole("alert")).toHaveText("E-mail or password is wrong.");
  const users = (await (await fetch(`${fit.url}/api/v1/users`, { headers: withKey(ROOT) })).json()) as { users: { email: string }[] };
  expect(users.users.map((one) => one.email)).not.toContain(VIEWER);
});
