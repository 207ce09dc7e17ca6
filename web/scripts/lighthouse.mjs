// Asks Lighthouse about the start page, results and an item of a running server, and fails below the scores that are wanted:
//   node scripts/lighthouse.mjs http://127.0.0.1:8000
// On a machine that does nothing else: the score of the performance is made of times. Lighthouse is no package of the app: npx
// fetches the version below.
import { execFileSync } from "node:child_process";
import { args, executablePath } from "./browser.mjs";

const LIGHTHOUSE = "lighthouse@12.2.3";
const WANTED = { performance: 90, accessibility: 100, "best-practices": 100, seo: 100 };

const [url] = process.argv.slice(2);
if (!url) throw new Error("usage: lighthouse.mjs URL");

const { items } = await (await fetch(`${url}/api/v1/items?limit=1`)).json();
const item = items[0];
const { category = "shoes" } = item?.properties ?? {};
const PAGES = { start: "/", results: `/?q=${encodeURIComponent(category)}`, item: `/items/${item?.id}` };

let failed = false;
for (const [name, path] of Object.entries(PAGES)) {
  const flags = [`--only-categories=${Object.keys(WANTED).join(",")}`, "--output=json", "--output-path=stdout", "--quiet", `--chrome-flags=${args.join(" ")}`];
  const output = execFileSync("npx", ["--yes", LIGHTHOUSE, url + path, ...flags], { env: { ...process.env, CHROME_PATH: executablePath }, maxBuffer: 1 << 28 });
  const { categories, audits } = JSON.parse(output);
  for (const [category, least] of Object.entries(WANTED)) {
    const score = Math.round((categories[category]?.score ?? 0) * 100);
    failed ||= score < least;
    console.log(`${score >= least ? "ok  " : "FAIL"} ${name}: ${category} ${score} (at least ${least})`);
    const lost = categories[category]?.auditRefs.filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 0.9) ?? [];
    if (score < least) for (const { id } of lost) console.log(`       ${audits[id].title}: ${audits[id].displayValue ?? ""}`);
  }
}
process.exitCode = failed ? 1 : 0;
