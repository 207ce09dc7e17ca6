// What is made of the garments that the server has found in a photo.
import type { Detection, DetectedGarment } from "../api/detect";
import { areaOf, overlapOf, type PhotoBox } from "./box";

const FILLS = 0.85; // a garment that takes this share of the photo is the photo
const STANDS_OUT = 0.04; // the least share of the photo of a garment that it is about
const RIVAL = 0.4; // a garment with this share of what the first one has stands out as well
const SAME = 0.5; // a frame that overlaps a garment by this much still shows it

export const boxOf = ({ box }: DetectedGarment): PhotoBox => [box.left, box.top, box.right, box.bottom];

const weightOf = (garment: DetectedGarment) => areaOf(boxOf(garment)) * garment.confidence;

// The garments that can be chosen. A photo that one garment fills has none: it is searched with as a whole.
export function choicesOf(detection: Detection | undefined): DetectedGarment[] {
  const garments = detection?.garments ?? [];
  const [first] = garments;
  return garments.length === 1 && first && areaOf(boxOf(first)) >= FILLS ? [] : garments;
}

// The box of the garment that a photo is about; undefined where several stand out, or none, or one fills the photo.
export function mainBox(detection: Detection | undefined): PhotoBox | undefined {
  const [first, second] = [...(detection?.garments ?? [])].sort((a, b) => weightOf(b) - weightOf(a));
  if (!first || (second && weightOf(second) >= RIVAL * weightOf(first))) return undefined;
  const box = boxOf(first);
  return areaOf(box) >= STANDS_OUT && areaOf(box) < FILLS ? box : undefined;
}

// The place in the list of the garment that a box shows; -1: it shows none of them.
export function shownBy(box: PhotoBox | undefined, garments: readonly DetectedGarment[]): number {
  if (!box) return -1;
  const shares = garments.map((one) => overlapOf(boxOf(one), box));
  const best = Math.max(0, ...shares);
  return best >= SAME ? shares.indexOf(best) : -1;
}
