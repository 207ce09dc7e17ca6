import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fit, run } from "./fit";
import { check, expect, onPhone, own } from "./test";

const DAY_MS = 24 * 60 * 60 * 1000;

// A catalogue in which red has risen in the last four weeks.
const test = own.extend({
  fit: async ({ data, pieces }, use) => {
    const rows = ["external_id,title,primary_color,listed_at,images"];
    const add = (count: number, color: string, days: number) => {
      const listed = new Date(Date.now() - days * DAY_MS).toISOString();
      for (let i = 0; i < count; ++i) rows.push(`${rows.length},Dress,${color},${listed},${pieces[0]!.photo}`);
    };
    add(40, "red", 2);
    add(20, "blue", 2);
    add(5, "red", 30);
    add(55, "blue", 30);
    const path = join(data, "items.csv");
    writeFileSync(path, `${rows.join("\n")}\n`);
    run(data, "import", path, "--source", "trends", "--embedding-provider", "palette");
    run(data, "trends");
    const fit = await new Fit(data, { EMBEDDING_PROVIDER: "palette" }).start();
    await use(fit);
    await fit.stop();
  },
});

test("trends are shown as small multiples", onPhone, async ({ page }) => {
  await page.goto("/trends");
  const rising = page.getByRole("list", { name: "New listings: rising" });
  await expect(rising.getByText("red", { exact: true })).toBeVisible();
  await expect(rising.getByRole("img", { name: /^red/ })).toBeVisible();
  await expect(page.getByRole("list", { name: "New listings: falling" }).getByText("blue", { exact: true })).toBeVisible();
  await check(page);
  await page.getByRole("combobox", { name: "Time" }).selectOption("90d");
  await expect(page.getByRole("region", { name: "New listings" }).getByText("Nothing has changed significantly")).toBeVisible();
});
