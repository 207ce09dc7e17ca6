// Photos that were searched with, kept on this device only (IndexedDB), so that the back button and a reload
// find them again.

export interface StoredPhoto {
  id: string;
  blob: Blob;
  from?: string; // the photo that this one was cut out of
  at: number;
}

const kept = new Map<string, StoredPhoto>();
const MOST = 40;

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("find-this-fit", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("photos", { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("no database"));
  });
}

async function run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const request = work(database.transaction("photos", mode).objectStore("photos"));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error("no answer"));
    });
  } finally {
    database.close();
  }
}

async function forgetOldest() {
  const all = await run<StoredPhoto[]>("readonly", (store) => store.getAll() as IDBRequest<StoredPhoto[]>);
  const old = all.sort((a, b) => b.at - a.at).slice(MOST);
  for (const photo of old) await run("readwrite", (store) => store.delete(photo.id));
}

export async function photoId(blob: Blob): Promise<string> {
  const content = await blob.arrayBuffer();
  // Over plain HTTP on a network there is no crypto.subtle; an id needs no secrecy.
  const { subtle } = globalThis.crypto as { subtle?: SubtleCrypto };
  if (!subtle) {
    let hash = 0xcbf29ce484222325n;
    for (const byte of new Uint8Array(content)) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
    return hash.toString(16).padStart(16, "0").slice(0, 12);
  }
  const digest = new Uint8Array(await subtle.digest("SHA-256", content));
  return [...digest.slice(0, 6)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Remembers at once for this page; for later visits too where the browser lets it.
export async function keepPhoto(blob: Blob, from?: string): Promise<StoredPhoto> {
  const id = await photoId(blob);
  const photo: StoredPhoto = { id, blob, from, at: Date.now() };
  kept.set(id, photo);
  void run("readwrite", (store) => store.put(photo))
    .then(forgetOldest)
    .catch(() => undefined);
  return photo;
}

export async function findPhoto(id: string): Promise<StoredPhoto | undefined> {
  const here = kept.get(id);
  if (here) return here;
  try {
    const found = await run<StoredPhoto | undefined>("readonly", (store) => store.get(id) as IDBRequest<StoredPhoto | undefined>);
    if (found) kept.set(id, found);
    return found;
  } catch {
    return undefined;
  }
}
