// Takes the screenshots of README and docs from a running server:
//   node scripts/screenshots.mjs http://127.0.0.1:8000 PHOTO ../docs/images [all | NAME…]
// With "all": every page and state on phone and desk, light and dark, for inspection. With names, such as "results look": these
// only, on phone and desk. "look" needs a server that finds garments (docs/operations.md). The server's address is in some
// pictures: those of the docs are of port 8000.
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { args, executablePath } from "./browser.mjs";

const [url, photo, folder, ...names] = process.argv.slice(2);
const extent = names[0] === "all";
const wanted = new Set(extent ? [] : names);
if (!folder) throw new Error("usage: screenshots.mjs URL PHOTO FOLDER [all | NAME…]");
const browser = await chromium.launch({ executablePath, args });

const DESK = { viewport: { width: 1360, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

const settle = async (page) => {
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(350);
};
const choose = async (page) => {
  await page.goto(url);
  await page.getByTestId("file").setInputFiles(photo);
  await page.waitForURL(/#p=/);
  await settle(page);
};
// A photo of a dress and of shoes of the catalogue, beside each other.
const composed = async (page) => {
  const bytes = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(1000, 1200);
    const context = canvas.getContext("2d");
    context.fillStyle = "#e6e2db";
    context.fillRect(0, 0, canvas.width, canvas.height);
    const places = { dresses: [40, 60, 520, 1040], shoes: [600, 640, 360, 480] };
    for (const [category, place] of Object.entries(places)) {
      const { items } = await (await fetch(`/api/v1/items?limit=1&filters=${JSON.stringify({ category: [category] })}`)).json();
      const picture = await createImageBitmap(await (await fetch(items[0].images[0].url)).blob());
      context.drawImage(picture, ...place);
    }
    return [...new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 })).arrayBuffer())];
  });
  return { name: "look.jpg", mimeType: "image/jpeg", buffer: Buffer.from(bytes) };
};
const look = async (page) => {
  await page.goto(url);
  await page.getByTestId("file").setInputFiles(await composed(page));
  await page.waitForURL(/#p=/);
  await page.getByRole("button", { name: /, garment 1 of/ }).last().click();
  await settle(page);
};
const act = async (page, card, name) => {
  await card.getByRole("button", { name: /^More actions for/ }).click();
  await page.getByRole("menu").getByText(name, { exact: true }).click();
};
const firstItem = async (page) => {
  await choose(page);
  await page.locator(".card-link").nth(1).click();
  await page.waitForURL(/items/);
  await settle(page);
};

// A page that needs no more than its address.
const at = (path) => async (page) => {
  await page.goto(`${url}${path}`);
  await settle(page);
};

const SHOTS = {
  search: async (page) => {
    await page.goto(url);
    await settle(page);
  },
  results: choose,
  look, // on a server that finds garments
  item: firstItem,
  quick: async (page) => {
    await choose(page);
    await act(page, page.locator(".card").nth(1), "Quick view");
    await page.getByRole("dialog").locator(".properties").waitFor();
    await settle(page);
  },
  catalogue: at("/studio/catalogue"),
  // On a server that asks nobody.
  keys: async (page) => {
    await page.goto(`${url}/studio/keys`);
    await page.evaluate(async (wanted) => {
      const { keys } = await (await fetch("/api/v1/keys")).json();
      for (const key of keys.length > 0 ? [] : wanted) {
        await fetch("/api/v1/keys", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(key) });
      }
    }, KEYS);
    await page.reload();
    await settle(page);
  },
  operations: async (page) => {
    await page.goto(`${url}/studio/operations`);
    for (let i = 0; i < 14; ++i) {
      await page.evaluate(async (n) => {
        for (let k = 0; k < 1 + ((n * 7) % 5); ++k) {
          await fetch("/api/v1/search", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ text: ["denim jacket", "red dress", "black boots"][k % 3] }) });
        }
      }, i);
      await page.waitForTimeout(1000);
    }
    await page.waitForTimeout(300);
  },
};
const KEYS = [
  { name: "monitoring", scopes: ["metrics"] },
  { name: "import of the night", scopes: ["items:read", "items:write"], rate_limit: "100/minute", expires_at: "2099-01-01" },
  { name: "web shop", scopes: ["search", "items:read"], filters: { source: "sample" } },
];
const MORE = {
  but: async (page) => {
    await choose(page);
    await page.getByRole("group", { name: "Same style in another colour" }).getByRole("button", { name: "red" }).click();
    await act(page, page.locator(".card").nth(2), "More like this");
    await settle(page);
    await act(page, page.locator(".card").first(), "Why am I seeing this?");
    await settle(page);
  },
  nothing: async (page) => {
    await page.goto(`${url}/?q=wool+coat&category=shoes&price=500-`);
    await settle(page);
  },
  crop: async (page) => {
    await choose(page);
    await page.getByRole("button", { name: "Crop to one garment" }).click();
    await settle(page);
  },
  filters: async (page) => {
    await choose(page);
    const button = page.getByRole("button", { name: /^Filters/ });
    if (await button.isVisible()) {
      await button.click();
      await page.getByRole("dialog").getByRole("checkbox").first().waitFor();
    }
    await settle(page);
  },
  close: async (page) => {
    await choose(page);
    await page.getByRole("button", { name: "Show weaker matches" }).click();
    await page.waitForURL(/weak=1/);
    await settle(page);
  },
  words: at("/?q=navy+jacket+under+80"),
  completions: async (page) => {
    await at("/")(page);
    await page.getByLabel("Search words").pressSequentially("dr");
    await page.getByRole("listbox").waitFor();
  },
  sorted: at("/?q=jacket&sort=price"),
  share: async (page) => {
    await choose(page);
    await page.getByRole("button", { name: "Share this search" }).click();
    await page.getByRole("dialog").waitFor();
  },
  tell: async (page) => {
    await at("/?q=jacket")(page);
    await page.getByRole("button", { name: "Tell me when something like this appears" }).click();
    await page.getByRole("dialog").waitFor();
  },
  zoom: async (page) => {
    await firstItem(page);
    await page.getByRole("button", { name: "Zoom the photo" }).click();
    await page.getByRole("dialog").waitFor();
  },
  recent: async (page) => {
    await firstItem(page);
    await at("/recent")(page);
  },
  saved: at("/favourites"),
  searches: at("/saved-searches"),
  "for-you": at("/for-you"),
  outfits: async (page) => {
    await at("/outfits")(page);
    await page.locator(".outfit").first().waitFor({ timeout: 5_000 }).catch(() => undefined);
  },
  "saved-outfits": at("/outfits/saved"),
  plan: at("/outfits/plan"),
  wardrobe: at("/wardrobe"),
  account: at("/account"),
  "sign-in": at("/sign-in"),
  studio: at("/studio"),
  uploads: at("/studio/uploads"),
  sources: at("/studio/sources"),
  clusters: at("/studio/clusters"),
  review: at("/studio/review"),
  trends: at("/studio/trends"),
  experiments: at("/studio/experiments"),
  alerts: at("/studio/alerts"),
  queues: at("/studio/queues"),
  users: at("/studio/users"),
  bookmarklet: at("/studio/bookmarklet"),
  missing: at("/nowhere"),
  gone: at("/items/999999999"),
  import: async (page) => {
    await at("/studio/catalogue")(page);
    await page.locator('input[type="file"]').first().setInputFiles({ name: "coats.csv", mimeType: "text/csv", buffer: Buffer.from("title,price,colour of it,image\nWool coat,40,navy,\nRain coat,abc,red,\n") });
    await page.getByRole("table").first().waitFor();
    await settle(page);
  },
  add: async (page) => {
    await at("/studio/catalogue")(page);
    await page.getByRole("button", { name: "Add an item" }).click();
    await page.getByRole("dialog").waitFor();
  },
  bulk: async (page) => {
    await at("/studio/catalogue")(page);
    await page.getByRole("checkbox", { name: "Select all items shown" }).click();
    await settle(page);
  },
  offline: async (page) => {
    await at("/?q=jacket")(page);
    await page.context().setOffline(true);
    await page.getByLabel("Search words").fill("coat");
    await page.keyboard.press("Enter");
    await page.getByRole("status").filter({ hasText: "offline" }).first().waitFor({ timeout: 8_000 }).catch(() => undefined);
  },
  edit: async (page) => {
    await page.goto(`${url}/studio/catalogue`);
    await page.getByRole("button", { name: /^Edit/ }).first().click();
    await settle(page);
  },
  docs: async (page) => {
    await page.goto(`${url}/docs`);
    await settle(page);
  },
};

