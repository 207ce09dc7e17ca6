import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../api/client";
import { texts } from "../texts";
import { errorText, referenceOf } from "./errorText";
import { LoadError } from "./loadModule";

afterEach(() => vi.restoreAllMocks());

describe("what a person reads of an error", () => {
  const detail = "filters.price_range: must be a list of two numbers of at most 1048576 bytes";
  it.each([
    [422, "image", texts.query.unreadable],
    [415, "image_base64", texts.query.unreadable],
    [413, "image", texts.errors.photoTooLarge],
    [502, "image_url", texts.errors.photoAddress],
    [404, undefined, texts.errors.gone],
    [404, "like", texts.errors.itemMissing],
    [422, "like", texts.errors.examples],
    [422, "text", texts.errors.words],
    [422, "wardrobe", texts.errors.wardrobeFull],
    [422, "filters.price_range", texts.errors.notUnderstood],
    [429, "image_url", texts.errors.busy],
    [503, undefined, texts.errors.busy],
    [504, undefined, texts.errors.tooSlow],
    [507, undefined, texts.errors.full],
    [500, undefined, texts.errors.server],
    [401, undefined, texts.errors.signedOut],
    [403, undefined, texts.errors.notAllowed],
    [412, "If-Match", texts.errors.changed],
  ])("status %i, field %s", (status, field, text) => expect(errorText(new ApiError(detail, status, field))).toBe(text));

  it("is never the server's message, nor the name of a field", () => {
    for (let status = 400; status < 600; ++status) {
      for (const field of [undefined, "image_url", "filters.price_range", "min_similarity", "item_id"]) {
        const text = errorText(new ApiError(detail, status, field));
        expect(text).not.toContain(detail);
        expect(text).not.toMatch(/[a-z]_[a-z]/);
      }
    }
    expect(errorText(new Error("Cannot read properties of undefined"))).toBe(texts.errors.unexpected);
  });

  it("tells offline from unreachable, and a missing part of the app from both", () => {
    const online = vi.spyOn(navigator, "onLine", "get").mockReturnValue(true);
    expect(errorText(new ApiError("", 0))).toBe(texts.errors.unreachableLead);
    expect(errorText(new LoadError(new Error("Unable to preload CSS for /assets/x.css")))).toBe(texts.errors.partMissing);
    online.mockReturnValue(false);
    expect(errorText(new ApiError("", 0))).toBe(texts.errors.offlineLead);
    expect(errorText(new LoadError(new Error("Unable to preload CSS for /assets/x.css")))).toBe(texts.errors.partOffline);
  });

  it("has a reference where the server is at fault", () => {
    expect(referenceOf(new ApiError("x", 500, undefined, "r-1"))).toBe("r-1");
    expect(referenceOf(new ApiError("x", 422, "text", "r-1"))).toBeUndefined();
  });
});
