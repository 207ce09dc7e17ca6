import { afterEach, describe, expect, it, vi } from "vitest";
import { fromMiniature, kindOf, PhotoError, preparePhoto } from "./prepare";

const blob = (bytes: (number | string)[], type = "", size = 0) =>
  new Blob([...bytes.map((part) => (typeof part === "string" ? part : new Uint8Array([part]))), new Uint8Array(size)], { type });

afterEach(() => vi.unstubAllGlobals());

describe("the format of a photo", () => {
  it.each([
    ["jpeg", blob([0xff, 0xd8, 0xff])],
    ["png", blob([0x89, "PNG"])],
    ["webp", blob(["RIFF0000WEBP"])],
    ["gif", blob(["GIF89a"])],
    ["heic", blob(["0000ftypheic"])],
    ["avif", blob(["0000ftypavif"])],
    ["other", blob(["hello"], "image/jpeg")],
  ])("%s is determined by its content", async (kind, file) => expect(await kindOf(file)).toBe(kind));
});

describe("preparing", () => {
  it("sends a small photo unchanged", async () => {
    const file = blob([0xff, 0xd8, 0xff], "image/jpeg", 1000);
    expect(await preparePhoto(file)).toBe(file);
  });
  it("sends formats that only the server decodes unchanged, within its limit", async () => {
    vi.stubGlobal("createImageBitmap", () => Promise.reject(new Error("unsupported")));
    const file = blob(["0000ftypheic"], "image/heic");
    expect(await preparePhoto(file)).toBe(file);
    await expect(preparePhoto(blob(["0000ftypheic"], "", 21 * 2 ** 20))).rejects.toMatchObject({ problem: "too-large" });
  });
  it("refuses files that are not photos", async () => {
    await expect(preparePhoto(blob(["hello"], "text/plain"))).rejects.toBeInstanceOf(PhotoError);
    vi.stubGlobal("createImageBitmap", () => Promise.reject(new Error("unsupported")));
    await expect(preparePhoto(blob(["hello"], "image/x"))).rejects.toMatchObject({ problem: "unreadable" });
  });
});

it("a miniature from an address is decoded, invalid text is not", () => {
  expect(fromMiniature(btoa("RIFF0000WEBP").replaceAll("=", ""))?.type).toBe("image/webp");
  expect(fromMiniature("%%%")).toBeUndefined();
});
