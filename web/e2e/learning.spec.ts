import type { APIRequestContext } from "@playwright/test";
import { cards, expect, settled, test } from "./test";

const clicks = async (request: APIRequestContext, device: string) => {
  const response = await request.get("/api/v1/feedback?signal=click", { headers: { "X-Device-Id": device } });
  return ((await response.json()) as { feedback: { target: unknown; context: unknown }[] }).feedback.map(({ target, context }) => ({ target, context }));
};

test("who allows it teaches the shop by what is opened in search results", async ({ page }) => {
  const told: string[] = [];
  page.on("request", (request) => request.url().endsWith("/api/v1/feedback") && told.push(request.method()));
  await page.goto("/?q=denim");
  await settled(page);
  await cards(page).first().getByRole("link").first().click();
  await expect(page).toHaveURL(/\/items\/\d+$/);
  expect(told).toEqual([]);
  expect(await page.evaluate(() => localStorage.getItem("device"))).toBeNull();

  await page.goto("/for-you");
  await page.getByRole("switch", { name: "Learn from the items that I open" }).check();
  const device = (await page.evaluate(() => localStorage.getItem("device"))) ?? "";
  const search = page.waitForRequest((request) => request.url().endsWith("/api/v1/search"));
  await page.goto("/?q=denim");
  expect((await search).headers()["x-device-id"]).toBe(device);
  await settled(page);
  const card = cards(page).nth(1);
  const id = await card.getAttribute("data-id");
  const answered = page.waitForResponse((response) => response.url().endsWith("/api/v1/feedback"));
  await card.getByRole("link").first().click();
  await expect(page).toHaveURL(new RegExp(`/items/${id ?? ""}$`));
  expect((await answered).status()).toBe(201);
  expect(await clicks(page.request, device)).toEqual([{ target: { kind: "result", id }, context: { position: 2 } }]);

  await page.goto("/for-you");
  await page.getByRole("button", { name: "Forget what I like" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Forget what I like" }).click();
  await expect(page.getByText("Forgotten")).toBeVisible();
  expect(await clicks(page.request, device)).toEqual([]);
});
