// The files that this window is sending. They belong to the app and not to the page, which may be left and opened again.
// What the server has taken is on its list of assets, also after a reload; closing the window ends what is still being sent,
// so the browser asks first.
import { createContext, useContext, useSyncExternalStore } from "react";
import { assets, type SendOptions, type IngestedAsset } from "../api/assets";
import { ApiError } from "../api/client";

export interface Sent {
  key: number;
  name: string;
  state: "waiting" | "sending" | "known" | "failed";
  share: number; // from 0 to 1
  error?: unknown;
}

export type Send = (file: File, metadata: object, options: SendOptions) => Promise<Taken>;

// What the server says of a file that it has taken.
export type Taken = Pick<IngestedAsset, "status">;

interface Waiting {
  key: number;
  file: File;
  metadata: object;
}

const AT_ONCE = 3;
const TRIES = 4;
const askBeforeUnload = (event: BeforeUnloadEvent) => event.preventDefault();

// A server that is busy, or does not respond, may take the file a little later.
const isPassing = (error: unknown) => error instanceof ApiError && (error.unreachable || error.status === 429 || error.status === 503);

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("", "AbortError"));
    });
  });

export class Sending {
  private shown: Sent[] = [];
  private waiting: Waiting[] = [];
  private active = 0;
  private lastKey = 0;
  private controller = new AbortController();
  private readonly listeners = new Set<() => void>();

  // `firstPause` is before the second attempt at a busy server, in milliseconds.
  constructor(
    private readonly send: Send = assets.send,
    private readonly firstPause = 1_000,
  ) {}

  readonly get = () => this.shown;

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  add(files: File[], metadata: object) {
    const added = files.map((file) => ({ key: ++this.lastKey, file, metadata }));
    this.waiting.push(...added);
    this.show([...this.shown, ...added.map(({ key, file }): Sent => ({ key, name: file.name, state: "waiting", share: 0 }))]);
    window.addEventListener("beforeunload", askBeforeUnload);
    while (this.active < AT_ONCE && this.waiting.length > 0) void this.work();
  }

  // Ends what is being sent and forgets what waits. What the server has taken stays.
  readonly stop = () => {
    this.waiting = [];
    this.controller.abort();
    this.controller = new AbortController();
    this.show(this.shown.filter((one) => !isOpen(one)));
  };

  // Removes the lines of files that are not being sent.
  readonly clear = () => this.show(this.shown.filter(isOpen));

  private async work() {
    this.active++;
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) await this.sendOne(next);
    this.active--;
    if (this.active === 0) window.removeEventListener("beforeunload", askBeforeUnload);
  }

  private async sendOne({ key, file, metadata }: Waiting) {
    const { signal } = this.controller;
    this.change(key, { state: "sending", share: 0 });
    try {
      const { status } = await this.attempt(key, file, metadata, signal);
      if (status === "known") this.change(key, { state: "known", share: 1 });
      else this.show(this.shown.filter((one) => one.key !== key)); // it is on the server's list now
    } catch (error) {
      if (!signal.aborted) this.change(key, { state: "failed", error });
    }
  }

  private async attempt(key: number, file: File, metadata: object, signal: AbortSignal): Promise<Taken> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.send(file, metadata, { signal, onProgress: (share) => this.change(key, { share }) });
      } catch (error) {
        if (tries === TRIES || !isPassing(error)) throw error;
        await pause(this.firstPause * 2 ** (tries - 1), signal);
      }
    }
  }

  private change(key: number, more: Partial<Sent>) {
    this.show(this.shown.map((one) => (one.key === key ? { ...one, ...more } : one)));
  }

  private show(shown: Sent[]) {
    this.shown = shown;
    for (const listener of this.listeners) listener();
  }
}

export const isOpen = (one: Sent) => one.state === "waiting" || one.state === "sending";

export const SendingContext = createContext(new Sending());
export const useSending = () => useContext(SendingContext);

export function useSent(): Sent[] {
  const sending = useSending();
  return useSyncExternalStore(sending.subscribe, sending.get);
}
