// Boxes as the library of the frame has them.
import type { PercentCrop } from "react-image-crop";
import { boxText, parseBox, type PhotoBox } from "./box";

export const HANDLES = {
  nwDragHandle: "↖",
  nDragHandle: "↑",
  neDragHandle: "↗",
  eDragHandle: "→",
  seDragHandle: "↘",
  sDragHandle: "↓",
  swDragHandle: "↙",
  wDragHandle: "←",
};

export const cropOf = ([left, top, right, bottom]: PhotoBox): PercentCrop => ({
  unit: "%",
  x: left * 100,
  y: top * 100,
  width: (right - left) * 100,
  height: (bottom - top) * 100,
});

// The box of a frame, as exact as addresses have it; undefined for one that contains nothing.
export function boxFrom({ x, y, width, height }: PercentCrop): PhotoBox | undefined {
  const within = (share: number) => Math.min(1, Math.max(0, share / 100));
  return parseBox(boxText([within(x), within(y), within(x + width), within(y + height)]));
}
