import { Fit, remove, tempDir } from "./fit";
import { expect, onPhone, test } from "./test";

test("health, charts, index and model are readable", onPhone, async ({ page, url }) => {
  await page.goto("/operations");
  await expect(page.getByText("All systems operational")).toBeVisible();
  await expect(page.locator(".part", { hasText: /^Catalogue/ })).toContainText(/Items\d+/);
  await expect(page.locator(".part", { hasText: /^Model/ })).toContainText("builtin");
  await expect(page.locator(".part", { hasText: /^Index/ })).toContainText("Every image has a vector");
  // A chart shows what happens between two readings, and the page may not have had the first one yet.
  await expect(async () => {
    for (let i = 0; i < 8; ++i) {
      const response = await fetch(`${url}/api/v1/search`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ text: "jeans" }),
      });
      expect(response.ok).toBe(true);
    }
    await expect(page.getByRole("img", { name: /^Search latency\. Now: Median [\d.]+ m?s/ })).toBeVisible({ timeout: 5_000 });
  }).toPass();
  await expect(page.getByRole("img", { name: /^Requests a second\. Now: All/ })).toBeVisible();
  await expect(page.locator(".chart canvas")).toHaveCount(6);
  await expect(page.getByRole("row", { name: /\/api\/v1\/search/ })).toBeVisible();
  // The server, too, has measured since it was started.
  await page.getByRole("combobox", { name: "Time" }).selectOption("15 minutes");
  await expect(page.getByRole("img", { name: /^Memory\. Now: Used [\d.]+ [MG]iB/ })).toBeVisible();
  await expect(page.getByText(/The server started \(version/)).toBeVisible();
});

test("nothing is called healthy while the server does not respond", async ({ page }) => {
  const data = tempDir();
  const fit = await new Fit(data, { EMBEDDING_PROVIDER: "palette" }).start();
  await page.goto(`${fit.url}/operations`);
  await expect(page.getByText("All systems operational")).toBeVisible();
  await expect(page.locator(".part-state").first()).toBeVisible();
  await fit.stop("SIGKILL");
  await expect(page.getByText("The server does not respond")).toBeVisible();
  await expect(page.getByText("All systems operational")).toHaveCount(0);
  await expect(page.locator(".part-state")).toHaveCount(0);
  await fit.start();
  await expect(page.getByText("All systems operational")).toBeVisible();
  await fit.stop();
  remove(data);
});
