import { check, expect, onPhone, test } from "./test";

test("pieces for you are liked and hidden", onPhone, async ({ page }) => {
  await page.goto("/for-you");
  const pieces = page.getByRole("list", { name: "For you" }).getByRole("listitem");
  await expect(page.getByText(/^These are the newest items/)).toBeVisible();
  const ids = await Promise.all([0, 1].map((i) => pieces.nth(i).getAttribute("data-id")));
  for (const [i, name] of ["I like it", "Not for me"].entries()) {
    const button = pieces.nth(i).getByRole("button", { name });
    await button.click();
    await expect(button).toHaveAttribute("aria-pressed", "true");
    await expect(button).toBeEnabled();
  }
  await check(page);
  await page.getByRole("button", { name: "Show others" }).click();
  const judged = page.locator(ids.map((id) => `[data-id="${id ?? ""}"]`).join(", "));
  await expect(judged).toHaveCount(0);
  await expect(pieces.first()).toBeVisible();
  await expect(judged).toHaveCount(0);
});
