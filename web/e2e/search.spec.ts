import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempDir } from "./fit";
import { act, cards, check, choose, closeFilters, expect, lastForm, onPhone, openActions, openFilters, recordForms, settled, showWeaker, test, title, transfer } from "./test";

test("a photo from a file finds that piece and similar ones", onPhone, async ({ page, pieces }) => {
  const piece = pieces[9]!;
  await page.goto("/");
  await choose(page, piece.photo);
  const close = await cards(page).count();
  expect(close).toBeLessThan(24);
  const first = cards(page).first();
  await expect(title(first)).toHaveText(piece.title!);
  await expect(page.locator(".matches-title").first()).toHaveText(/^(Exact match|Very similar)$/);
  // Neither cosines nor the size of the catalogue, which a photo search ranks as a whole.
  await expect(page.locator("section.found")).not.toContainText(/\d %|\d+ (items|ms)/);
  await expect(first).toContainText(piece.brand!);
  await expect(first.locator(".card-price")).toContainText(String(Number(piece.price)));
  await expect(first.locator(".card-image img")).toHaveJSProperty("complete", true);
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await showWeaker(page);
  await expect.poll(() => cards(page).count()).toBeGreaterThanOrEqual(24);
  await expect(title(first)).toHaveText(piece.title!);
});

test("a photo is dropped, and one is pasted", async ({ page, pieces }) => {
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Find this fit" })).toBeVisible();
  await transfer(page, "drop", pieces[3]!.photo, "image/jpeg");
  await expect(title(cards(page).first())).toHaveText(pieces[3]!.title!);
  await transfer(page, "paste", pieces[12]!.photo, "image/jpeg");
  await expect(title(cards(page).first())).toHaveText(pieces[12]!.title!);
});

