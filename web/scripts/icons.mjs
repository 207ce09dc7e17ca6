// Draws the icons of the installed app and of the app for iOS from the favicon: node scripts/icons.mjs
import { readFileSync } from "node:fs";
import { chromium } from "@playwright/test";
import { args, executablePath } from "./browser.mjs";

const svg = readFileSync(new URL("../public/favicon.svg", import.meta.url), "utf8");
const symbolOnly = svg.replace(/<rect[^>]*\/>/, "");
const browser = await chromium.launch({ executablePath, args });
const page = await browser.newPage();

const folder = "../public/icons";
const iosFolder = "../../ios/App/Assets.xcassets/AppIcon.appiconset";
// A maskable icon fills the square and keeps its symbol within the middle four fifths. An icon of iOS is a full square
// without transparency: the system cuts its corners. The dark one has the ground of the system, and the tinted one is gray.
const icons = [
  { name: `${folder}/icon-192.png`, size: 192, inner: 1, ground: "transparent", drawing: svg },
  { name: `${folder}/icon-512.png`, size: 512, inner: 1, ground: "transparent", drawing: svg },
  { name: `${folder}/maskable-512.png`, size: 512, inner: 0.72, ground: "#b23a0a", drawing: svg },
  { name: `${iosFolder}/AppIcon.png`, size: 1024, inner: 1, ground: "#b23a0a", drawing: svg },
  { name: `${iosFolder}/AppIcon-dark.png`, size: 1024, inner: 1, ground: "transparent", drawing: symbolOnly.replace("#fff", "#ff9257") },
  { name: `${iosFolder}/AppIcon-tinted.png`, size: 1024, inner: 1, ground: "#000", drawing: symbolOnly },
];
for (const { name, size, inner, ground, drawing } of icons) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<body style="margin:0;height:100vh;display:grid;place-items:center;background:${ground}">
     <div style="width:${inner * 100}%;aspect-ratio:1">${drawing}</div></body>`,
  );
  const isOpaque = ground !== "transparent";
  await page.screenshot({ path: new URL(name, import.meta.url).pathname, omitBackground: !isOpaque });
}
await browser.close();
