// What this device keeps of a wardrobe: a copy of the garments with their thumbnails, which is read without a network, and photos
// that the server has not taken yet. Both are of one person. They are removed at the sign-out and as soon as the server says that
// somebody else is there; the copy also when nobody is. Where the browser has no cache for it, nothing is kept.
import type { Me } from "../api/access";
import { wardrobe, type Garment } from "../api/wardrobe";
import type { Keep, Kept } from "../uploads/sending";

export const COPY = "wardrobe"; // the service worker reads thumbnails from this cache
const UNSENT = "unsent-photos";
const COPY_AT = "/offline/wardrobe";
const OWNER_AT = "/offline/owner";
const MOST_THUMBNAILS = 1_000;
const AT_ONCE = 4;

interface Owner {
  user: string;
  tenant: string;
}

export interface WardrobeCopy {
  owner: Owner;
  at: string; // when it was made
  garments: Garment[];
}

const has = () => "caches" in window;
const isSame = (one: Owner, other: Owner) => one.user === other.user && one.tenant === other.tenant;
const ownerOf = (me: Me): Owner => ({ user: me.id, tenant: me.tenant });

async function readJson<T>(name: string, path: string): Promise<T | undefined> {
  const stored = has() ? await (await caches.open(name)).match(path) : undefined;
  return stored ? ((await stored.json()) as T) : undefined;
}

async function writeJson(name: string, path: string, value: unknown) {
  const cache = await caches.open(name);
  await cache.put(path, new Response(JSON.stringify(value), { headers: { "Content-Type": "application/json" } }));
}

export async function forgetCopy() {
  if (has()) await caches.delete(COPY).catch(() => false);
}

let signOuts = 0;

export async function forgetWardrobe() {
  signOuts++;
  await forgetCopy();
  if (has()) await caches.delete(UNSENT).catch(() => false);
}

// Who is there, as the server says. What is kept of somebody else is removed.
export async function ownDevice(me: Me) {
  if (!has()) return;
  if (me.kind !== "user") {
    await forgetCopy();
    return;
  }
  const owner = ownerOf(me);
  const before = await readJson<Owner>(UNSENT, OWNER_AT);
  if (before && before.user !== owner.user) await caches.delete(UNSENT);
  const copy = await readJson<WardrobeCopy>(COPY, COPY_AT);
  if (copy && copy.owner.user !== owner.user) await forgetCopy();
  await writeJson(UNSENT, OWNER_AT, owner);
}

// The copy; `me`: who is there, as far as that is known.
export async function readCopy(me: Me | undefined): Promise<WardrobeCopy | undefined> {
  const copy = await readJson<WardrobeCopy>(COPY, COPY_AT);
  return copy && (me === undefined || isSame(copy.owner, ownerOf(me))) ? copy : undefined;
}

async function keepThumbnails(garments: Garment[], signal: AbortSignal) {
  const cache = await caches.open(COPY);
  const wanted = garments.flatMap(({ photos }) => photos.map((photo) => photo.thumbnail_url)).slice(0, MOST_THUMBNAILS);
  const known = new Set((await cache.keys()).map(({ url }) => url));
  const isWanted = new Set([COPY_AT, ...wanted].map((path) => new URL(path, window.location.origin).href));
  for (const url of known) if (!isWanted.has(url)) await cache.delete(url);
  const missing = wanted.filter((path) => !known.has(new URL(path, window.location.origin).href));
  const work = async () => {
    for (let path = missing.shift(); path !== undefined; path = missing.shift()) {
      const response = await fetch(path, { signal });
      if (response.ok) await cache.put(path, response); // otherwise there is none yet
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

// Copies the wardrobe of the person who is there. Returns when that was done, and null where nothing can be kept.
export async function keepCopy(me: Me, signal: AbortSignal): Promise<string | null> {
  if (!has() || me.kind !== "user") return null;
  const before = signOuts;
  const garments = await wardrobe.all(signal);
  if (signOuts !== before) return null; // what was read before a sign-out is not stored after it
  const at = new Date().toISOString();
  await writeJson(COPY, COPY_AT, { owner: ownerOf(me), at, garments } satisfies WardrobeCopy);
  await keepThumbnails(garments, signal);
  return at;
}

const addressOf = (owner: Owner, name: string) => `/offline/photos/${encodeURIComponent(owner.tenant)}/${name}`;

// Stores a photo for the person who is there, or was there last.
async function putPhoto(name: string, file: File, metadata: object) {
  const owner = await readJson<Owner>(UNSENT, OWNER_AT);
  if (!owner) return;
  const headers = { "Content-Type": file.type || "application/octet-stream", "X-Name": encodeURIComponent(file.name), "X-Metadata": encodeURIComponent(JSON.stringify(metadata)) };
  await (await caches.open(UNSENT)).put(addressOf(owner, name), new Response(await file.arrayBuffer(), { headers }));
}

async function removePhoto(name: string) {
  const cache = await caches.open(UNSENT);
  for (const request of await cache.keys()) if (request.url.endsWith(`/${name}`)) await cache.delete(request);
}

let last = Promise.resolve(); // a photo is not removed before it is stored
const inOrder = (work: () => Promise<void>) => {
  if (has()) last = last.then(work).catch(() => undefined);
};

// Keeps photos until the server has taken them.
export const unsent: Keep = {
  put(file, metadata = {}) {
    const name = [Date.now(), Math.random().toString(36).slice(2)].join("-");
    inOrder(() => putPhoto(name, file, metadata));
    return name;
  },
  remove: (name) => inOrder(() => removePhoto(name)),
};

// The kept photos of the person who is there.
export async function unsentPhotos(me: Me): Promise<Kept[]> {
  if (!has()) return [];
  await last;
  const start = addressOf(ownerOf(me), "");
  const cache = await caches.open(UNSENT);
  const found: Kept[] = [];
  for (const request of await cache.keys()) {
    const path = new URL(request.url).pathname;
    const stored = path.startsWith(start) ? await cache.match(request) : undefined;
    if (!stored) continue;
    const name = decodeURIComponent(stored.headers.get("X-Name") ?? "");
    const metadata = JSON.parse(decodeURIComponent(stored.headers.get("X-Metadata") ?? "{}")) as object;
    found.push({ file: new File([await stored.arrayBuffer()], name, { type: stored.headers.get("Content-Type") ?? "" }), metadata, kept: path.slice(start.length) });
  }
  return found;
}
