import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fit, remove, tempDir } from "./fit";
import { cards, choose, expect, lastForm, own, recordForms, settled, test, transfer } from "./test";

test("an empty catalogue offers the sample", async ({ page }) => {
  const data = tempDir();
  const fit = await new Fit(data, { EMBEDDING_PROVIDER: "palette" }).start();
  // The app asks for ten pieces at a time: the second answer says that it has all of them.
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/api/v1/items/sample?*", async (route) => {
    const report = (await (await route.fetch()).json()) as { done: number; next: number };
    if (report.next >= 20) await released;
    await route.fulfill({ json: { ...report, next: report.next < 20 ? report.next : 200 } });
  });
  await page.goto(fit.url);
  await expect(page.getByRole("heading", { name: "Nothing to search yet" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Import your own" })).toBeVisible();
  await page.getByRole("button", { name: /Add a sample/ }).click();
  await expect(page.getByRole("progressbar")).toBeVisible();
  release();
  await expect(cards(page).first()).toBeVisible({ timeout: 80_000 });
  await fit.stop();
  remove(data);
});

test("an empty page offers to remove conditions", async ({ page }) => {
  await page.goto("/?q=jeans&category=bottoms&price=5000-");
  await expect(page.getByRole("heading", { name: "No results for “jeans”" })).toBeVisible();
  await page.getByRole("button", { name: "Without Price: over 5,000" }).click();
  await settled(page);
  await expect(cards(page).first()).toBeVisible();
  await page.goto("/?q=jeans&primary_color=blakc");
  await expect(page.getByText("did you mean", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Without Colour: blakc" }).click();
  await expect(cards(page).first()).toBeVisible();
});

test("nonsense finds nothing, with a reason and a way to the nearest", async ({ page }) => {
  await page.goto("/?q=xqzzv+plorf");
  await expect(page.getByRole("heading", { name: "No results for “xqzzv plorf”" })).toBeVisible();
  await expect(page.locator(".reason")).not.toBeEmpty();
  await expect(page.locator(".reason")).not.toContainText("_");
  await expect(page.getByRole("button", { name: "Tell me when something like this appears" })).toBeVisible();
  await page.getByRole("button", { name: "Show weaker matches" }).click();
  await expect(page).toHaveURL(/weak=1/);
  await settled(page);
  await expect(page.locator("section.found")).not.toContainText(/\d+ items/);
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
  await expect(page.getByRole("alert").filter({ hasText: "Can't reach the shop" })).toBeVisible();
  await fit.start();
  await expect(page.getByText("The shop is back")).toBeVisible();
  await expect(cards(page).first()).toBeVisible();
  await fit.stop();
  remove(data);
});

test("a broken photo is reported in the app's words, a text file is not sent", async ({ page }) => {
  const path = join(tempDir(), "broken.jpg");
  writeFileSync(path, Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 4]));
  await page.goto("/");
  await page.getByTestId("file").setInputFiles(path);
  await expect(page.getByRole("heading", { name: "That did not work" })).toBeVisible();
  await expect(page.getByText("This file cannot be read as a photo")).toBeVisible();
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

test("a denied camera explains how to allow it", async ({ page, pieces }) => {
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

own("titles cannot inject markup", async ({ page, fit, pieces }) => {
  const title = '<img src=x onerror="window.hacked=1">';
  const made = await fetch(`${fit.url}/api/v1/items`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      source: "page-test",
      external_id: "x",
      title,
      url: "https://shop.example/1",
      images: [{ image_base64: readFileSync(pieces[20]!.photo).toString("base64") }],
    }),
  });
  const { id } = (await made.json()) as { id: string };
  await page.goto(`/items/${id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
  expect(await page.evaluate(() => (window as unknown as { hacked?: number }).hacked)).toBeUndefined();
});

test("an unknown path is a page for people, and problem details for programs", async ({ page, url }) => {
  const response = await fetch(`${url}/nothing-here`);
  expect(response.status).toBe(404);
  expect(response.headers.get("content-type")).toContain("application/problem+json");
  for (const path of ["/nothing-here", "/images/99999999"]) {
    expect((await page.goto(path))?.status()).toBe(404);
    await expect(page.getByRole("heading", { name: "This page does not exist" })).toBeVisible();
  }
  await page.getByRole("link", { name: "Go to search" }).click();
  await expect(cards(page).first()).toBeVisible();
});

test("the API's page sends requests", async ({ page }) => {
  await page.goto("/docs");
  await page.locator("#searchByImage summary").click();
  await page.locator("#searchByImage form button").click();
  await expect(page.locator("#searchByImage form pre")).toHaveText(/^200.*"results"/s);
});

test("a link to a photo on another device says that it is missing", async ({ page }) => {
  await page.goto("/?photo=0123456789ab");
  await expect(page.getByRole("heading", { name: "The photo of this search is not on this device" })).toBeVisible();
  await page.getByRole("button", { name: "Search without the photo" }).click();
  await expect(page.getByRole("heading", { name: "Find this fit" })).toBeVisible();
  await page.goto("/?photo=0123456789ab&q=jeans&but=red");
  await page.getByRole("button", { name: "Search without the photo" }).click();
  await expect(page).toHaveURL(/\?q=jeans$/);
  await expect(cards(page).first()).toBeVisible();
});

test("a broken miniature in a link is no white page", async ({ page }) => {
  await page.goto("/?photo=0123456789ab#p=%25%25%25");
  await expect(page.getByRole("heading", { name: "The photo of this search is not on this device" })).toBeVisible();
  await page.goto("/?photo=0123456789ac#p=bm90IGEgcGhvdG8");
  await expect(page.getByText("This file cannot be read as a photo")).toBeVisible();
});

test.describe("a page that fails", () => {
  test.use({ tolerated: /./ });
  const broken = { "/": "**/api/v1/items?*", "/items/1": "**/api/v1/items/1", "/catalogue": "**/api/v1/items?*", "/operations": "**/health" };
  for (const [path, request] of Object.entries(broken)) {
    test(`leaves a way back: ${path}`, async ({ page }) => {
      await page.route(request, (route) => route.fulfill({ json: { items: [{ id: 1, images: [null] }], parts: [null] } }));
      await page.goto(path);
      await expect(page.getByRole("heading", { name: "This page has failed" })).toBeVisible();
      await expect(page.getByText(/undefined|null|Minified/)).toHaveCount(0);
      await expect(page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: path === "/" || path.startsWith("/items/") ? "Recent" : "Catalogue" })).toBeVisible();
      await page.unroute(request);
      if (path === "/") await page.getByRole("button", { name: "Reload the page" }).click();
      else await page.getByRole("link", { name: "Go to search" }).click();
      await expect(cards(page).first()).toBeVisible();
    });
  }
});

test("a photo that is still being read does not pull back from the page that was opened meanwhile", async ({ page, pieces }) => {
  await page.addInitScript(() => {
    const decode = window.createImageBitmap.bind(window);
    const held = new Promise<void>((resolve) => Object.assign(window, { release: resolve }));
    Object.assign(window, { decoded: 0 });
    const slow = async (source: ImageBitmapSource, options?: ImageBitmapOptions) => {
      await held;
      const bitmap = await decode(source, options);
      ++(window as unknown as { decoded: number }).decoded;
      return bitmap;
    };
    Object.assign(window, { createImageBitmap: slow });
  });
  const path = join(tempDir(), "large.jpg");
  writeFileSync(path, Buffer.concat([readFileSync(pieces[9]!.photo), Buffer.alloc(800_000)])); // large enough to be scaled down
  await page.goto("/");
  await expect(cards(page).first()).toBeVisible();
  await page.getByTestId("file").setInputFiles(path);
  await page.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("link", { name: "Studio" }).click();
  await page.getByRole("link", { name: "Catalogue" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Catalogue" })).toBeVisible();
  await page.evaluate(() => (window as unknown as { release: () => void }).release());
  await expect.poll(() => page.evaluate(() => (window as unknown as { decoded: number }).decoded)).toBe(1);
  await page.getByLabel("Find in the catalogue").fill("jeans");
  await expect(page.locator(".pieces tbody tr").first()).toContainText(/jeans/i);
  expect(new URL(page.url()).pathname).toBe("/studio/catalogue");
});

// A window has no service worker where the app was opened over plain HTTP, for example.
test.describe("offline, what was not loaded yet", () => {
  test.use({ tolerated: /could not be loaded/ });

  test("is said, and the page stays as it is", async ({ page, context, pieces }) => {
    await page.goto("/");
    await choose(page, pieces[9]!.photo);
    await expect(page).toHaveURL(/#p=/);
    await context.setOffline(true);
    await page.getByRole("button", { name: "Crop to one garment" }).click();
    await expect(page.getByText("This part of the app needs a connection, and you are offline.")).toBeVisible();
    await expect(cards(page).first()).toBeVisible();
    await expect(page.getByRole("dialog")).toHaveCount(0);
  });

  test("is a page with a way back", async ({ page, context }) => {
    await page.goto("/");
    await expect(cards(page).first()).toBeVisible();
    await context.setOffline(true);
    await page.getByRole("link", { name: "Recent" }).click();
    await expect(page.getByRole("heading", { name: "You are offline" })).toBeVisible();
    await expect(page.getByText(/preload|fetch|\.js|\.css/)).toHaveCount(0);
    await page.getByRole("link", { name: "Go to search" }).click();
    await expect(page.getByRole("heading", { name: "Find this fit" })).toBeVisible();
    await context.setOffline(false);
    await page.getByRole("link", { name: "Recent" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Recent" })).toBeVisible();
    await page.goto("/studio");
    await page.getByRole("link", { name: "Operations" }).first().click();
    await expect(page.getByText("All systems operational")).toBeVisible();
  });
});
