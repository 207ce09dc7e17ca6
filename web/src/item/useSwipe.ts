import { useRef, type PointerEvent } from "react";
import { forwards } from "../language/language";

const LEAST = 40; // pixels

// Handlers of an element that is turned by swiping: by 1 to the next, by -1 to the previous one. Scrolling up and down stays the browser's.
export function useSwipe(turn: (by: 1 | -1) => void) {
  const start = useRef<{ x: number; y: number }>(undefined);
  return {
    onPointerDown: (event: PointerEvent) => {
      start.current = event.pointerType !== "mouse" && event.isPrimary ? { x: event.clientX, y: event.clientY } : undefined;
    },
    onPointerUp: (event: PointerEvent) => {
      const from = start.current;
      start.current = undefined;
      if (!from) return;
      const [x, y] = [event.clientX - from.x, event.clientY - from.y];
      if (Math.abs(x) >= LEAST && Math.abs(x) > 1.5 * Math.abs(y)) turn(forwards(-x));
    },
    onPointerCancel: () => {
      start.current = undefined;
    },
  };
}
