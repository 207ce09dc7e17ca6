import { readFileSync } from "node:fs";
import { addUser, Fit } from "./fit";
import { EDITOR, PASSWORD, ROOT, VIEWER, withKey } from "./people";
import type { Piece } from "./pieces";
import { check, expect, onPhone, own } from "./test";

const key = { ...withKey(ROOT), "Content-Type": "application/json" };

// A server that flags images of its block list, with two pieces that wait for a review.
const test = own.extend({
  fit: async ({ data, pieces }, use) => {
    const fit = await new Fit(data, { API_KEY: ROOT, EMBEDDING_PROVIDER: "palette", CONTENT_FILTER: "flag", CONTENT_FILTER_MODEL: "" }).start();
    for (const piece of pieces.slice(0, 2)) await addBlocked(fit, piece);
    await use(fit);
    await fit.stop();
  },
});

async function addBlocked(fit: Fit, { external_id, title, photo }: Piece) {
  const image_base64 = readFileSync(photo).toString("base64");
  const blocked = await fetch(`${fit.url}/api/v1/content/blocked`, { method: "POST", headers: key, body: JSON.stringify({ image_base64 }) });
  expect(blocked.status).toBe(201);
  const added = await fetch(`${fit.url}/api/v1/items`, { method: "POST", headers: key, body: JSON.stringify({ source: "sample", external_id, title, image_base64 }) });
  expect(((await added.json()) as { status: string }).status).toBe("flagged");
}

test("an editor approves one piece and removes the other", onPhone, async ({ page, data, fit, pieces }) => {
  addUser(data, EDITOR, "editor", PASSWORD);
  await page.goto("/review");
  await page.getByLabel("E-mail").fill(EDITOR);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page).toHaveTitle(/^Review/);
  const rows = page.locator(".flagged");
  await expect(rows).toHaveCount(2);
  await expect(rows.first().locator("img")).toBeVisible();
  await check(page);
  await rows.filter({ hasText: pieces[0]!.title }).getByRole("button", { name: /^Approve/ }).click();
  await expect(rows).toHaveCount(1);
  await rows.getByRole("button", { name: /^Remove/ }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  await expect(page.getByRole("heading", { name: "Nothing waits for a review" })).toBeVisible();
  // The list follows the decisions.
  const listed = async () => {
    const list = await fetch(`${fit.url}/api/v1/items`, { headers: key });
    return ((await list.json()) as { items: { status: string }[] }).items.map((one) => one.status);
  };
  await expect.poll(listed).toEqual(["active"]);
});

test("a viewer sees neither the pieces nor the page", async ({ page, data }) => {
  addUser(data, VIEWER, "viewer", PASSWORD);
  await page.goto("/catalogue");
  await page.getByLabel("E-mail").fill(VIEWER);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page).toHaveTitle(/^Catalogue/);
  await expect(page.locator(".pieces tbody tr")).toHaveCount(0);
  await page.getByRole("button", { name: /^Account/ }).click();
  await expect(page.getByText("Review", { exact: true })).toHaveCount(0);
});
