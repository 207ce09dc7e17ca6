import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { serveCaches } from "../testing/caches";
import { garment } from "../testing/garments";
import { anonymous, user } from "../testing/people";
import { serve } from "../testing/server";
import { COPY, forgetWardrobe, keepCopy, ownDevice, readCopy, unsent, unsentPhotos } from "./device";

const { signal } = new AbortController();
const ada = user("shopper", "3");
const bob = user("shopper", "4");
const THUMBNAIL = "/api/v1/wardrobe/7/photos/3/thumbnail";
const addresses = (cache: Map<string, Response> | undefined) => [...(cache?.keys() ?? [])].map((url) => new URL(url).pathname).sort();
const photo = (name: string) => new File(["photo"], name, { type: "image/jpeg" });

let stores: ReturnType<typeof serveCaches>;
beforeEach(() => {
  stores = serveCaches();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const serveWardrobe = (garments = [garment()]) =>
  serve({
    "GET /api/v1/wardrobe?limit=500": { garments, next_cursor: "9" },
    "GET /api/v1/wardrobe?limit=500&cursor=9": { garments: [garment({ id: "8", photos: [] })], next_cursor: null },
    [`GET ${THUMBNAIL}`]: () => new Response("jpeg", { headers: { "Content-Type": "image/jpeg" } }),
  });

it("copies all garments with their thumbnails, which are read once", async () => {
  const calls = serveWardrobe();
  await keepCopy(ada, signal);
  await keepCopy(ada, signal);
  const copy = await readCopy(ada);
  expect(copy?.garments.map(({ id }) => id)).toEqual(["7", "8"]);
  expect(addresses(stores.get(COPY))).toEqual([THUMBNAIL, "/offline/wardrobe"]);
  expect(calls.filter((call) => call.path === THUMBNAIL)).toHaveLength(1);
  expect(await readCopy(undefined)).toEqual(copy); // the server cannot say who is there
  serveWardrobe([garment({ photos: [] })]);
  await keepCopy(ada, signal);
  expect(addresses(stores.get(COPY))).toEqual(["/offline/wardrobe"]);
});

it("nobody else sees the copy, and it is removed when somebody else, or nobody, is there", async () => {
  serveWardrobe();
  await keepCopy(ada, signal);
  expect(await readCopy(bob)).toBeUndefined();
  expect(await readCopy({ ...ada, tenant: "shop" })).toBeUndefined();
  await ownDevice(ada);
  expect(await readCopy(ada)).toBeTruthy();
  await ownDevice(bob);
  expect(stores.has(COPY)).toBe(false);
  await keepCopy(ada, signal);
  await ownDevice(anonymous());
  expect(stores.has(COPY)).toBe(false);
});

it("photos are kept for who took them, also while a session has ended", async () => {
  await ownDevice(ada);
  const first = unsent.put(photo("1 ä.jpg"), { path: "schöne/1 ä.jpg" });
  const second = unsent.put(photo("2.jpg"));
  await ownDevice(anonymous());
  await ownDevice(ada);
  const found = await unsentPhotos(ada);
  expect(found.map(({ file, kept }) => [file.name, file.type, kept])).toEqual([["1 ä.jpg", "image/jpeg", first], ["2.jpg", "image/jpeg", second]]);
  expect(found.map(({ metadata }) => metadata)).toEqual([{ path: "schöne/1 ä.jpg" }, {}]); // what names the garment
  expect(await found[0]!.file.text()).toBe("photo");
  expect(await unsentPhotos({ ...ada, tenant: "shop" })).toEqual([]);
  unsent.remove(first);
  expect((await unsentPhotos(ada)).map(({ kept }) => kept)).toEqual([second]);
  await ownDevice(bob);
  expect(await unsentPhotos(ada)).toEqual([]);
});

it("signing out leaves nothing", async () => {
  serveWardrobe();
  await ownDevice(ada);
  await keepCopy(ada, signal);
  unsent.put(photo("1.jpg"));
  await unsentPhotos(ada);
  const copying = keepCopy(ada, signal);
  await forgetWardrobe();
  expect(await copying).toBeNull();
  expect(stores.size).toBe(0);
});

it("a photo of nobody in particular is not kept", async () => {
  unsent.put(photo("1.jpg"));
  await ownDevice(ada);
  expect(await unsentPhotos(ada)).toEqual([]);
});
