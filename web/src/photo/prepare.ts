// Prepares a photo for sending. Large photos are scaled down in the browser; formats that only the server can decode (HEIC)
// are sent unchanged.

const MAX_SIDE = 1280;
const SMALL_BYTES = 700_000; // photos up to this size are sent unchanged: re-encoding would take longer than sending
const MAX_BYTES = 20 * 2 ** 20; // the server's limit
const MINI_SIDE = 112;

export type PhotoProblem = "not-photo" | "unreadable" | "too-large";

export class PhotoError extends Error {
  constructor(readonly problem: PhotoProblem) {
    super(problem);
  }
}

export interface Box {
  x: number; // all as fractions of the photo, 0 to 1
  y: number;
  width: number;
  height: number;
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

async function draw(source: ImageBitmap, side: number, type: string, quality: number, box?: Box): Promise<Blob> {
  const from = box ?? { x: 0, y: 0, width: 1, height: 1 };
  const width = Math.max(1, source.width * from.width);
  const height = Math.max(1, source.height * from.height);
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
  context.drawImage(source, source.width * from.x, source.height * from.y, width, height, 0, 0, w, h);
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

export async function cropPhoto(photo: Blob, box: Box): Promise<Blob> {
  const bitmap = await createImageBitmap(photo);
  try {
    return await draw(bitmap, MAX_SIDE, "image/jpeg", 0.9, box);
  } finally {
    bitmap.close();
  }
}

// Returns a copy small enough for an address, as text; empty if the browser cannot decode the photo.
export async function miniature(photo: Blob): Promise<string> {
  try {
    const bitmap = await createImageBitmap(photo, { resizeWidth: MINI_SIDE, resizeQuality: "medium" });
    const small = await draw(bitmap, MINI_SIDE, "image/webp", 0.55);
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
