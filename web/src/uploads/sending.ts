// The files that this window is sending. They belong to the app and not to the page, which may be left and opened again.
// What the server has taken is on its list of assets, also after a reload. Closing the window ends what is still being sent, so
// the browser asks first, unless the files are kept on the device. While the server cannot be reached, files wait for it.
import { createContext, useContext, useSyncExternalStore } from "react";
import { assets, type SendOptions, type IngestedAsset } from "../api/assets";
import { ApiError } from "../api/client";
import { isReachable, onReachable, reportUnreachable } from "../shell/reachable";

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

// Keeps files on the device until the server has taken them. Its operations do not fail: where the browser forbids storage,
// nothing is kept.
export interface Keep {
  put: (file: File, metadata?: object) => string; // the name under which it is kept
  remove: (kept: string) => void;
}

// A file that was kept.
export interface Kept {
  file: File;
  metadata: object;
  kept: string;
}

interface Waiting {
  key: number;
  file: File;
  metadata: object;
  tries: number;
  kept?: string;
  together?: File[]; // are sent with it
}

const AT_ONCE = 3;
const TRIES = 4;
const askBeforeUnload = (event: BeforeUnloadEvent) => event.preventDefault();

const isUnreachable = (error: unknown) => error instanceof ApiError && error.unreachable;
// A server that is busy may take the file a little later.
const isBusy = (error: unknown) => error instanceof ApiError && (error.status === 429 || error.status === 503);
// Whether the same file may be taken another time.
export const mayRetry = (error: unknown) => !(error instanceof ApiError) || error.unreachable || error.status >= 500 || [401, 403, 408, 429].includes(error.status);

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
  private failed: Waiting[] = [];
  private readonly ended = new Set<string>(); // files that are kept no longer
  private sending: Waiting[] = [];
  private lastKey = 0;
  private controller = new AbortController();
  private readonly listeners = new Set<() => void>();

  // `firstPause` is before the second attempt at a busy server, in milliseconds.
  constructor(
    private readonly send: Send = assets.send,
    private readonly firstPause = 1_000,
    private readonly keep?: Keep,
  ) {
    onReachable(() => this.start());
  }

  readonly get = () => this.shown;

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  // Returns the keys of the files, in their order.
  add(files: File[], metadata: object): number[] {
    const added = files.map((file): Waiting => ({ key: ++this.lastKey, file, metadata, tries: 0, kept: this.keep?.put(file, metadata) }));
    return this.queue(added);
  }

  // Sends files as one, under a name. They are not kept on the device. Returns the key.
  addTogether(files: [File, ...File[]], name: string, metadata: object): number {
    const key = ++this.lastKey;
    window.addEventListener("beforeunload", askBeforeUnload);
    this.queue([{ key, file: files[0], metadata, tries: 0, together: files }], name);
    return key;
  }

  // Sends files that were kept when an earlier window was closed.
  resume(files: Kept[]) {
    const here = new Set([...this.waiting, ...this.failed, ...this.sending].map((one) => one.kept));
    this.queue(files.filter(({ kept }) => !here.has(kept) && !this.ended.has(kept)).map((one) => ({ ...one, key: ++this.lastKey, tries: 0 })));
  }

  // Sends a file again that has failed.
  readonly retry = (key: number) => {
    const again = this.failed.find((one) => one.key === key);
    if (!again) return;
    this.failed = this.failed.filter((one) => one !== again);
    this.waiting.push({ ...again, tries: 0 });
    this.change(key, { state: "waiting", share: 0, error: undefined });
    this.start();
  };

  // Ends what is being sent and forgets what waits. What the server has taken stays.
  readonly stop = () => {
    this.forget([...this.waiting, ...this.sending]);
    this.waiting = [];
    this.controller.abort();
    this.controller = new AbortController();
    this.show(this.shown.filter((one) => !isOpen(one)));
    this.settle();
  };

  // Removes the lines of files that are not being sent.
  readonly clear = () => {
    this.forget(this.failed);
    this.failed = [];
    this.show(this.shown.filter(isOpen));
  };

  private queue(added: Waiting[], name?: string): number[] {
    this.waiting.push(...added);
    this.show([...this.shown, ...added.map(({ key, file }): Sent => ({ key, name: name ?? file.name, state: "waiting", share: 0 }))]);
    if (!this.keep && added.length > 0) window.addEventListener("beforeunload", askBeforeUnload);
    this.start();
    return added.map(({ key }) => key);
  }

  private start() {
    while (isReachable() && this.sending.length < AT_ONCE && this.waiting.length > 0) void this.work();
  }

  private async work() {
    const next = this.waiting.shift();
    if (!next) return;
    this.sending = [...this.sending, next];
    await this.sendOne(next);
    this.sending = this.sending.filter((one) => one !== next);
    this.settle();
    this.start();
  }

  private settle() {
    if (this.sending.length === 0 && this.waiting.length === 0) window.removeEventListener("beforeunload", askBeforeUnload);
  }

  private async sendOne(one: Waiting) {
    const { key } = one;
    const { signal } = this.controller;
    this.change(key, { state: "sending", share: 0 });
    try {
      const { status } = await this.attempt(one, signal);
      this.forget([one]);
      if (status === "known") this.change(key, { state: "known", share: 1 });
      else this.show(this.shown.filter((shown) => shown.key !== key)); // it is on the server's list now
    } catch (error) {
      if (signal.aborted) return;
      if (isUnreachable(error) && one.tries < TRIES) this.wait(one);
      else this.fail(one, error);
    }
  }

  // The file is the next one when the server can be reached again.
  private wait(one: Waiting) {
    reportUnreachable();
    this.waiting.unshift(one);
    this.change(one.key, { state: "waiting", share: 0 });
  }

  private fail(one: Waiting, error: unknown) {
    if (mayRetry(error)) this.failed.push(one);
    else this.forget([one]);
    this.change(one.key, { state: "failed", error });
  }

  private forget(ones: Waiting[]) {
    for (const { kept } of ones) {
      if (kept === undefined) continue;
      this.ended.add(kept);
      this.keep?.remove(kept);
    }
  }

  private async attempt(one: Waiting, signal: AbortSignal): Promise<Taken> {
    for (;;) {
      one.tries++;
      try {
        return await this.send(one.file, one.metadata, { signal, together: one.together, onProgress: (share) => this.change(one.key, { share }) });
      } catch (error) {
        if (one.tries >= TRIES || !isBusy(error)) throw error;
        await pause(this.firstPause * 2 ** (one.tries - 1), signal);
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
