import { Blob as NodeBlob, File as NodeFile } from "node:buffer";
import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

afterEach(() => cleanup());

// jsdom's have no contents to read.
Object.assign(globalThis, { Blob: NodeBlob, File: NodeFile });

window.scrollTo = () => undefined;

// jsdom lays nothing out and has none of these.
Object.assign(globalThis, {
  matchMedia: (media: string) => ({ matches: false, media, addEventListener: () => undefined, removeEventListener: () => undefined }),
  ResizeObserver: class {
    observe = () => undefined;
    unobserve = () => undefined;
    disconnect = () => undefined;
  },
});
