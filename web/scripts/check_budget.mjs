// Fails when the built app loads more script than it may before its start page is complete. The sizes are those that the
// server sends: compressed with Brotli when the program is built.
//   node scripts/check_budget.mjs FOLDER-OF-THE-BUILT-APP
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const FIRST_LOAD = 130_000; // bytes, in English; with the filters, which a desk shows on the start page
const LANGUAGE = 27_000; // what another language adds: its texts, and the names of the ontology's values

const folder = process.argv[2];
const names = readdirSync(join(folder, "assets")).filter((name) => name.endsWith(".js"));
const page = readFileSync(join(folder, "index.html"), "utf8");
const read = (name) => readFileSync(join(folder, "assets", name));
const sizeOf = (name) => brotliCompressSync(read(name), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
const chunk = (start) => {
  const found = names.filter((name) => name.startsWith(`${start}-`));
  if (found.length !== 1) throw new Error(`${found.length} chunks are named ${start}`);
  return found[0];
};

// A chunk and what it imports before it runs.
function withImports(name, all = new Set()) {
  if (all.has(name)) return all;
  all.add(name);
  const code = read(name).toString();
  for (const [, other] of code.matchAll(/(?:\bfrom|\bimport)\s*"\.\/([^"]+\.js)"/g)) withImports(other, all);
  return all;
}

const first = new Set();
const named = [...page.matchAll(/(?:src|href)="\/assets\/([^"]+\.js)"/g)].map(([, name]) => name);
if (named.length < 2) throw new Error("the page names too few scripts");
for (const name of [...named, chunk("Filters")]) withImports(name, first);

let failed = false;
function report(what, size, most) {
  console.log(`${size <= most ? "ok  " : "FAIL"} ${what}: ${(size / 1000).toFixed(1)} KB of at most ${most / 1000} KB`);
  failed ||= size > most;
}
for (const name of first) console.log(`     ${name}: ${(sizeOf(name) / 1000).toFixed(1)} KB`);
report("script of the first load, compressed", [...first].reduce((sum, name) => sum + sizeOf(name), 0), FIRST_LOAD);
for (const language of ["ar", "de", "es", "fr", "it"]) report(`language ${language}`, sizeOf(chunk(language)), LANGUAGE);
process.exit(failed ? 1 : 0);
