// Draws the icons of the installed app from the favicon: node scripts/icons.mjs
import { readFileSync } from "node:fs";
import { chromium } from "@playwright/test";
import { args, executablePath } from "./browser.mjs";

const svg = readFileSync(new URL("../public/favicon.svg", import.meta.url), "utf8");
const browser = await chromium.launch({ executablePath, args });
const page = await browser.newPage();

// A maskable icon fills the square and keeps its symbol within the middle four fifths.
const sizes = [
  { name: "icon-192.png", size: 192, inner: 1, ground: "transparent" },
  { name: "icon-512.png", size: 512, inner: 1, ground: "transparent" },
  { name: "maskable-512.png", size: 512, inner: 0.72, ground: "#b23a0a" },
];
for (const { name, size, inner, ground } of sizes) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<body style="margin:0;height:100vh;display:grid;place-items:center;background:${ground}">
     <div style="width:${inner * 100}%;aspect-ratio:1">${svg}</div></body>`,
  );
  await page.screenshot({ path: new URL(`../public/icons/${name}`, import.meta.url).pathname, omitBackground: true });
}
await browser.close();
