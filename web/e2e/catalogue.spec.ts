import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempDir } from "./fit";
import { expect, onPhone, own } from "./test";

own.use({ settings: { ALLOW_PRIVATE_ADDRESSES: "true" } });

function ndjson(pieces: { photo: string; title?: string; price?: string; external_id?: string }[], bad: number[]): string {
  return pieces
    .map((piece, i) =>
      JSON.stringify({
        external_id: piece.external_id,
        title: piece.title,
        price: Number(piece.price),
        image_base64: bad.includes(i) ? undefined : readFileSync(piece.photo).toString("base64"),
      }),
    )
    .join("\n");
}

own("an NDJSON file is imported with progress and a list of rejects", async ({ page, pieces }) => {
  const path = join(tempDir(), "shop.ndjson");
  writeFileSync(path, ndjson(pieces.slice(0, 45), [3, 41]));
  await page.goto("/catalogue");
  await page.getByTestId("import-file").setInputFiles(path);
  await expect(page.getByLabel("Name of the source")).toHaveValue("shop");
  await page.getByRole("button", { name: "Import shop.ndjson" }).click();
  await expect(page.getByRole("heading", { name: "Import finished" })).toBeVisible();
  await expect(page.locator(".counters")).toHaveText(/New43.*Rejected2/s);
  const rejects = page.getByRole("region", { name: "Rejected rows" });
  await expect(rejects.getByRole("row").nth(1)).toHaveText(/^4images/);
  await expect(rejects.getByRole("row").nth(2)).toHaveText(/^42images/);
  await expect(page.getByRole("status").filter({ hasText: "43 items" })).toBeVisible();
  // Importing the same file again changes nothing.
  await page.getByRole("button", { name: "Import another file" }).click();
  await page.getByTestId("import-file").setInputFiles(path);
  await page.getByRole("button", { name: "Import shop.ndjson" }).click();
  await expect(page.locator(".counters")).toHaveText(/Unchanged43/);
});

own("a CSV file is imported, its rejects listed by line", async ({ page, fit, url }) => {
  expect(fit.url).not.toBe(url);
  const rows = ["external_id,description,price,image_url", `1,"Two\nlines",10,${url}/images/1`, "2,Bad,5,", `4,Odd,ask me,${url}/images/2`, `3,Good,12.5,${url}/images/3`];
  const path = join(tempDir(), "items.csv");
  writeFileSync(path, `${rows.join("\n")}\n`);
  await page.goto("/catalogue");
  await page.getByTestId("import-file").setInputFiles(path);
  await page.getByRole("button", { name: "Import items.csv" }).click();
  await expect(page.getByRole("heading", { name: "Import finished" })).toBeVisible();
  await expect(page.locator(".counters")).toHaveText(/New3.*Rejected1.*Warnings1/s);
  await expect(page.getByRole("region", { name: "Rejected rows" }).getByRole("row").nth(1)).toHaveText(/^4images/);
  await expect(page.getByRole("region", { name: "Values that were not taken as they stand" }).getByRole("row").nth(1)).toHaveText(/^5priceask me/);
  await expect(page.getByText("Read as our own columns")).toBeVisible();
});

own("a folder of photos is imported, its sub-folders as categories", async ({ page, pieces }) => {
  const folder = join(tempDir(), "wardrobe");
  for (const [i, piece] of pieces.slice(0, 6).entries()) {
    mkdirSync(join(folder, i % 2 ? "shoes" : "tops"), { recursive: true });
    writeFileSync(join(folder, i % 2 ? "shoes" : "tops", `nice-piece-${"abcdef"[i]}.jpg`), readFileSync(piece.photo));
  }
  writeFileSync(join(folder, "tops", "broken.jpg"), "no photo");
  writeFileSync(join(folder, "notes.txt"), "no photo");
  await page.goto("/catalogue");
  await page.getByTestId("import-folder").setInputFiles(folder);
  await expect(page.getByLabel("Name of the source")).toHaveValue("wardrobe");
  await page.getByText("1 file was skipped").click();
  await expect(page.getByText("notes.txt")).toBeVisible();
  await page.getByRole("button", { name: "Import 7 photos" }).click();
  await expect(page.getByRole("heading", { name: "Import finished" })).toBeVisible();
  await expect(page.locator(".counters")).toHaveText(/New6.*Rejected1/s);
  await expect(page.getByRole("region", { name: "Rejected rows" })).toContainText("tops/broken.jpg");
  await page.getByRole("link", { name: /nice piece a/ }).click();
  await expect(page.locator(".item-facts")).toContainText("Categorytops");
});

