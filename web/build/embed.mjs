// Generates the C++ file behind src/http/assets.h from the built app and the API's pages.
//   node embed.mjs VERSION OUTPUT.cc FOLDER FILE…
// A file below FOLDER is named by its path there, a FILE by its name. "@FIT_VERSION@" in a text becomes VERSION. The
// contents and their compressed forms are written beside OUTPUT, and the assembler includes them (.incbin).
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".webmanifest": "application/manifest+json",
};
const PACKED = new Set([".png", ".woff2"]);

const [version, output, folder, ...files] = process.argv.slice(2);
const blobs = join(dirname(output), "blobs");
rmSync(blobs, { recursive: true, force: true });
mkdirSync(blobs, { recursive: true });

const sources = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .map((path) => ({ path, name: relative(folder, path) }))
  .concat(files.map((path) => ({ path, name: basename(path) })))
  .sort((a, b) => (a.name < b.name ? -1 : 1));

const assembler = [];
const declarations = [];
const entries = [];

function blob(content) {
  if (content === null) return "{}";
  const number = declarations.length;
  const path = join(blobs, String(number));
  writeFileSync(path, content);
  assembler.push(`fit_asset_${number}:`, `.incbin "${path}"`);
  declarations.push(`extern const char asset_${number}[] asm("fit_asset_${number}");`);
  return `{asset_${number}, ${content.length}}`;
}

for (const { path, name } of sources) {
  const type = TYPES[extname(name)];
  if (!type) throw new Error(`embed: ${path}: unknown file type`);
  let content = readFileSync(path);
  if (!PACKED.has(extname(name))) content = Buffer.from(content.toString().replaceAll("@FIT_VERSION@", version));
  const worth = (packed) => (packed.length < content.length * 0.9 ? packed : null);
  const packable = !PACKED.has(extname(name));
  const gzip = packable ? worth(gzipSync(content, { level: 9 })) : null;
  const brotli = packable ? worth(brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })) : null;
  const tag = createHash("sha256").update(content).digest("hex").slice(0, 16);
  entries.push(`    {"${name}", "${type}", "\\"${tag}\\"",\n     ${blob(content)}, ${blob(gzip)}, ${blob(brotli)}},`);
}

writeFileSync(
  output,
  `#include "http/assets.h"

#include <array>

asm(R"(.pushsection .rodata
${assembler.join("\n")}
.popsection
)");

${declarations.join("\n")}

namespace fit::http {
namespace {

const std::array<Asset, ${entries.length}> kAssets = {{
${entries.join("\n")}
}};

}  // namespace

std::span<const Asset> assets() {
  return kAssets;
}

}  // namespace fit::http
`,
);
