import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempDir } from "./fit";
import { check, expect, onPhone, own } from "./test";

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
  const preview = page.getByRole("region", { name: "The first rows, as they will be stored" });
  await expect(preview.getByRole("row").nth(1)).toContainText(`New${pieces[0]!.external_id}${pieces[0]!.title}`);
  await expect(preview.getByText("Reject", { exact: true })).toHaveCount(1);
  await page.getByRole("button", { name: "Import shop.ndjson" }).click();
  await expect(page.getByRole("heading", { name: "Import finished" })).toBeVisible();
  await expect(page.locator(".counters")).toHaveText(/New43.*Rejected2/s);
  const rejects = page.getByRole("region", { name: "Rejected rows" });
  await expect(rejects.getByRole("row").nth(1)).toHaveText(new RegExp(`^4${pieces[3]!.title}.*Photos`));
  await expect(rejects.getByRole("row").nth(2)).toHaveText(/^42/);
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
  await expect(page.getByRole("region", { name: "Rejected rows" }).getByRole("row").nth(1)).toHaveText(/^42Photos/);
  await expect(page.getByRole("region", { name: "Values that were not taken as they stand" }).getByRole("row").nth(1)).toHaveText(/^5Priceask me/);
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

own("an import survives a reload, its rejects are corrected, and it is undone", async ({ page, pieces }) => {
  const photo = (i: number) => readFileSync(pieces[i]!.photo).toString("base64");
  const rows = Array.from({ length: 30 }, (_, i) => `a${i};Item ${i};${i + 1},50 €;${photo(i)}`);
  rows.push(`;Without a number;5;${photo(30)}`);
  const path = join(tempDir(), "herbst.csv");
  writeFileSync(path, `Artikelnummer;Titel;Preis;image_base64\n${rows.join("\n")}\n`);
  await page.goto("/catalogue");
  await page.getByTestId("import-file").setInputFiles(path);
  const preview = page.getByRole("region", { name: "The first rows, as they will be stored" });
  await expect(preview.getByRole("row").nth(1)).toContainText("Newa0Item 0€1.50");
  await page.reload();
  // What the columns become is suggested, and can be changed.
  await expect(page.getByLabel("What “Artikelnummer” becomes")).toHaveValue("external_id");
  await page.getByLabel("What “Preis” becomes").selectOption("size");
  await expect(preview.getByRole("row").nth(1)).toContainText("1,50 €");
  await page.getByLabel("What “Preis” becomes").selectOption("price");
  await expect(preview.getByRole("row").nth(1)).toContainText("€1.50");
  await page.getByRole("button", { name: "Import herbst.csv" }).click();
  await expect(page.getByText("The server does the import.").or(page.getByRole("heading", { name: "Import finished" })).first()).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Import finished" })).toBeVisible();
  await expect(page.locator(".counters")).toHaveText(/New30.*Rejected1/s);
  await expect(page.getByRole("status").filter({ hasText: "30 items" })).toBeVisible();

  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download these rows" }).click();
  const saved = await (await saving).path();
  const corrected = join(tempDir(), "corrected.csv");
  writeFileSync(corrected, readFileSync(saved, "utf8").replace(";Without", "a30;Without"));
  await page.getByTestId("corrected-file").setInputFiles(corrected);
  await expect(page.getByText("Columns are read as in the last file of “herbst”.")).toBeVisible();
  await page.getByRole("button", { name: "Import corrected.csv" }).click();
  await expect(page.locator(".counters")).toHaveText(/New1.*Rejected0/s);
  await expect(page.getByRole("status").filter({ hasText: "31 items" })).toBeVisible();

  // The earlier import is found in the list, and undone.
  await page.getByText("1 earlier import").click();
  await page.getByRole("button", { name: "herbst.csv" }).click();
  await page.getByRole("button", { name: "Undo this import" }).click();
  const sure = page.getByRole("alertdialog");
  await expect(sure).toContainText("30 new items are deleted");
  await sure.getByRole("button", { name: "Undo this import" }).click();
  await expect(page.getByRole("heading", { name: "Import undone" })).toBeVisible();
  await expect(page.getByText("30 items deleted")).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: /^1 item$/ })).toBeVisible();
});

own("an import of photos goes on while other pages are shown, and the browser asks before it is lost", async ({ page, pieces }) => {
  const folder = join(tempDir(), "wardrobe");
  mkdirSync(folder);
  for (const [i, piece] of pieces.slice(0, 30).entries()) writeFileSync(join(folder, `piece-${i}.jpg`), readFileSync(piece.photo));
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/api/v1/items/import?*", async (route) => {
    await released;
    await route.continue();
  });
  await page.goto("/catalogue");
  await page.getByTestId("import-folder").setInputFiles(folder);
  await page.getByRole("button", { name: "Import 30 photos" }).click();
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
  await expect(page.locator(".counters")).toHaveText(/New30/);
  await expect(page.getByRole("status").filter({ hasText: "30 items" })).toBeVisible();
});