own("a piece is found, edited and deleted", onPhone, async ({ page, pieces }) => {
  const path = join(tempDir(), "shop.ndjson");
  writeFileSync(path, ndjson(pieces.slice(0, 5), []));
  await page.goto("/catalogue");
  await page.getByTestId("import-file").setInputFiles(path);
  await page.getByRole("button", { name: "Import shop.ndjson" }).click();
  await expect(page.getByRole("heading", { name: "Import finished" })).toBeVisible();
  const name = pieces[2]!.title!;
  await page.getByLabel("Find in the catalogue").fill(name);
  await expect(page.locator(".pieces tbody tr").first()).toContainText(name);
  await page.getByRole("button", { name: `Edit ${name}` }).first().click();
  const dialog = page.getByRole("dialog", { name: "Edit" });
  await dialog.getByLabel("Price", { exact: true }).fill("-3");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("alert")).toContainText("price");
  await dialog.getByLabel("Price", { exact: true }).fill("77");
  // A value that is in no list is saved only if the person says so.
  await dialog.getByLabel("Material").fill("slik");
  await dialog.getByLabel("Pattern").fill("zigzag dots");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByText("“slik” is not in the list.")).toBeVisible();
  await dialog.getByRole("button", { name: "Use “silk”" }).click();
  await dialog.getByRole("button", { name: "Keep “zigzag dots”" }).click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.locator(".pieces tbody tr").first()).toContainText("77");
  await page.locator(".pieces tbody tr").first().getByRole("link").click();
  await page.getByRole("button", { name: "Where is this from?" }).click();
  await expect(page.locator(".item-facts")).toContainText("Materialsilkfrom the seller");
  await expect(page.locator(".item-facts")).toContainText("Patternzigzag dotsfrom the seller");
  await page.goto("/catalogue");
  await page.getByRole("button", { name: `Delete ${name}` }).click();
  const sure = page.getByRole("alertdialog");
  await sure.getByRole("button", { name: "Delete" }).click();
  await expect(sure).toHaveCount(0);
  await expect(page.getByRole("status").filter({ hasText: "4 items" })).toBeVisible();
});

own("an import goes on while other pages are shown, and the browser asks before it is lost", async ({ page, pieces }) => {
  const path = join(tempDir(), "shop.ndjson");
  writeFileSync(path, ndjson(pieces.slice(0, 45), []));
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/api/v1/items/import?*", async (route) => {
    await released;
    await route.continue();
  });
  await page.goto("/catalogue");
  await page.getByTestId("import-file").setInputFiles(path);
  await page.getByRole("button", { name: "Import shop.ndjson" }).click();
  await expect(page.getByRole("heading", { name: "Importing" })).toBeVisible();
  await page.getByRole("link", { name: "Back to the shop" }).click();
  await expect(page.getByRole("heading", { name: "Find this fit" })).toBeVisible();
  const asked = page.waitForEvent("dialog");
  const leaving = page.evaluate(() => window.location.reload());
  const question = await asked;
  expect(question.type()).toBe("beforeunload");
  await question.dismiss();
  await leaving;
  await page.getByRole("link", { name: /^Importing: \d+ %/ }).click();
  await expect(page.getByRole("heading", { name: "Importing" })).toBeVisible();
  await page.getByRole("link", { name: "Operations" }).first().click();
  await expect(page.getByText("All systems operational")).toBeVisible();
  release();
  await expect(page.getByText("Import finished")).toBeVisible();
  await page.getByRole("link", { name: "Catalogue" }).first().click();
  await expect(page.locator(".counters")).toHaveText(/New45/);
  await expect(page.getByRole("status").filter({ hasText: "45 items" })).toBeVisible();
});

own("a file of another type is refused with a message", async ({ page }) => {
  const path = join(tempDir(), "letter.docx");
  writeFileSync(path, "x");
  await page.goto("/catalogue");
  await page.getByTestId("import-file").setInputFiles(path);
  await expect(page.getByText("Choose a .csv, .tsv, .json, .ndjson or .xml file, or photos")).toBeVisible();
});
