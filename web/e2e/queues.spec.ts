import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempDir } from "./fit";
import { check, expect, onPhone, own } from "./test";

own("a damaged photo is a dead letter, which is tried again and discarded, and its queue is paused and resumed", onPhone, async ({ page, pieces }) => {
  const cut = join(tempDir(), "cut.jpg");
  const photo = readFileSync(pieces[0]!.photo);
  writeFileSync(cut, photo.subarray(0, photo.length / 3));
  await page.goto("/uploads");
  await page.locator('input[type="file"][multiple]').setInputFiles(cut);
  await expect(page.getByRole("region", { name: "On the server" }).getByRole("listitem").filter({ hasText: "Failed" })).toHaveCount(1);

  await page.goto("/queues");
  const failed = page.getByRole("region", { name: "Failed for good" });
  await expect(failed.getByText("cut.jpg")).toBeVisible();
  await check(page);
  await page.getByRole("button", { name: "Pause Uploaded photos" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Resume Uploaded photos" }).click();
  await expect(page.getByRole("button", { name: "Pause Uploaded photos" })).toBeVisible();
  await failed.getByRole("button", { name: "Try cut.jpg again" }).click();
  await expect(failed.getByText(/tried again after job/)).toBeVisible({ timeout: 30_000 });
  await failed.getByRole("button", { name: "Discard cut.jpg" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Discard" }).click();
  await expect(failed.getByText("Nothing has failed for good.")).toBeVisible();
});
