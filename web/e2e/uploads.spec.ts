import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempDir } from "./fit";
import { expect, own } from "./test";

own("photos are uploaded, become pieces, and are still listed after a reload", async ({ page, pieces }) => {
  const broken = join(tempDir(), "broken.jpg");
  writeFileSync(broken, Buffer.from("PK\u0003\u0004 a zip file with the name of a photo"));
  await page.goto("/uploads");
  await expect(page.getByText("Nothing has been uploaded yet.")).toBeVisible();
  await page.getByLabel("Add each of them to the catalogue as an item").check();
  const photos = pieces.slice(0, 3).map((piece) => piece.photo);
  await page.locator('input[type="file"][multiple]').setInputFiles([...photos, broken]);
  await expect(page.getByText(/^This is not a photo/)).toBeVisible();
  const listed = page.getByRole("region", { name: "On the server" });
  await expect(listed.getByRole("listitem").filter({ hasText: "Done" })).toHaveCount(3);
  await page.reload();
  await expect(listed.getByRole("listitem").filter({ hasText: "Done" })).toHaveCount(3);
  await listed.getByRole("link", { name: "Open the item" }).first().click();
  await expect(page).toHaveURL(/\/items\/\d+$/);
});
