// Where the dots of garments lie on a photo: in the middle of each garment, apart from each other, inside of the photo.
import type { PhotoBox } from "./box";

export const DOT = 44; // pixels that a finger needs
const ROUNDS = 24;

export interface Point {
  x: number;
  y: number;
}

const inside = (at: number, length: number) => Math.min(Math.max(at, DOT / 2), Math.max(DOT / 2, length - DOT / 2));

// In pixels of a photo that is shown with that width and height.
export function placeDots(boxes: readonly PhotoBox[], width: number, height: number): Point[] {
  const dots = boxes.map(([left, top, right, bottom]) => ({ x: ((left + right) / 2) * width, y: ((top + bottom) / 2) * height }));
  const settle = (dot: Point) => {
    dot.x = inside(dot.x, width);
    dot.y = inside(dot.y, height);
  };
  dots.forEach(settle);
  for (let round = 0; round < ROUNDS; ++round) {
    let moved = false;
    for (const [i, one] of dots.entries()) {
      for (const other of dots.slice(i + 1)) moved = part(one, other) || moved;
    }
    if (!moved) break;
    dots.forEach(settle);
  }
  return dots;
}

// Moves two dots apart along the axis on which they are farther from each other, if they overlap.
function part(one: Point, other: Point): boolean {
  const [dx, dy] = [other.x - one.x, other.y - one.y];
  const axis = Math.abs(dx) > Math.abs(dy) ? "x" : "y";
  const gap = axis === "x" ? dx : dy;
  const missing = DOT - Math.abs(gap);
  if (missing <= 0.01) return false;
  const way = gap < 0 ? -1 : 1;
  one[axis] -= (way * missing) / 2;
  other[axis] += (way * missing) / 2;
  return true;
}
