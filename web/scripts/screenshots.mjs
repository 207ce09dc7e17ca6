// Takes the screenshots of README and docs from a running server:
//   node scripts/screenshots.mjs http://127.0.0.1:8000 PHOTO ../docs/images [all]
// With "all": every page on phone and desk, light and dark, for inspection.
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { args, executablePath } from "./browser.mjs";

const [url, photo, folder, extent] = process.argv.slice(2);
if (!folder) throw new Error("usage: screenshots.mjs URL PHOTO FOLDER [all]");
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

const SHOTS = {
  search: async (page) => {
    await page.goto(url);
    await settle(page);
  },
  results: choose,
  look, // on a server that finds garments
  item: firstItem,
  catalogue: async (page) => {
    await page.goto(`${url}/studio/catalogue`);
    await settle(page);
  },
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

async function shoot(name, device, colorScheme, prepare, suffix) {
  const context = await browser.newContext({ ...device, colorScheme, serviceWorkers: "block" });
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

for (const [name, prepare] of Object.entries(SHOTS)) {
  await shoot(name, DESK, "light", prepare, "");
  await shoot(name, PHONE, extent ? "light" : name === "results" || name === "operations" ? "dark" : "light", prepare, "-phone");
  if (extent) {
    await shoot(name, DESK, "dark", prepare, "-dark");
    await shoot(name, PHONE, "dark", prepare, "-phone-dark");
  }
}
if (extent) {
  for (const [name, prepare] of Object.entries(MORE)) {
    await shoot(name, DESK, "light", prepare, "");
    await shoot(name, PHONE, "dark", prepare, "-phone-dark");
  }
}
await browser.close();
