import { readFileSync } from "node:fs";
import { Fit } from "./fit";
import { check, expect, onPhone, own } from "./test";

// In this catalogue the first photo occurs twice.
const test = own.extend({
  fit: async ({ data, pieces }, use) => {
    const fit = await new Fit(data, { EMBEDDING_PROVIDER: "palette" }).start();
    for (const [index, piece] of [pieces[0]!, pieces[0]!, pieces[20]!].entries()) {
      const body = JSON.stringify({ source: "sample", external_id: String(index), title: `Piece ${index}`, image_base64: readFileSync(piece.photo).toString("base64") });
      const added = await fetch(`${fit.url}/api/v1/items`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
      expect(added.ok).toBe(true);
    }
    await expect.poll(async () => ((await (await fetch(`${fit.url}/api/v1/clusters`)).json()) as { clusters: unknown[] }).clusters.length, { timeout: 30_000 }).toBe(2);
    await use(fit);
    await fit.stop();
  },
});

test("clusters are merged by keyboard, renamed and split", onPhone, async ({ page }) => {
  await page.goto("/clusters");
  await page.getByLabel("Single photos too").check();
  const listed = page.getByRole("list", { name: "Clusters" }).getByRole("listitem");
  await expect(listed).toHaveCount(2);
  await check(page);
  for (const index of [0, 1]) {
    await listed.nth(index).getByRole("checkbox").focus();
    await page.keyboard.press("Space");
  }
  await page.getByRole("button", { name: "Merge" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Merge" }).click();
  await expect(listed).toHaveCount(1);
  await listed.getByRole("link").click();
  await expect(page).toHaveURL(/\/clusters\/\d+$/);
  const members = page.getByRole("list", { name: "Photos" }).getByRole("listitem");
  await expect(members).toHaveCount(3);
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Rust dress");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "Rust dress" })).toBeVisible();
  await check(page);
  await page.getByLabel("Select Piece 2").check();
  await page.getByRole("button", { name: "Split off" }).click();
  await expect(members).toHaveCount(2);
});
