import { expect, it, vi } from "vitest";
import type { SendOptions } from "../api/assets";
import { ApiError } from "../api/client";
import { mayRetry, Sending, type Send } from "./sending";

const files = (...names: string[]) => names.map((name) => new File(["x"], name));
const taken = { job_id: "1", asset_id: "1", status: "queued" } as const;

it("sends three files at a time, and lists what the server knew", async () => {
  const ends: (() => void)[] = [];
  const names: string[] = [];
  const send: Send = (file) => {
    names.push(file.name);
    return new Promise((resolve) => ends.push(() => resolve(file.name === "b" ? { ...taken, status: "known" } : taken)));
  };
  const sending = new Sending(send);
  sending.add(files("a", "b", "c", "d"), {});
  expect(names).toEqual(["a", "b", "c"]);
  expect(sending.get().map(({ state }) => state)).toEqual(["sending", "sending", "sending", "waiting"]);
  ends.splice(0).forEach((end) => end());
  await vi.waitFor(() => expect(names).toEqual(["a", "b", "c", "d"]));
  ends.splice(0).forEach((end) => end());
  await vi.waitFor(() => expect(sending.get().map(({ name, state }) => [name, state])).toEqual([["b", "known"]]));
  sending.clear();
  expect(sending.get()).toEqual([]);
});

it("tries a busy server again, and says why a file is refused", async () => {
  let calls = 0;
  const send: Send = (file) => {
    if (file.name === "zip.jpg") return Promise.reject(new ApiError("is no image", 415, "files"));
    return ++calls < 3 ? Promise.reject(new ApiError("", 503)) : Promise.resolve(taken);
  };
  const sending = new Sending(send, 1);
  sending.add(files("a", "zip.jpg"), {});
  await vi.waitFor(() => expect(sending.get().map(({ name, state }) => [name, state])).toEqual([["zip.jpg", "failed"]]));
  expect(calls).toBe(3);
  expect((sending.get()[0]?.error as ApiError).status).toBe(415);
});

it("shows how much is sent, and stops", async () => {
  let options: SendOptions | undefined;
  const send: Send = (_, __, given) => {
    options = given;
    return new Promise((_resolve, reject) => given.signal.addEventListener("abort", () => reject(new DOMException("", "AbortError"))));
  };
  const sending = new Sending(send);
  sending.add(files("a"), {});
  options?.onProgress(0.5);
  expect(sending.get()[0]?.share).toBe(0.5);
  sending.stop();
  await vi.waitFor(() => expect(options?.signal.aborted).toBe(true));
  expect(sending.get()).toEqual([]);
});

const respond = () => new Response("", { status: 200 });

it("while the server cannot be reached, files wait for it", async () => {
  const probe = vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("offline"));
  vi.useFakeTimers();
  try {
    let down = true;
    const names: string[] = [];
    const send: Send = (file) => {
      names.push(file.name);
      return down ? Promise.reject(new ApiError("", 0)) : Promise.resolve(taken);
    };
    const sending = new Sending(send);
    sending.add(files("a"), {});
    await vi.advanceTimersByTimeAsync(0);
    sending.add(files("b"), {});
    expect(sending.get().map(({ state }) => state)).toEqual(["waiting", "waiting"]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(names).toEqual(["a"]); // nothing is sent meanwhile
    down = false;
    probe.mockResolvedValue(respond());
    await vi.advanceTimersByTimeAsync(3_000);
    expect(names).toEqual(["a", "a", "b"]);
    expect(sending.get()).toEqual([]);
  } finally {
    vi.useRealTimers();
    vi.restoreAllMocks();
  }
});

it("a file that has failed is sent again when that is wanted, one that was refused is not", async () => {
  let tries = 0;
  const send: Send = (file) => (file.name === "zip" ? Promise.reject(new ApiError("", 415)) : ++tries === 1 ? Promise.reject(new ApiError("", 500)) : Promise.resolve(taken));
  const sending = new Sending(send);
  const [photo, zip] = sending.add(files("a", "zip"), {});
  await vi.waitFor(() => expect(sending.get().map(({ state }) => state)).toEqual(["failed", "failed"]));
  expect(sending.get().map(({ error }) => mayRetry(error))).toEqual([true, false]);
  sending.retry(zip!);
  sending.retry(photo!);
  await vi.waitFor(() => expect(sending.get().map(({ name }) => name)).toEqual(["zip"]));
  expect(tries).toBe(2);
});

it("files are kept until the server has taken or refused them", async () => {
  const kept = new Set<string>();
  const keep = { put: (file: File) => (kept.add(file.name), file.name), remove: (name: string) => void kept.delete(name) };
  const ends = new Map<string, () => void>();
  const send: Send = (file) => new Promise((resolve, reject) => ends.set(file.name, () => (file.name === "b" ? reject(new ApiError("", 422)) : resolve(taken))));
  const sending = new Sending(send, 1, keep);
  sending.add(files("a", "b", "c", "d"), {});
  expect([...kept]).toEqual(["a", "b", "c", "d"]);
  // What is here already is not sent twice.
  sending.resume(files("a", "e").map((file) => ({ file, metadata: {}, kept: file.name })));
  expect(sending.get().map(({ name }) => name)).toEqual(["a", "b", "c", "d", "e"]);
  ends.get("a")?.();
  ends.get("b")?.();
  await vi.waitFor(() => expect([...kept]).toEqual(["c", "d"]));
  sending.resume(files("a").map((file) => ({ file, metadata: {}, kept: file.name }))); // read before it was removed
  expect(sending.get().some(({ name }) => name === "a")).toBe(false);
  sending.stop();
  expect(kept.size).toBe(0);
});
