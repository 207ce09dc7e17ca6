import { expect, test } from "./test";

test("health, charts, index and model are readable", async ({ page, url }) => {
  await page.goto("/operations");
  await expect(page.getByText("Everything works")).toBeVisible();
  await expect(page.locator(".part", { hasText: /^Catalogue/ })).toContainText(/Pieces\d+/);
  await expect(page.locator(".part", { hasText: /^Model/ })).toContainText("builtin");
  await expect(page.locator(".part", { hasText: /^Index/ })).toContainText("Every picture can be found");
  for (let i = 0; i < 8; ++i) {
    const answer = await fetch(`${url}/api/v1/search`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text: "jeans" }),
    });
    expect(answer.ok).toBe(true);
  }
  await expect(page.getByRole("img", { name: /^Time to answer a search\. Now: Median [\d.]+ m?s/ })).toBeVisible();
  await expect(page.getByRole("img", { name: /^Requests a second\. Now: All/ })).toBeVisible();
  await expect(page.locator(".chart canvas")).toHaveCount(4);
  await expect(page.getByRole("row", { name: /\/api\/v1\/search/ })).toBeVisible();
});
