// Fails when modules of src/ import each other in a cycle. Type imports and dynamic imports count.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../src", import.meta.url));
const IMPORT = /(?:from|import)\s*\(?\s*"(\.[^"]+)"/g;

const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name));
const importsOf = new Map(
  files.map((file) => {
    const targets = [...readFileSync(file, "utf8").matchAll(IMPORT)].map(([, path]) => join(dirname(file), path));
    return [file, targets.flatMap((path) => [`${path}.ts`, `${path}.tsx`].filter(existsSync))];
  }),
);

const done = new Set();
const path = [];
const cycles = [];

function visit(file) {
  const start = path.indexOf(file);
  if (start >= 0) cycles.push([...path.slice(start), file]);
  if (start >= 0 || done.has(file)) return;
  path.push(file);
  for (const target of importsOf.get(file) ?? []) visit(target);
  path.pop();
  done.add(file);
}

files.forEach(visit);
for (const cycle of cycles) console.error(`cycle: ${cycle.map((file) => relative(root, file)).join(" -> ")}`);
process.exit(cycles.length > 0 ? 1 : 0);
