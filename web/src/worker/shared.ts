// What another app shared with this one: the service worker stores it in a cache and opens the app.
export const SHARED_CACHE = "shared";

export interface Shared {
  photo?: Blob;
  url?: string;
  text?: string;
}

export async function takeShared(): Promise<Shared | undefined> {
  const address = new URL(window.location.href);
  if (!address.searchParams.has("shared") || !("caches" in window)) return undefined;
  const cache = await caches.open(SHARED_CACHE);
  const [photo, words] = await Promise.all([cache.match("/share/photo"), cache.match("/share/words")]);
  await caches.delete(SHARED_CACHE);
  const blob = photo && (await photo.blob());
  const text = words ? await words.text() : "";
  const url = /https?:\/\/\S+/.exec(text)?.[0];
  return blob ? { photo: blob } : url ? { url } : text ? { text } : undefined;
}
