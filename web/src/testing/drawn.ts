import { vi } from "vitest";

// Gives every element a size, as a browser does that draws it: jsdom does not.
export function drawnAt(width: number, height: number) {
  const rectangle = { x: 0, y: 0, left: 0, top: 0, right: width, bottom: height, width, height };
  vi.stubGlobal("ResizeObserver", class {
    constructor(private readonly on: (entries: { contentRect: typeof rectangle; target: Element }[]) => void) {}
    observe = (target: Element) => this.on([{ contentRect: rectangle, target }]);
    unobserve = () => undefined;
    disconnect = () => undefined;
  });
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockReturnValue({ ...rectangle, toJSON: () => rectangle });
}
