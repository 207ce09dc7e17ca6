// A part of a photo. Searches, addresses and the frame that a person drags have the same form of it.

// Left, top, right and bottom as fractions of the upright photo, 0 to 1.
export type PhotoBox = readonly [left: number, top: number, right: number, bottom: number];

const SMALLEST = 0.01; // of a side: less shows nothing

const text = (share: number) => String(Math.round(share * 10_000) / 10_000);

// As addresses and forms have it.
export const boxText = (box: PhotoBox): string => box.map(text).join(",");

export function parseBox(given: string | null): PhotoBox | undefined {
  const numbers = (given ?? "").split(",").map((one) => (/^(0|1|[01]?\.\d{1,8}|1\.0*)$/.test(one) ? Number(one) : NaN));
  const [left = NaN, top = NaN, right = NaN, bottom = NaN] = numbers;
  const isBox = numbers.length === 4 && right - left >= SMALLEST && bottom - top >= SMALLEST && right <= 1 && bottom <= 1;
  return isBox ? [left, top, right, bottom] : undefined;
}

export const areaOf = ([left, top, right, bottom]: PhotoBox) => Math.max(0, right - left) * Math.max(0, bottom - top);

// The share of what both cover in what one or the other covers.
export function overlapOf(a: PhotoBox, b: PhotoBox): number {
  const common = areaOf([Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])]);
  const all = areaOf(a) + areaOf(b) - common;
  return all > 0 ? common / all : 0;
}

// The smallest square around a box, in the photo as far as it fits; in pixels of the photo.
export function squareAround([left, top, right, bottom]: PhotoBox, width: number, height: number) {
  const side = Math.min(Math.max((right - left) * width, (bottom - top) * height), Math.min(width, height));
  const from = (middle: number, length: number) => Math.min(Math.max(0, middle * length - side / 2), length - side);
  return { left: from((left + right) / 2, width), top: from((top + bottom) / 2, height), side };
}