test("the camera takes a photo", onPhone, async ({ page, phone }) => {
  await page.goto("/");
  if (phone) {
    // On a phone the file input opens the camera app.
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Take a photo" }).click();
    expect((await chooser).isMultiple()).toBe(false);
    await expect(page.locator("input[capture=environment]")).toHaveCount(1);
    return;
  }
  await page.getByRole("button", { name: "Take a photo" }).click();
  const dialog = page.getByRole("dialog", { name: "Take a photo" });
  await dialog.getByRole("button", { name: "Take the photo" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page).toHaveURL(/photo=/);
  await settled(page);
  // The browser's test picture resembles no garment at some moments.
  await expect(cards(page).first().or(page.getByRole("heading", { name: /^No (results for|close matches)/ }))).toBeVisible();
});

test("the address of a photo is searched by the server", async ({ page, url }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Use a photo from the web" }).click();
  const popup = page.getByRole("dialog");
  await popup.getByLabel("Address of a photo").fill(`${url}/images/1`);
  await popup.getByRole("button", { name: "Search this address" }).click();
  await expect(page).toHaveURL(/url=/);
  await settled(page);
  await expect(page.locator(".matches-title").first()).toHaveText(/^(Exact match|Very similar)$/);
  await expect(page.getByRole("img", { name: "Photo from the web" })).toBeVisible();
  await page.goto(`/?url=${encodeURIComponent(`${url}/nothing.jpg`)}`);
  await expect(page.getByRole("heading", { name: "That did not work" })).toBeVisible();
});

test("words find pieces, and a price in them becomes a filter", async ({ page }) => {
  await page.goto("/");
  const words = page.getByLabel("Search words");
  await words.fill("jeans under $70");
  await words.press("Enter");
  await settled(page);
  await expect(page).toHaveURL(/q=jeans/);
  await expect(page.getByText("Price: under 70")).toBeVisible();
  await expect(title(cards(page).first())).toContainText(/jeans/i);
});

test("a photo and words together; a colour chip searches for this in another colour", async ({ page, pieces }) => {
  const piece = pieces.find((one) => one.primary_color === "black")!;
  await page.goto("/");
  await choose(page, piece.photo);
  await page.getByRole("group", { name: "Same style in another colour" }).getByRole("button", { name: "red" }).click();
  await expect(page).toHaveURL(/but=red/);
  await settled(page);
  await expect(page.getByText("Colour: red")).toBeVisible();
  await expect(page.getByRole("group", { name: "Same style in another colour" }).getByRole("button", { name: "red" })).toHaveAttribute("aria-pressed", "true");
  await page.getByLabel("Search words").fill("cotton");
  await page.getByLabel("Search words").press("Enter");
  await settled(page);
  await expect(page.getByText("Material: cotton")).toBeVisible();
});

test("the photo stands beside or above the results, and covers no filter in a low window", onPhone, async ({ page, pieces, phone }) => {
  await page.goto("/");
  await choose(page, pieces[9]!.photo);
  const photo = page.getByRole("region", { name: "What you search with" }).getByRole("img", { name: "Your photo" });
  await expect(photo).toBeVisible();
  const [box, card] = [(await photo.boundingBox())!, (await cards(page).first().boundingBox())!];
  if (phone) {
    expect(box.y + box.height).toBeLessThanOrEqual(card.y);
    expect(card.y).toBeLessThan(page.viewportSize()!.height);
    // Scrolled away, it is a miniature in the bar, which leads back.
    const folded = page.getByRole("button", { name: "Your photo: back to the top" });
    await expect(folded).toHaveCount(0);
    await page.evaluate(() => window.scrollTo(0, 1200));
    await folded.click();
    await expect(photo).toBeInViewport();
    return;
  }
  expect(box.x + box.width).toBeLessThanOrEqual(card.x);
  expect(box.height).toBeGreaterThan(200);
  await page.setViewportSize({ width: 1360, height: 560 });
  const filters = page.getByRole("complementary", { name: "Filters" });
  const box2 = filters.getByRole("checkbox").first();
  await box2.scrollIntoViewIfNeeded();
  // A click is refused where something lies over what is clicked.
  await box2.click({ trial: true });
  expect((await photo.boundingBox())!.y + (await photo.boundingBox())!.height).toBeLessThanOrEqual((await box2.boundingBox())!.y);
});

test("sections say how well results match, and the last one ends", async ({ page, pieces }) => {
  await page.goto("/?weak=1");
  await choose(page, pieces[9]!.photo);
  const names = await page.locator(".matches-title").allTextContents();
  expect(names.length).toBeGreaterThan(1);
  expect(["Exact match", "Very similar", "Similar style", "Less similar"].filter((one) => names.includes(one))).toEqual(names);
  await page.goto("/");
  await choose(page, pieces[9]!.photo);
  await expect(page.getByText("You've reached the end.")).toBeVisible();
  await expect(page.getByRole("region", { name: "Less similar" })).toHaveCount(0);
});

test("the photo is cropped to one garment", async ({ page, pieces }) => {
  await page.goto("/");
  await choose(page, pieces[5]!.photo);
  const before = new URL(page.url()).searchParams.get("photo");
  await page.getByRole("button", { name: "Crop to one garment" }).click();
  const dialog = page.getByRole("dialog", { name: "Crop to one garment" });
  await expect(dialog.locator("img").first()).toBeVisible();
  await dialog.getByRole("button", { name: "Search this part" }).click();
  await expect(dialog).toHaveCount(0);
  // A server that finds garments cuts the part out itself.
  await expect(page).toHaveURL((url) => url.searchParams.get("photo") !== before || url.searchParams.has("box"));
  await settled(page);
  await expect(title(cards(page).first())).toHaveText(pieces[5]!.title!);
  // The whole photo can be restored.
  await page.getByRole("button", { name: "Crop to one garment" }).click();
  await page.getByRole("button", { name: "Use the whole photo" }).click();
  await expect(page).toHaveURL((url) => url.searchParams.get("photo") === before && !url.searchParams.has("box"));
});

test("facets and price narrow the results", onPhone, async ({ page, pieces, phone }) => {
  const piece = pieces[9]!;
  const same = pieces.filter((one) => one.category === piece.category);
  await page.goto("/");
  await choose(page, piece.photo);
  await showWeaker(page);
  const filters = await openFilters(page, phone);
  const name = new RegExp(`^${piece.category}`);
  await expect(filters.locator("label", { has: page.getByRole("checkbox", { name }) })).toContainText(String(same.length));
  await filters.getByRole("checkbox", { name }).click();
  await closeFilters(page, phone);
  await settled(page);
  await expect(page).toHaveURL(new RegExp(`category=${piece.category}`));
  await expect(cards(page)).toHaveCount(Math.min(24, same.length));
  const again = await openFilters(page, phone);
  const highest = again.getByRole("slider", { name: "Highest price" });
  await highest.focus();
  for (let i = 0; i < 4; ++i) await highest.press("PageDown");
  await closeFilters(page, phone);
  await expect(page).toHaveURL(/price=-\d+/);
  await settled(page);
  const most = Number(/price=-(\d+)/.exec(page.url())?.[1]);
  const cheap = same.filter((one) => Number(one.price) <= most);
  await expect(cards(page)).toHaveCount(Math.min(24, cheap.length));
  await page.getByRole("button", { name: "Clear all" }).click();
  await settled(page);
  await expect.poll(() => cards(page).count()).toBeGreaterThanOrEqual(24);
});

test("a typed price is a filter in the currency of the results", onPhone, async ({ page, pieces, phone }) => {
  const cheap = pieces.filter((one) => Number(one.price) <= 30).length;
  await page.goto("/");
  await expect(cards(page).first()).toBeVisible();
  const filters = await openFilters(page, phone);
  const highest = filters.getByRole("textbox", { name: "To, price in USD" });
  await highest.fill("30");
  await highest.press("Enter");
  await expect(page).toHaveURL(/price=-30-USD/);
  if (phone) await page.getByRole("button", { name: `Show ${cheap} items` }).click();
  await settled(page);
  await expect(page.getByTestId("status")).toContainText(`${cheap} items match your filters`);
  await page.getByRole("button", { name: "Remove the filter under $30" }).click();
  await expect(page).not.toHaveURL(/price/);
});

test("words are completed, and the slash leads to them", async ({ page }) => {
  await page.goto("/");
  await expect(cards(page).first()).toBeVisible();
  await page.keyboard.press("/");
  const words = page.getByRole("combobox", { name: "Search words" });
  await expect(words).toBeFocused();
  await page.keyboard.type("blue je");
  await expect(page.getByRole("option", { name: /^blue jeans/ })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await check(page, { within: ".bar" });
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/q=blue\+jeans/);
  await settled(page);
  await expect(words).toHaveValue("blue jeans");
  await expect(page.getByRole("listbox")).toHaveCount(0);
});

test("prices sort everything that matches, page after page", async ({ page, pieces }) => {
  await page.goto("/");
  await choose(page, pieces[9]!.photo);
  await showWeaker(page);
  await page.getByLabel("Sort").selectOption({ label: "Price: low to high" });
  await expect(page).toHaveURL(/sort=price/);
  await settled(page);
  await expect(page.getByText(/best matches, sorted|matches, all sorted/)).toBeVisible();
  await cards(page).last().scrollIntoViewIfNeeded();
  await expect.poll(() => cards(page).count()).toBeGreaterThan(24);
  const prices = (await cards(page).locator(".card-price").allTextContents()).map((text) => Number(text.replace(/[^0-9.]/g, "")));
  expect(prices).toEqual([...prices].sort((a, b) => a - b));
  await page.reload();
  await settled(page);
  await expect(page.getByLabel("Sort")).toHaveValue("price");
});

test("more like this works on any result", async ({ page, pieces }) => {
  await page.goto("/");
  await choose(page, pieces[9]!.photo);
  const third = cards(page).nth(3);
  const name = await title(third).textContent();
  await act(page, third, "Find similar");
  await expect(page).toHaveURL(/item=\d+/);
  await settled(page);
  await expect(page.getByRole("img", { name: `Similar to “${name}”` })).toBeVisible();
  await expect(cards(page)).not.toHaveCount(0);
});

test("liking and disliking refine the results", async ({ page, pieces }) => {
  await page.goto("/");
  await choose(page, pieces[9]!.photo);
  const liked = await cards(page).nth(2).getAttribute("data-id");
  await act(page, cards(page).nth(2), "More like this");
  await expect(page).toHaveURL(new RegExp(`like=${liked}`));
  await settled(page);
  const tray = page.getByRole("region", { name: "Refined by" });
  await expect(tray).toContainText("More like this");
  await expect(page.locator(`[data-id="${liked}"]`)).toHaveCount(0);
  const bad = await cards(page).nth(4).getAttribute("data-id");
  await act(page, cards(page).nth(4), "Less like this");
  await expect(page).toHaveURL(new RegExp(`unlike=${bad}`));
  await settled(page);
  await expect(tray).toContainText("Less like this");
  await tray.getByRole("button", { name: "Clear" }).click();
  await expect(tray).toHaveCount(0);
  await expect(page).not.toHaveURL(/like=/);
});

test("duplicates are collapsed by default", async ({ page, pieces, phone }) => {
  await recordForms(page);
  await page.goto("/");
  await choose(page, pieces[9]!.photo);
  expect((await lastForm(page, 1)).collapse_duplicates).toBe("true");
  const filters = await openFilters(page, phone);
  await filters.getByRole("switch", { name: /Show duplicates/ }).click();
  await expect.poll(async () => (await lastForm(page, 2)).collapse_duplicates).toBeUndefined();
  await expect(page).toHaveURL(/copies=1/);
});

test("scrolling shows everything that matches", async ({ page, pieces }) => {
  await page.goto("/?weak=1");
  await choose(page, pieces[0]!.photo);
  await expect(async () => {
    await page.mouse.wheel(0, 4000);
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await expect(page.getByText("You've reached the end.")).toBeVisible({ timeout: 500 });
  }).toPass();
  const ids = await cards(page).evaluateAll((list) => list.map((one) => one.getAttribute("data-id")));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThan(100);
});

test("the address holds the search: reload, back button, another device", async ({ page, browser, pieces, isMobile, viewport }) => {
  const piece = pieces[9]!;
  await page.goto("/");
  await choose(page, piece.photo);
  await expect(page).toHaveURL(/#p=[\w-]{100,}/);
  await page.reload();
  await expect(title(cards(page).first())).toHaveText(piece.title!);
  await page.getByLabel("Search words").fill("in red");
  await page.getByLabel("Search words").press("Enter");
  await expect(page).toHaveURL(/q=in\+red/);
  await settled(page);
  await page.goBack();
  await expect(page).not.toHaveURL(/q=/);
  await expect(page.getByLabel("Search words")).toHaveValue("");
  await expect(title(cards(page).first())).toHaveText(piece.title!);
  const elsewhere = await browser.newContext({ viewport, isMobile });
  const other = await elsewhere.newPage();
  await other.goto(page.url());
  await settled(other);
  await settled(page);
  const found = await title(cards(other).first()).textContent();
  const near = (await title(cards(page)).allTextContents()).slice(0, 10);
  expect(near).toContain(found);
  await elsewhere.close();
});

test("a result explains why it is there", async ({ page, pieces }) => {
  const piece = pieces.find((one) => one.subcategory === "jeans")!;
  await page.goto("/");
  await choose(page, piece.photo);
  await page.getByLabel("Search words").fill("blue jeans");
  await page.getByLabel("Search words").press("Enter");
  await expect(page).toHaveURL(/q=blue\+jeans/);
  await settled(page);
  await act(page, cards(page).first(), "Why am I seeing this?");
  const why = page.getByRole("dialog", { name: "Why you're seeing this" });
  await expect(why).toContainText(/It looks very similar|It is the item in your photo/);
  await expect(why).toContainText("What determined its rank");
  await expect(why).toContainText("as requested");
  await page.keyboard.press("Escape");
  await expect(why).toHaveCount(0);
});

test("recent searches stay on this device", async ({ page, pieces }) => {
  await page.goto("/");
  await choose(page, pieces[9]!.photo);
  await expect(page).toHaveURL(/#p=/);
  await page.goto("/?q=denim+jacket");
  await expect.poll(() => page.evaluate(() => localStorage.getItem("recent-searches"))).toContain("denim jacket");
  await page.goto("/");
  const recents = page.locator(".recents");
  await expect(recents.getByRole("link")).toHaveCount(2);
  await recents.getByRole("link", { name: "denim jacket" }).click();
  await expect(page).toHaveURL(/q=denim\+jacket/);
  await page.goto("/");
  await recents.getByRole("button", { name: "Clear all" }).click();
  await expect(recents).toHaveCount(0);
});

test("links lead to the listing", onPhone, async ({ page, pieces, phone }) => {
  await page.goto("/");
  await choose(page, pieces[9]!.photo);
  await openActions(page, cards(page).first());
  const link = page.getByRole("menuitem", { name: /^Open at/ });
  await expect(link).toHaveAttribute("href", phone ? /./ : pieces[9]!.url!);
  await expect(link).toHaveAttribute("rel", /noopener/);
});

test("what the photo looks like is said; choosing it ranks and hides nothing", async ({ page, pieces }) => {
  const piece = pieces.find((one) => one.subcategory === "jeans")!;
  await page.goto("/");
  await choose(page, piece.photo);
  const hints = page.getByRole("group", { name: "Looks like" });
  await expect(hints).toContainText("jeans");
  await settled(page);
  const before = await cards(page).count();
  await hints.getByRole("button", { name: "jeans" }).click();
  await expect(hints.getByRole("button", { name: "jeans", pressed: true })).toBeVisible();
  await settled(page);
  const { searchParams } = new URL(page.url());
  expect(searchParams.get("hint")).toBe("jeans");
  expect(searchParams.get("subcategory")).toBeNull(); // no filter
  await expect.poll(() => cards(page).count()).toBeGreaterThanOrEqual(Math.min(before, 24));
  await hints.getByRole("button", { name: "jeans" }).click();
  await expect(page).not.toHaveURL(/hint=/);
});

test("a colour shows the item in it", async ({ page, pieces, url }) => {
  const piece = pieces.find((one) => one.category === "tops")!;
  const response = await fetch(`${url}/api/v1/items?${new URLSearchParams({ source: "sample", external_id: piece.external_id! })}`);
  const { id } = (await response.json()) as { id: string };
  await page.goto(`/?item=${id}`);
  await settled(page);
  await page.getByRole("button", { name: "navy", exact: true }).click();
  await expect(page).toHaveURL(/but=navy/);
  await expect(page.locator(".example-photo img.recolored.come")).toHaveAttribute("src", /\/recolor\?to=navy$/);
  await expect(page.locator(".example-photo img.recolored")).toHaveJSProperty("complete", true);
});

test("ticking a value leaves the others of its facet to be ticked", async ({ page, pieces, phone }) => {
  const categories = [...new Set(pieces.map((one) => one.category!))].slice(0, 2);
  await page.goto("/");
  await expect(cards(page).first()).toBeVisible();
  const filters = await openFilters(page, phone);
  const box = (name: string) => filters.getByRole("checkbox", { name: new RegExp(`^${name}`, "i") });
  for (const name of categories) await box(name).click();
  for (const name of categories) await expect(box(name)).toBeChecked();
  const shown = filters.locator("label", { has: page.getByRole("checkbox", { name: new RegExp(`^${categories[1]}`, "i") }) }).locator(".value-count");
  await expect(shown).toHaveText(String(pieces.filter((one) => one.category === categories[1]).length));
  await closeFilters(page, phone);
  await expect(page).toHaveURL(new RegExp(`category=${categories[0]}&category=${categories[1]}`));
  const both = pieces.filter((one) => categories.includes(one.category!)).length;
  await expect(page.getByTestId("status")).toContainText(`${both} items match your filters`);
});

test("the handles of the crop lie inside of the window", onPhone, async ({ page, pieces, phone }) => {
  const wide = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(1600, 500);
    canvas.getContext("2d")!.fillRect(0, 0, 1600, 500);
    return [...new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg" })).arrayBuffer())];
  });
  const panorama = join(tempDir(), "wide.jpg");
  writeFileSync(panorama, Buffer.from(wide));
  const sizes = phone ? [{ width: 360, height: 640 }, { width: 844, height: 390 }] : [{ width: 1024, height: 600 }, { width: 1366, height: 768 }, { width: 1920, height: 1080 }];
  for (const photo of [pieces[5]!.photo, panorama]) {
    await page.goto("/");
    await choose(page, photo);
    await page.getByRole("button", { name: "Crop to one garment" }).click();
    const dialog = page.getByRole("dialog", { name: "Crop to one garment" });
    await expect(dialog.locator("img").first()).toBeVisible();
    for (const size of sizes) {
      await page.setViewportSize(size);
      // The boxes are measured one after another, and the layout may change between them.
      await expect(async () => {
        // The whole photo: its corners are as far out as handles come.
        const image = (await dialog.locator("img").first().boundingBox())!;
        const frame = (await dialog.boundingBox())!;
        const reach = 9; // half of a handle
        expect(image.x - reach).toBeGreaterThanOrEqual(frame.x);
        expect(image.x + image.width + reach).toBeLessThanOrEqual(frame.x + frame.width);
        expect(frame.y).toBeGreaterThanOrEqual(0);
        expect(image.y + image.height + reach).toBeLessThanOrEqual(Math.min(frame.y + frame.height, size.height));
        await expect(dialog.getByRole("button", { name: "Search this part" })).toBeInViewport({ ratio: 1 });
      }).toPass();
    }
    await page.keyboard.press("Escape");
  }
});

test("a large photo is shrunk before it is sent", async ({ page }) => {
  await recordForms(page);
  await page.goto("/");
  const path = join(tempDir(), "large.jpg");
  const base64 = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(4000, 3000);
    const context = canvas.getContext("2d")!;
    const noise = context.createImageData(4000, 3000);
    for (let i = 0; i < noise.data.length; ++i) noise.data[i] = i % 4 === 3 ? 255 : (i * 2654435761) >>> 24;
    context.putImageData(noise, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
    return new Promise<string>((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve((reader.result as string).split(",")[1] ?? "");
      reader.readAsDataURL(blob);
    });
  });
  writeFileSync(path, Buffer.from(base64, "base64"));
  expect(statSync(path).size).toBeGreaterThan(3_000_000);
  await page.getByTestId("file").setInputFiles(path);
  const sent = Number((await lastForm(page, 1)).image);
  expect(sent).toBeGreaterThan(0);
  expect(sent).toBeLessThan(1_500_000);
});
