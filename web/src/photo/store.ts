// The photos of recent searches, stored on this device only (IndexedDB), so that the back button and a reload find them.
import type { Detection } from "../api/detect";
import { database } from "./database";

export interface StoredPhoto {
  id: string;
  blob: Blob;
  from?: string; // id of the photo that this one was cropped from
  at: number;
  garments?: Detection; // what the server has found in it
}

const photos = new Map<string, StoredPhoto>();
const MAX_ENTRIES = 40;

const run = database("find-this-fit", "photos", "id");

async function deleteOldest() {
  const all = await run<StoredPhoto[]>("readonly", (store) => store.getAll() as IDBRequest<StoredPhoto[]>);
  const old = all.sort((a, b) => b.at - a.at).slice(MAX_ENTRIES);
  for (const photo of old) await run("readwrite", (store) => store.delete(photo.id));
}

export async function photoId(blob: Blob): Promise<string> {
  const content = await blob.arrayBuffer();
  // Pages loaded over plain HTTP have no crypto.subtle; an id need not be cryptographic.
  const { subtle } = globalThis.crypto as { subtle?: SubtleCrypto };
  if (!subtle) {
    let hash = 0xcbf29ce484222325n;
    for (const byte of new Uint8Array(content)) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
    return hash.toString(16).padStart(16, "0").slice(0, 12);
  }
  const digest = new Uint8Array(await subtle.digest("SHA-256", content));
  return [...digest.slice(0, 6)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function put(photo: StoredPhoto) {
  photos.set(photo.id, photo);
  void run("readwrite", (store) => store.put(photo))
    .then(deleteOldest)
    .catch(() => undefined);
}

// Stores the photo in memory at once, and in the database if the browser allows it.
export async function savePhoto(blob: Blob, from?: string): Promise<StoredPhoto> {
  const id = await photoId(blob);
  const photo: StoredPhoto = { id, blob, from, at: Date.now(), garments: photos.get(id)?.garments };
  put(photo);
  return photo;
}

// Keeps with a photo what the server has found in it. A photo that is here no more stays away.
export function keepGarments(id: string, garments: Detection) {
  const photo = photos.get(id);
  if (photo) put({ ...photo, garments });
}

export async function loadPhoto(id: string): Promise<StoredPhoto | undefined> {
  const here = photos.get(id);
  if (here) return here;
  try {
    const found = await run<StoredPhoto | undefined>("readonly", (store) => store.get(id) as IDBRequest<StoredPhoto | undefined>);
    if (found) photos.set(id, found);
    return found;
  } catch {
    return undefined;
  }
}

export async function removePhotos() {
  photos.clear();
  await run("readwrite", (store) => store.clear()).catch(() => undefined);
}
