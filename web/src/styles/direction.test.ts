import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

// The sides of a declaration by which a page would look wrong from right to left; empty if it has none.
function sided(line: string): string[] {
  const found = line.match(/(?<![\w-])(?:(?:margin|padding|border)-)?(?:left|right)(?:-(?:width|color|style))?\s*:[^;}]*|(?:text-align|float|clear)\s*:\s*(?:left|right)/g) ?? [];
  const four = [...line.matchAll(/(?<![\w-])(?:margin|padding|inset)\s*:\s*([^;{}]+)/g)].filter(([, values = ""]) => {
    const [, right, , left] = values.match(/(?:[\w-]*\((?:[^()]|\([^()]*\))*\)|[^\s()]+)+/g) ?? [];
    return left !== undefined && left !== right;
  });
  const moved = line.includes("translateX(") && !line.includes('[dir="rtl"]') ? line.match(/translateX\([^)]*\)/g) ?? [] : [];
  return [...found, ...four.map(([all]) => all), ...moved];
}

it("styles name no side but those of reading, so that they fit from right to left too", () => {
  const folder = `${import.meta.dirname}/`;
  const wrong = readdirSync(folder)
    .filter((name) => name.endsWith(".css"))
    .flatMap((name) => {
      const text = readFileSync(folder + name, "utf8").replace(/\/\*[^]*?\*\//g, "");
      return text.split("\n").flatMap((line) => {
        // A movement counts as mirrored where the same selector has one from right to left.
        const selector = line.split("{")[0]?.trim() ?? "";
        return sided(line).filter((one) => !one.startsWith("translateX") || !text.includes(`:root[dir="rtl"] ${selector} {`)).map((one) => `${name}: ${one}`);
      });
    });
  expect(wrong).toEqual([]);
});

it("sides are seen", () => {
  expect(sided("a { left: 0; margin-right: 1rem; border-left: 0; text-align: right; }")).toEqual(["left: 0", "margin-right: 1rem", "border-left: 0", "text-align: right"]);
  expect(sided("a { padding: 0 calc(1px + (2px)) 0 .5rem; inset: 1px auto auto; margin: 0 -1rem -1rem; }")).toEqual(["padding: 0 calc(1px + (2px)) 0 .5rem"]);
  expect(sided("a { padding: 1px 2px 3px 2px; inset-inline-start: 0; justify-content: left; }")).toEqual([]);
  expect(sided("a { transform: translateX(1rem); }")).toEqual(["translateX(1rem)"]);
});
