// A photo of several garments, made of photos of one each that lie side by side.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { tempDir } from "./fit";
import type { Piece } from "./pieces";

// Two pieces of kinds that look different.
export const twoPieces = (pieces: Piece[]): [Piece, Piece] => [pieces.find((one) => one.category === "dresses")!, pieces.find((one) => one.subcategory === "jeans")!];

// Writes a photo in which the photos lie beside each other, and returns its path.
export async function compose(page: Page, photos: string[]): Promise<string> {
  const sources = photos.map((path) => readFileSync(path).toString("base64"));
  const bytes = await page.evaluate(async (all) => {
    const bitmaps = await Promise.all(all.map(async (one) => createImageBitmap(await (await fetch(`data:image/jpeg;base64,${one}`)).blob())));
    const [width, height, gap] = [420, 560, 40];
    const canvas = new OffscreenCanvas(bitmaps.length * (width + gap) + gap, height + 2 * gap);
    const context = canvas.getContext("2d")!;
    context.fillStyle = "#e9e5df";
    context.fillRect(0, 0, canvas.width, canvas.height);
    bitmaps.forEach((bitmap, i) => context.drawImage(bitmap, gap + i * (width + gap), gap, width, height));
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
    return [...new Uint8Array(await blob.arrayBuffer())];
  }, sources);
  const path = join(tempDir(), "look.jpg");
  writeFileSync(path, Buffer.from(bytes));
  return path;
}
