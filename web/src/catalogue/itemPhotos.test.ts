import { afterEach, expect, it, vi } from "vitest";
import { item } from "../testing/found";
import { imagesOf, isAsStored, photosOf } from "./itemPhotos";

afterEach(() => vi.restoreAllMocks());

const image = (id: string, url: string) => ({ id, url, thumbnail_url: `/images/${id}/thumbnail`, width: 6, height: 8 });
const coat = item({ images: [image("7", "/images/7"), image("8", "https://shop.example/8.jpg")] });

it("says nothing of photos that stay", async () => {
  expect(isAsStored(coat, photosOf(coat))).toBe(true);
  expect(await imagesOf(coat, photosOf(coat))).toBeUndefined();
});

it("sends photos in their new order: stored ones by content, others by address", async () => {
  vi.spyOn(globalThis, "fetch").mockImplementation(() => Promise.resolve(new Response("abc")));
  const [first, second] = photosOf(coat);
  expect(await imagesOf(coat, [second!, first!])).toEqual([{ url: "https://shop.example/8.jpg" }, { image_base64: btoa("abc") }]);
  expect(await imagesOf(coat, [second!])).toEqual([{ url: "https://shop.example/8.jpg" }]);
});
