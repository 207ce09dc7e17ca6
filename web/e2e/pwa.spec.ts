import { cards, choose, expect, ready, settled, test, title } from "./test";
import { readFileSync } from "node:fs";

test.use({ serviceWorkers: "allow" });

test("it can be installed", async ({ page, url }) => {
  await page.goto("/");
  const manifest = (await (await fetch(`${url}/manifest.webmanifest`)).json()) as { icons: { src: string; sizes: string }[]; share_target: { action: string } };
  for (const icon of manifest.icons) expect((await fetch(url + icon.src)).status).toBe(200);
  expect(manifest.icons.map((icon) => icon.sizes)).toContain("512x512");
  expect(manifest.share_target.action).toBe("/share");
  const client = await page.context().newCDPSession(page);
  const { errors } = await client.send("Page.getAppManifest");
  expect(errors).toEqual([]);
});

test("its shell opens without a network", async ({ page, context }) => {
  await page.goto("/");
  await page.evaluate(ready);
  await page.reload();
  await expect(cards(page).first()).toBeVisible();
  await context.setOffline(true);
  await page.reload();
  await expect(page.getByRole("heading", { name: "Find this fit" })).toBeVisible();
  await expect(page.getByRole("alert").filter({ hasText: "You are offline" })).toBeVisible();
  await context.setOffline(false);
  await expect(cards(page).first()).toBeVisible();
});

test("pages and dialogs that were never opened open without a network", async ({ page, context, pieces }) => {
  await page.goto("/");
  await page.evaluate(ready);
  await page.reload();
  await choose(page, pieces[9]!.photo);
  await context.setOffline(true);
  await page.getByRole("button", { name: "Crop to one garment" }).click();
  await expect(page.getByRole("dialog", { name: "Crop to one garment" }).locator("img").first()).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("link", { name: "Studio" }).click();
  await page.getByRole("link", { name: "Catalogue" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Catalogue" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "You are offline" })).toBeVisible();
  // Its styles are there too.
  await expect(page.locator(".drop")).toHaveCSS("border-top-style", "dashed");
});

test("without a network the last searches show what they found", async ({ page, context }) => {
  await page.goto("/?q=jeans");
  await page.evaluate(ready);
  await page.reload();
  await expect(cards(page).first()).toBeVisible();
  const first = (await cards(page).first().locator(".card-title").textContent())!;
  await page.goto("/?q=boots");
  await expect(cards(page).first()).toBeVisible();
  await context.setOffline(true);
  await page.reload();
  await expect(page.getByRole("heading", { name: "You are offline" })).toBeVisible();
  await expect(page.getByText("It may have changed", { exact: false })).toBeVisible();
  await page.getByRole("region", { name: "On this device" }).getByRole("link", { name: "jeans" }).click();
  await expect(cards(page).first()).toContainText(first);
  await page.goto("/recent");
  await expect(page.getByRole("main").getByRole("link", { name: "boots" })).toBeVisible();
  await expect(page.getByText("not on this device")).toHaveCount(0);
});

test("another app shares a photo into it", async ({ page, pieces }) => {
  const piece = pieces[9]!;
  await page.goto("/");
  await page.evaluate(ready);
  await page.reload();
  await page.evaluate((base64) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], "shared.jpg", { type: "image/jpeg" }));
    const form = Object.assign(document.createElement("form"), { method: "POST", action: "/share", enctype: "multipart/form-data" });
    const input = Object.assign(document.createElement("input"), { type: "file", name: "photo" });
    input.files = data.files;
    form.append(input);
    document.body.append(form);
    form.submit();
  }, readFileSync(piece.photo).toString("base64"));
  await expect(page).toHaveURL(/photo=/);
  await settled(page);
  await expect(title(cards(page).first())).toHaveText(piece.title!);
});

test("files are compressed, hashed ones cached forever, the page revalidated", async ({ url }) => {
  const page = await fetch(url, { headers: { "Accept-Encoding": "br" } });
  expect(page.headers.get("content-encoding")).toBe("br");
  expect(page.headers.get("cache-control")).toBe("no-cache");
  const policy = page.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("unsafe");
  const html = await page.text();
  expect(html).not.toMatch(/<script(?![^>]*src)|\son[a-z]+=|style=/);
  const again = await fetch(url, { headers: { "If-None-Match": page.headers.get("etag") ?? "" } });
  expect(again.status).toBe(304);
  const script = /href="(\/assets\/start-[^"]+\.js)"/.exec(html)?.[1] ?? "";
  for (const coding of ["br", "gzip", "identity"]) {
    const response = await fetch(url + script, { headers: { "Accept-Encoding": coding } });
    expect(response.headers.get("content-encoding") ?? "identity").toBe(coding);
    expect(response.headers.get("cache-control")).toContain("immutable");
    expect((await response.text()).length).toBeGreaterThan(100_000);
  }
  expect((await fetch(`${url}/assets/nothing.js`)).status).toBe(404);
});
