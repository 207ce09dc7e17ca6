import { readFileSync } from "node:fs";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test as base, type Locator, type Page } from "@playwright/test";
import { Fit, remove, tempDir } from "./fit";
import { samplePieces, type Piece } from "./pieces";

export { expect };

// Tests run on a desk's viewport. Those whose subject is the layout, or what fingers touch, run on a phone's too.
export const onPhone = { tag: "@phone" };

interface Fixtures {
  url: string; // URL of the server with the sample
  pieces: Piece[];
  phone: boolean;
  tolerated: RegExp; // errors in the browser that the test provokes
  calm: undefined; // fails the test on other errors in the browser
}

export const test = base.extend<Fixtures>({
  url: async ({}, use) => use(process.env.FIT_URL ?? ""),
  baseURL: async ({ url }, use) => use(url),
  pieces: async ({}, use) => use(samplePieces(process.env.FIT_SAMPLE ?? "")),
  phone: async ({ isMobile }, use) => use(isMobile),
  tolerated: [/^$/, { option: true }],
  calm: [
    async ({ page, tolerated }, use) => {
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("console", (message) => {
        // Failed requests are expected: tests provoke them.
        if (message.type() === "error" && !/Failed to load resource|net::ERR/.test(message.text())) problems.push(message.text());
      });
      await use(undefined);
      expect(problems.filter((one) => !tolerated.test(one))).toEqual([]);
    },
    { auto: true },
  ],
});

interface OwnFixtures {
  settings: Record<string, string>; // of the server
  data: string; // the server's folder
  fit: Fit;
}

// A test that changes a catalogue, and has a server and an empty catalogue of its own.
export const own = test.extend<OwnFixtures>({
  settings: [{}, { option: true }],
  data: async ({}, use) => {
    const folder = tempDir();
    await use(folder);
    remove(folder);
  },
  fit: async ({ data, settings }, use) => {
    const fit = await new Fit(data, { EMBEDDING_PROVIDER: "palette", ...settings }).start();
    await use(fit);
    await fit.stop();
  },
  baseURL: async ({ fit }, use) => use(fit.url),
});

export const cards = (page: Page): Locator => page.getByTestId("grid").locator("> li");

// Whether the results of the address are complete. An address is there before its results.
const isSettled = () => {
  const found = document.querySelector<HTMLElement>("section.found");
  const shown = new URLSearchParams(found?.dataset.search).toString();
  return found?.getAttribute("aria-busy") === "false" && shown === new URLSearchParams(window.location.search).toString();
};

// Waits until the results are complete.
export async function settled(page: Page) {
  await expect(async () => expect(await page.evaluate(isSettled)).toBe(true)).toPass({ timeout: 20_000, intervals: [50] });
}

export async function choose(page: Page, path: string) {
  await page.getByTestId("file").setInputFiles(path);
  await expect(page).toHaveURL(/photo=[0-9a-f]{12}/);
  await settled(page);
  await expect(cards(page).first()).toBeVisible();
}

// Shows what is like the photo or words in part too.
export async function showWeaker(page: Page) {
  await page.getByRole("button", { name: "Show weaker matches" }).click();
  await expect(page).toHaveURL(/weak=1/);
  await settled(page);
}

export async function openActions(page: Page, card: Locator) {
  await card.getByRole("button", { name: /^More actions for/ }).click();
  await expect(page.getByRole("menu")).toBeVisible();
}

// Does something with a result that its menu offers.
export async function act(page: Page, card: Locator, name: string) {
  await openActions(page, card);
  await page.getByRole("menu").getByText(name, { exact: true }).click();
}

export const title = (card: Locator) => card.locator(".card-title");

export async function openFilters(page: Page, phone: boolean): Promise<Locator> {
  if (!phone) return page.getByRole("complementary", { name: "Filters" });
  await page.getByRole("button", { name: /^Filters/ }).click();
  return page.getByRole("dialog", { name: "Filters" });
}

