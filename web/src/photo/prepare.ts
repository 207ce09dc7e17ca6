// Prepares a photo for sending. Large photos are scaled down in the browser; formats that only the server can decode (HEIC)
// are sent unchanged.
import type { PhotoBox } from "../detect/box";

const MAX_SIDE = 1280;
const SMALL_BYTES = 700_000; // photos up to this size are sent unchanged: re-encoding would take longer than sending
const MAX_BYTES = 20 * 2 ** 20; // the server's limit
const MINI_SIDE = 112;
const MINI_SIDE_OF_PARTS = 176; // of a photo of which a part is searched with
const COPY_SIDE = 512; // what finding garments needs
const COPY_BYTES = 60_000; // photos up to this size are their own copies

export type PhotoProblem = "not-photo" | "unreadable" | "too-large";

export class PhotoError extends Error {
  constructor(readonly problem: PhotoProblem) {
    super(problem);
  }
}

const startsWith = (head: Uint8Array, text: string, at = 0) => Array.from(text).every((c, i) => head[at + i] === c.charCodeAt(0));

export type Kind = "jpeg" | "png" | "webp" | "gif" | "heic" | "avif" | "other";

// Determines the format from the content; names and declared types are unreliable.
export async function kindOf(blob: Blob): Promise<Kind> {
  const head = new Uint8Array(await blob.slice(0, 32).arrayBuffer());
  if (head[0] === 0xff && head[1] === 0xd8) return "jpeg";
  if (startsWith(head, "PNG", 1)) return "png";
  if (startsWith(head, "GIF8")) return "gif";
  if (startsWith(head, "RIFF") && startsWith(head, "WEBP", 8)) return "webp";
  if (startsWith(head, "ftyp", 4)) {
    const brands = String.fromCharCode(...head.slice(8));
    if (brands.includes("avi")) return "avif";
    if (/hei|hev|mif1|msf1/.test(brands)) return "heic";
  }
  return "other";
}

function encode(canvas: OffscreenCanvas | HTMLCanvasElement, type: string, quality: number): Promise<Blob> {
  if ("convertToBlob" in canvas) return canvas.convertToBlob({ type, quality });
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new PhotoError("unreadable"))), type, quality),
  );
}

async function draw(source: ImageBitmap, side: number, type: string, quality: number, box: PhotoBox = [0, 0, 1, 1]): Promise<Blob> {
  const [left, top, right, bottom] = box;
  const width = Math.max(1, source.width * (right - left));
  const height = Math.max(1, source.height * (bottom - top));
  const scale = Math.min(1, side / Math.max(width, height));
  const w = Math.max(1, Math.round(width * scale));
  const h = Math.max(1, Math.round(height * scale));
  const canvas =
    typeof OffscreenCanvas === "undefined" ? Object.assign(document.createElement("canvas"), { width: w, height: h }) : new OffscreenCanvas(w, h);
  const context = (canvas as OffscreenCanvas).getContext("2d"); // both kinds of canvas have the same context
  if (!context) throw new PhotoError("unreadable");
  context.fillStyle = "#fff"; // transparent pixels become white, as on the server
  context.fillRect(0, 0, w, h);
  context.imageSmoothingQuality = "high";
  context.drawImage(source, source.width * left, source.height * top, width, height, 0, 0, w, h);
  return encode(canvas, type, quality);
}

// Returns the blob to send for a chosen file.
export async function preparePhoto(file: Blob): Promise<Blob> {
  const kind = await kindOf(file);
  if (kind === "other" && !file.type.startsWith("image/")) throw new PhotoError("not-photo");
  if (kind !== "other" && kind !== "heic" && file.size <= SMALL_BYTES) return file;
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    if (kind === "other") throw new PhotoError("unreadable");
    if (file.size > MAX_BYTES) throw new PhotoError("too-large");
    return file;
  }
  try {
    const small = await draw(bitmap, MAX_SIDE, "image/jpeg", 0.86);
    return kind !== "other" && file.size <= small.size ? file : small;
  } finally {
    bitmap.close();
  }
}

export async function cropPhoto(photo: Blob, box: PhotoBox): Promise<Blob> {
  const bitmap = await createImageBitmap(photo);
  try {
    return await draw(bitmap, MAX_SIDE, "image/jpeg", 0.9, box);
  } finally {
    bitmap.close();
  }
}

// Returns a copy in which garments can be found; the photo itself if the browser cannot decode it.
export async function smallCopy(photo: Blob): Promise<Blob> {
  if (photo.size <= COPY_BYTES) return photo;
  try {
    const bitmap = await createImageBitmap(photo);
    const small = await draw(bitmap, COPY_SIDE, "image/jpeg", 0.8);
    bitmap.close();
    return small;
  } catch {
    return photo;
  }
}

// Returns a copy small enough for an address, as text; empty if the browser cannot decode the photo. One of which parts are
// searched with has more pixels.
export async function miniature(photo: Blob, ofParts = false): Promise<string> {
  const side = ofParts ? MINI_SIDE_OF_PARTS : MINI_SIDE;
  try {
    const bitmap = await createImageBitmap(photo, { resizeWidth: side, resizeQuality: "medium" });
    const small = await draw(bitmap, side, "image/webp", 0.55);
    bitmap.close();
    const bytes = new Uint8Array(await small.arrayBuffer());
    if (bytes.length > 6000) return "";
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  } catch {
    return "";
  }
}

export function fromMiniature(text: string): Blob | undefined {
  try {
    const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const content = new Uint8Array(bytes.length);
    for (let i = 0; i < bytes.length; ++i) content[i] = bytes.charCodeAt(i);
    return new Blob([content], { type: startsWith(content, "RIFF") ? "image/webp" : "image/png" });
  } catch {
    return undefined;
  }
}