// The pages that the docs show in other languages.
const LANGUAGES = { de: "results-de", ar: "results-ar" };

async function shoot(name, device, colorScheme, prepare, suffix, language) {
  const context = await browser.newContext({ ...device, colorScheme, serviceWorkers: "block" });
  if (language) await context.addInitScript((chosen) => localStorage.setItem("language", chosen), language);
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && console.log(name, suffix, message.text()));
  page.on("pageerror", (error) => console.log(name, suffix, error.message));
  try {
    await prepare(page);
    await page.screenshot({ path: join(folder, `${name}${suffix}.png`) });
  } catch (error) {
    console.log(`${name}${suffix}: ${error.message}`);
    await page.screenshot({ path: join(folder, `${name}${suffix}.failed.png`) });
  }
  await context.close();
}

const isWanted = (name) => wanted.size === 0 || wanted.has(name);
const OF_DARK = new Set(["results", "operations"]); // the phone's picture in the docs

for (const [name, prepare] of Object.entries({ ...SHOTS, ...(extent || wanted.size > 0 ? MORE : {}) }).filter(([name]) => isWanted(name))) {
  await shoot(name, DESK, "light", prepare, "");
  await shoot(name, PHONE, !extent && OF_DARK.has(name) ? "dark" : "light", prepare, "-phone");
  if (!extent) continue;
  await shoot(name, DESK, "dark", prepare, "-dark");
  await shoot(name, PHONE, "dark", prepare, "-phone-dark");
}
for (const [language, name] of Object.entries(LANGUAGES).filter(([, name]) => isWanted(name))) {
  await shoot(name, DESK, "light", choose, "", language);
  if (extent) await shoot(name, PHONE, "light", choose, "-phone", language);
}
await browser.close();