export async function closeFilters(page: Page, phone: boolean) {
  if (!phone) return;
  await page.getByRole("button", { name: /^Show (results|[\d,]+\+? items?)$/ }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
}

// Whether the service worker of a page is active, as a function for the page.
export const ready = () => navigator.serviceWorker.ready.then((registration) => registration.active?.state === "activated" || new Promise((resolve) => (registration.active!.onstatechange = resolve)));

// Drops or pastes a file.
export async function transfer(page: Page, kind: "drop" | "paste", path: string, type: string) {
  await page.evaluate(
    ([how, base64, mime]) => {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], "photo", { type: mime }));
      document.body.dispatchEvent(
        how === "drop"
          ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
          : new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
      );
    },
    [kind, readFileSync(path).toString("base64"), type] as const,
  );
}

// The browser does not expose the content of a form with a file, so the page records it.
export async function recordForms(page: Page) {
  await page.addInitScript(() => {
    const sent: Record<string, string>[] = [];
    Object.assign(window, { sentForms: sent });
    const original = window.fetch.bind(window);
    window.fetch = (input, init) => {
      if (init?.body instanceof FormData) {
        const entries = [...init.body.entries()].map(([name, value]) => [name, typeof value === "string" ? value : String(value.size)]);
        sent.push(Object.fromEntries(entries) as Record<string, string>);
      }
      return original(input, init);
    };
  });
}

export async function lastForm(page: Page, count: number): Promise<Record<string, string>> {
  const forms = () => page.evaluate(() => (window as unknown as { sentForms: Record<string, string>[] }).sentForms);
  await expect.poll(async () => (await forms()).length).toBeGreaterThanOrEqual(count);
  return (await forms()).at(-1) ?? {};
}

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];
// Of lists of equal cards and rows, axe checks the first ones.
const REPEATED = ["[data-testid=grid] > li:nth-child(n + 9)", ".pieces tbody tr:nth-child(n + 9)"];

// Waits until the page is drawn in a colour scheme, without results that are being replaced, and until animations have ended.
async function drawn(page: Page, scheme: "light" | "dark") {
  await expect(page.locator(".grid.dimmed, .pieces.dimmed")).toHaveCount(0);
  await page.waitForFunction((wanted) => window.matchMedia(`(prefers-color-scheme: ${wanted})`).matches, scheme);
  await page.evaluate(async () => {
    // Transitions begin with the next frame.
    for (let frame = 0; frame < 2; ++frame) await new Promise(requestAnimationFrame);
    // An animation that is cancelled rejects the promise that it had before, and then has one that never settles.
    const running = document
      .getAnimations()
      .filter((one) => one.playState === "running" && one.effect?.getComputedTiming().iterations !== Infinity);
    await Promise.allSettled(running.map((one) => one.finished));
  });
}

async function violations(page: Page, scheme: "light" | "dark", within?: string) {
  const runOnly = scheme === "light" ? { type: "tag" as const, values: RULES } : { type: "rule" as const, values: COLOUR_RULES };
  // The app has no frames. The legacy mode opens no second page for the report.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ runOnly, resultTypes: ["violations"] });
  if (within) axe.include(within);
  for (const selector of REPEATED) axe.exclude(selector);
  const { violations: found } = await axe.analyze();
  return found.map((one) => `${scheme}: ${one.id}: ${one.nodes.map((node) => node.target.join(" ")).slice(0, 4).join("; ")}`);
}

interface CheckOptions {
  within?: string; // the only part to check, when the rest was checked before
  dark?: boolean;
}

// Checks the page by axe: by all rules in the light scheme, and in the dark one, which differs in nothing else, by those
// about colours. On a phone, where few parts look different from a desk's, the dark scheme is left out by default.
export async function check(page: Page, { within, dark = (page.viewportSize()?.width ?? 0) > 760 }: CheckOptions = {}) {
  // The fixed header covers content that is scrolled below it.
  await page.evaluate(() => {
    window.scrollTo(0, 0);
    // Cards far below are not laid out and have no size.
    document.styleSheets[0]?.insertRule(".card { content-visibility: visible !important }");
  });
  await drawn(page, "light");
  const found = await violations(page, "light", within);
  if (dark) {
    await page.emulateMedia({ colorScheme: "dark" });
    await drawn(page, "dark");
    found.push(...(await violations(page, "dark", within)));
    await page.emulateMedia({ colorScheme: "light" });
  }
  expect(found).toEqual([]);
}
