// Five things as somebody does them who is new here, with the number of taps and of fields that are filled in. docs/web.md has the numbers: who
// changes one of them here changes it there, too.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { tempDir } from "./fit";
import { cards, expect, own, settled, test } from "./test";

own.use({ settings: { ALLOW_PRIVATE_ADDRESSES: "true" } });

// Does what a finger and a keyboard do, and counts it. A list of the browser's own takes two taps, a dialog of files one.
class Hand {
  taps = 0;
  fields = 0;

  constructor(private readonly page: Page) {}

  async tap(what: Locator) {
    this.taps += 1;
    await what.click();
  }

  async file(button: Locator, paths: string | string[]) {
    const chooser = this.page.waitForEvent("filechooser");
    await this.tap(button);
    this.taps += 1;
    await (await chooser).setFiles(paths);
  }

  async type(field: Locator, text: string) {
    await this.tap(field);
    this.fields += 1;
    await this.page.keyboard.type(text);
  }

  async select(list: Locator, value: string) {
    this.taps += 2;
    await list.selectOption(value);
  }

  used(what: string, taps: number, fields: number) {
    console.log(`newcomer  ${what}: ${this.taps} taps, ${this.fields} fields`);
    expect({ taps: this.taps, fields: this.fields }, what).toEqual({ taps, fields });
  }
}

function ndjson(rows: { external_id?: string; title?: string; photo: string }[]): string {
  return rows.map(({ external_id, title, photo }) => JSON.stringify({ external_id, title, price: 10, image_base64: readFileSync(photo).toString("base64") })).join("\n");
}

test("find this jacket in green under 60", async ({ page, pieces }) => {
  const hand = new Hand(page);
  await page.goto("/");
  await hand.file(page.getByRole("button", { name: "Choose a photo" }), pieces.find((one) => one.category === "outerwear")!.photo);
  await expect(page).toHaveURL(/photo=/);
  await settled(page);
  await hand.type(page.getByLabel("Search words"), "in green under 60");
  await page.keyboard.press("Enter");
  await settled(page);
  await expect(page.getByText("Colour: green")).toBeVisible();
  await expect(cards(page).first()).toBeVisible();
  const prices = (await cards(page).locator(".card-price").allTextContents()).map((text) => Number(text.replace(/[^0-9.]/g, "")));
  expect(prices.every((price) => price <= 60)).toBe(true);
  hand.used("find this jacket in green under 60", 3, 1);
});

own("save a search and be told", async ({ page, fit, pieces }) => {
  const photo = { image_base64: readFileSync(pieces[0]!.photo).toString("base64") };
  const put = (external_id: string) =>
    fetch(`${fit.url}/api/v1/items`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ source: "shop", external_id, title: "Red wool coat", images: [photo] }) });
  expect((await put("1")).status).toBe(201);
  const hand = new Hand(page);
  await page.goto("/");
  await hand.type(page.getByLabel("Search words"), "red wool coat");
  await page.keyboard.press("Enter");
  await settled(page);
  await hand.tap(page.getByRole("button", { name: "Tell me when something like this appears" }));
  await hand.tap(page.getByRole("dialog").getByRole("button", { name: "Save" }));
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByText(/Saved/).first()).toBeVisible();
  expect((await put("2")).status).toBe(201);
  await hand.tap(page.getByRole("navigation").getByRole("link", { name: "Saved" }).first());
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole("main").getByText("Red wool coat").first()).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 40_000 });
  hand.used("save a search and be told", 4, 1);
});

own("import a Shopify export", async ({ page, url }) => {
  const head = "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src,Image Position,Status";
  const rows = [1, 2, 3].map((n) => `coat-${n},Wool coat ${n},<p>Warm</p>,Gap,Coats,"wool, winter",true,Size,M,SKU-${n},${40 + n}.00,${url}/images/${n},1,active`);
  const path = join(tempDir(), "products_export.csv");
  writeFileSync(path, `${[head, ...rows].join("\n")}\n`);
  const hand = new Hand(page);
  await page.goto("/studio");
  await hand.tap(page.getByRole("main").getByRole("link", { name: /^Catalogue/ }));
  await hand.file(page.getByRole("button", { name: "Choose a file" }), path);
  await expect(page.getByRole("cell", { name: "Wool coat 1", exact: true })).toBeVisible();
  await hand.tap(page.getByRole("button", { name: "Import products_export.csv" }));
  await expect(page.getByRole("heading", { name: "Import finished" })).toBeVisible();
  await expect(page.locator(".counters")).toHaveText(/New3/);
  hand.used("import a Shopify export", 4, 0);
});

own("correct ten items", async ({ page, fit, pieces }) => {
  const rows = pieces.slice(0, 10);
  const imported = await fetch(`${fit.url}/api/v1/items/import?source=shop`, { method: "POST", headers: { "Content-Type": "application/x-ndjson" }, body: ndjson(rows) });
  expect(imported.status).toBe(200);
  const hand = new Hand(page);
  await page.goto("/studio");
  await hand.tap(page.getByRole("main").getByRole("link", { name: /^Catalogue/ }));
  await expect(page.locator(".pieces tbody tr")).toHaveCount(10);
  await hand.tap(page.getByRole("checkbox", { name: "Select all items shown" }));
  await hand.tap(page.getByRole("toolbar", { name: "10 items selected" }).getByRole("button", { name: "Change" }));
  const dialog = page.getByRole("dialog", { name: "Change 10 items" });
  await hand.select(dialog.getByLabel("What to change"), "property");
  await hand.select(dialog.getByLabel("Property"), "material");
  await hand.type(dialog.getByLabel("New value"), "wool");
  await hand.tap(dialog.getByRole("button", { name: "Apply" }));
  await expect(page.getByText("10 items changed")).toBeVisible();
  hand.used("correct ten items", 9, 1);
});

own("see what failed", async ({ page, pieces }) => {
  const cut = join(tempDir(), "cut.jpg");
  const photo = readFileSync(pieces[0]!.photo);
  writeFileSync(cut, photo.subarray(0, photo.length / 3));
  await page.goto("/uploads");
  await page.locator('input[type="file"][multiple]').setInputFiles(cut);
  await expect(page.getByRole("region", { name: "On the server" }).getByRole("listitem").filter({ hasText: "Failed" })).toHaveCount(1);
  const hand = new Hand(page);
  await page.goto("/studio");
  await hand.tap(page.getByRole("main").getByRole("link", { name: /^Queues/ }));
  const failed = page.getByRole("region", { name: "Failed for good" });
  await expect(failed.getByText("cut.jpg")).toBeVisible();
  hand.used("see what failed", 1, 0);
});
