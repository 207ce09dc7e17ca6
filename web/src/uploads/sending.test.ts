import { expect, it, vi } from "vitest";
import type { SendOptions } from "../api/assets";
import { ApiError } from "../api/client";
import { Sending, type Send } from "./sending";

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
