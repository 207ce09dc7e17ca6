// A server whose detector takes bright cells of a photo for garments, so that tests know what it finds, and photos for it.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { Fit, run, SOURCE, tempDir } from "./fit";

const MAKE = "import sys; sys.path.insert(0, sys.argv[1]); import tiny_detector; tiny_detector.make_folder(sys.argv[2])";

// Starts a server with the sample in the folder.
export async function startDetecting(data: string, sample: string): Promise<Fit> {
  execFileSync("python3", ["-c", MAKE, join(SOURCE, "tests/api"), data], { stdio: ["ignore", "ignore", "pipe"] });
  run(data, "import", join(sample, "items.csv"), "--source", "sample");
  return new Fit(data, { ALLOW_PRIVATE_ADDRESSES: "true", DETECTOR_MODEL: "detector" }).start();
}

export type Place = readonly [column: number, row: number]; // of four by four cells

// Writes a photo that is black but for pictures in some of its cells, and returns its path.
export async function compose(page: Page, pictures: { photo: string; at: Place }[]): Promise<string> {
  const sources = pictures.map(({ photo, at }) => ({ at, base64: readFileSync(photo).toString("base64") }));
  const bytes = await page.evaluate(async (all) => {
    const [width, height] = [192, 256];
    const canvas = new OffscreenCanvas(4 * width, 4 * height);
    const context = canvas.getContext("2d")!;
    context.fillRect(0, 0, canvas.width, canvas.height);
    for (const { at, base64 } of all) {
      // Not by fetch(): the app's Content-Security-Policy has no data: for it.
      const picture = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], { type: "image/jpeg" }));
      context.drawImage(picture, at[0] * width, at[1] * height, width, height);
    }
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 });
    return [...new Uint8Array(await blob.arrayBuffer())];
  }, sources);
  const path = join(tempDir(), "look.jpg");
  writeFileSync(path, Buffer.from(bytes));
  return path;
}
