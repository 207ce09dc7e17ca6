import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fit, remove, tempDir } from "./fit";
import { cards, expect, lastForm, recordForms, settled, test, transfer } from "./test";

test("an empty catalogue offers the sample", async ({ page }) => {
  const data = tempDir();
  const fit = await new Fit(data, { EMBEDDING_PROVIDER: "palette" }).start();
  await page.goto(fit.url);
  await expect(page.getByRole("heading", { name: "Nothing to search yet" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Import your own" })).toBeVisible();
  await page.getByRole("button", { name: /Add a sample/ }).click();
  await expect(page.getByRole("progressbar")).toBeVisible();
  await expect(cards(page).first()).toBeVisible({ timeout: 80_000 });
  await fit.stop();
  remove(data);
});

test("an empty page offers to remove conditions", async ({ page }) => {
  await page.goto("/?q=jeans&category=shoes&price=5000-");
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await page.getByRole("button", { name: "Without Price: over 5,000" }).click();
  await settled(page);
  await expect(cards(page).first()).toBeVisible();
  await page.goto("/?q=jeans&primary_color=blakc");
  await expect(page.getByText("did you mean", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Without Colour: blakc" }).click();
  await expect(cards(page).first()).toBeVisible();
});

test("a slow search shows that it is still running", async ({ page }) => {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/api/v1/search", async (route) => {
    await released;
    await route.continue();
  });
  await page.clock.install();
  await page.goto("/?q=jeans");
  await expect(page.locator(".skeleton").first()).toBeVisible();
  await page.clock.fastForward(5_000);
  await expect(page.getByText("Still searching — the connection is slow.")).toBeVisible();
  release();
  await expect(cards(page).first()).toBeVisible();
});

test("an unreachable server is reported, and the page recovers with it", async ({ page }) => {
  const data = tempDir();
  const fit = await new Fit(data, { EMBEDDING_PROVIDER: "palette" }).start();
  await fetch(`${fit.url}/api/v1/items/sample?items=5`, { method: "POST" });
  await page.goto(fit.url);
  await expect(cards(page).first()).toBeVisible();
  await fit.stop("SIGKILL");
  await page.getByLabel("Search words").fill("jeans");
  await page.getByLabel("Search words").press("Enter");
  await expect(page.getByRole("alert").filter({ hasText: "The server cannot be reached" })).toBeVisible();
  await fit.start();
  await expect(cards(page).first()).toBeVisible();
  await expect(page.getByText("The server is back")).toBeVisible();
  await fit.stop();
  remove(data);
});

test("a broken photo shows the server's error, a text file is not sent", async ({ page }) => {
  const path = join(tempDir(), "broken.jpg");
  writeFileSync(path, Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 4]));
  await page.goto("/");
  await page.getByTestId("file").setInputFiles(path);
  await expect(page.getByRole("heading", { name: "The request failed" })).toBeVisible();
  await expect(page.getByText(/image/).first()).toBeVisible();
  const letter = join(tempDir(), "letter.txt");
  writeFileSync(letter, "hello");
  await transfer(page, "drop", letter, "text/plain");
  await expect(page.getByText("This file is not a photo")).toBeVisible();
});

test("a photo that only the server can decode is sent unchanged", async ({ page }) => {
  await recordForms(page);
  // The first bytes of a HEIC file: the page recognises it, the server cannot decode it.
  const path = join(tempDir(), "phone.heic");
  writeFileSync(path, Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from("ftypheic\0\0\0\0mif1heic"), Buffer.alloc(64)]));
  await page.goto("/");
  await page.getByTestId("file").setInputFiles(path);
  expect(Number((await lastForm(page, 1)).image)).toBe(statSync(path).size);
  await expect(page.locator(".example-none")).toHaveText("HEIC photo");
  await expect(page.getByRole("button", { name: "Crop to one garment" })).toHaveCount(0);
});

test("a denied camera explains how to allow it", async ({ page, phone, pieces }) => {
  test.skip(phone, "phones use their own camera program");
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotAllowedError"));
  });
  await page.goto("/");
  await page.getByRole("button", { name: "Take a photo" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("alert")).toContainText("The camera is blocked for this page");
  const chooser = page.waitForEvent("filechooser");
  await dialog.getByRole("button", { name: "Choose a photo" }).click();
  await (await chooser).setFiles(pieces[0]!.photo);
  await expect(page).toHaveURL(/photo=/);
});

test("titles cannot inject markup", async ({ page, url, pieces }) => {
  const title = '<img src=x onerror="window.hacked=1">';
  const made = await fetch(`${url}/api/v1/items`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      source: "page-test",
      external_id: `x-${Math.random()}`,
      title,
      url: "https://shop.example/1",
      images: [{ image_base64: readFileSync(pieces[20]!.photo).toString("base64") }],
    }),
  });
  const { id } = (await made.json()) as { id: string };
  await page.goto(`/items/${id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
  expect(await page.evaluate(() => (window as unknown as { hacked?: number }).hacked)).toBeUndefined();
  await fetch(`${url}/api/v1/items/${id}`, { method: "DELETE" });
});

test("an unknown path is a 404", async ({ page, url }) => {
  const response = await fetch(`${url}/nothing-here`);
  expect(response.status).toBe(404);
  expect(response.headers.get("content-type")).toContain("application/problem+json");
  await page.goto("/docs");
  await page.locator("#searchByImage summary").click();
  await page.locator("#searchByImage form button").click();
  await expect(page.locator("#searchByImage form pre")).toHaveText(/^200.*"results"/s);
});