own("items are ordered by price, and selected ones are changed together", async ({ page, pieces }) => {
  const path = join(tempDir(), "shop.ndjson");
  writeFileSync(path, ndjson(pieces.slice(0, 6), []));
  await page.goto("/catalogue");
  await page.getByTestId("import-file").setInputFiles(path);
  await page.getByRole("button", { name: "Import shop.ndjson" }).click();
  await expect(page.getByRole("status").filter({ hasText: "6 items" })).toBeVisible();
  const rows = page.locator(".pieces tbody tr");
  await expect(rows).toHaveCount(6);

  const prices = async () => (await rows.locator(".number").allTextContents()).map((text) => Number(text.replace(/[^0-9.]/g, "")));
  await page.getByRole("button", { name: "Price", exact: true }).click();
  await expect.poll(async () => (await prices()).every((one, i, all) => i === 0 || one >= all[i - 1]!)).toBe(true);
  await page.getByRole("button", { name: "Price", exact: true }).click();
  await expect.poll(async () => (await prices()).every((one, i, all) => i === 0 || one <= all[i - 1]!)).toBe(true);

  await rows.nth(0).getByRole("checkbox").check();
  await rows.nth(1).getByRole("checkbox").check();
  const bar = page.getByRole("toolbar", { name: "2 items selected" });
  await bar.getByRole("button", { name: "Change" }).click();
  const dialog = page.getByRole("dialog", { name: "Change 2 items" });
  await dialog.getByLabel("New value").selectOption("hidden");
  await dialog.getByRole("button", { name: "Apply" }).click();
  await expect(rows.getByText("Hidden")).toHaveCount(2);
});

own("an item is added by hand, and its photos are ordered", async ({ page, pieces }) => {
  await page.goto("/catalogue");
  const path = join(tempDir(), "shop.ndjson");
  writeFileSync(path, ndjson(pieces.slice(0, 1), []));
  await page.getByTestId("import-file").setInputFiles(path);
  await page.getByRole("button", { name: "Import shop.ndjson" }).click();
  await expect(page.getByRole("status").filter({ hasText: "1 item" })).toBeVisible();
  await page.getByRole("button", { name: "Add an item" }).click();
  const dialog = page.getByRole("dialog", { name: "Add an item" });
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("alert")).toHaveText("Add at least one photo.");
  await dialog.getByTestId("item-photos").setInputFiles([pieces[2]!.photo, pieces[3]!.photo]);
  await dialog.getByLabel("Title").fill("By hand");
  await dialog.getByLabel("Price").fill("12,5");
  await dialog.getByRole("button", { name: "Save" }).click();
  const row = page.locator(".pieces tbody tr").filter({ hasText: "By hand" });
  await expect(row).toContainText("12.50");
  const first = async () => row.locator("img").getAttribute("src");
  const before = await first();
  await page.getByRole("button", { name: "Edit By hand" }).click();
  const edit = page.getByRole("dialog", { name: "Edit" });
  await edit.getByRole("button", { name: "Move photo 2 forward" }).click();
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(edit).toHaveCount(0);
  await expect.poll(first).not.toBe(before);
  await page.getByRole("button", { name: "Edit By hand" }).click();
  await edit.getByRole("button", { name: "Remove photo 1" }).click();
  await edit.getByRole("button", { name: "Save" }).click();
  await expect.poll(first).toBe(before);
});

own("a draft survives a reload and a lost connection, and is gone when it is saved", onPhone, async ({ page, context, fit, pieces }) => {
  const put = await fetch(`${fit.url}/api/v1/items`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ source: "shop", external_id: "1", title: "First", images: [{ image_base64: readFileSync(pieces[0]!.photo).toString("base64") }] }),
  });
  expect(put.status).toBe(201);
  await page.goto("/studio/catalogue");
  const open = () => page.getByRole("button", { name: "Add an item" }).click();
  const dialog = page.getByRole("dialog", { name: "Add an item" });
  await open();
  await dialog.getByTestId("item-photos").setInputFiles(pieces[2]!.photo);
  await dialog.getByLabel("Title").fill("Red coat");
  await dialog.getByLabel("Price").fill("12,5");
  await context.setOffline(true);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("alert")).toBeVisible();
  await context.setOffline(false);
  await page.reload();
  await open();
  await expect(dialog.getByText("You began “Red coat” with 1 photo.")).toBeVisible();
  await check(page, { within: ".dialog" });
  await dialog.getByRole("button", { name: "Continue draft" }).click();
  await expect(dialog.getByLabel("Price")).toHaveValue("12,5");
  await expect(dialog.getByRole("img", { name: "Photo 1" })).toBeVisible();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.locator(".pieces tbody tr").filter({ hasText: "Red coat" })).toContainText("12.50");
  await open();
  await expect(dialog.getByLabel("Title")).toHaveValue("");
  await dialog.getByLabel("Title").fill("Other");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await open();
  await dialog.getByRole("button", { name: "Discard" }).click();
  await expect(dialog.getByLabel("Title")).toHaveValue("");
  await page.reload();
  await open();
  await expect(dialog.getByLabel("Title")).toHaveValue("");
});

own("a file of another type is refused with a message", async ({ page }) => {
  const path = join(tempDir(), "letter.docx");
  writeFileSync(path, "x");
  await page.goto("/catalogue");
  await page.getByTestId("import-file").setInputFiles(path);
  await expect(page.getByText("Choose a .csv, .tsv, .json, .ndjson or .xml file, or photos")).toBeVisible();
});
