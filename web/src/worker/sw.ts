/// <reference lib="webworker" />
// Keeps the app's shell for the times without a network, thumbnails that were seen, and takes photos that other apps
// share. Answers of the API are never kept: a search that is out of date would be a lie.
export type {};
declare const self: ServiceWorkerGlobalScope;

// The build puts the list of files in place of this name.
declare const __SHELL__: string[];
const shell: string[] = __SHELL__;

function nameOf(files: string[]): string {
  let hash = 5381;
  for (const char of files.join("|")) hash = ((hash * 33) ^ char.charCodeAt(0)) >>> 0;
  return `shell-${hash.toString(36)}`;
}

const SHELL = nameOf(shell);
const PICTURES = "pictures";
const SHARED = "shared";
const MOST_PICTURES = 600;
const PATIENCE_MS = 4_000;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.addAll(shell))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  const drop = async () => {
    for (const name of await caches.keys()) if (name !== SHELL && name !== PICTURES && name !== SHARED) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(drop());
});

// The newest shell where the server answers soon, the kept one otherwise.
async function page(request: Request): Promise<Response> {
  const kept = () => caches.match("/", { cacheName: SHELL });
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE_MS));
  try {
    const fresh = await Promise.race([fetch(request), late]);
    if (fresh && fresh.status < 500) return fresh;
  } catch {
    // There is no network.
  }
  return (await kept()) ?? Response.error();
}

async function keptFirst(request: Request, cacheName: string, keep: boolean): Promise<Response> {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const fresh = await fetch(request);
  if (keep && fresh.ok) {
    const cache = await caches.open(cacheName);
    await cache.put(request, fresh.clone());
  }
  return fresh;
}

async function picture(request: Request): Promise<Response> {
  const response = await keptFirst(request, PICTURES, true);
  if (Math.random() < 0.02) {
    const cache = await caches.open(PICTURES);
    const keys = await cache.keys();
    for (const key of keys.slice(0, Math.max(0, keys.length - MOST_PICTURES))) await cache.delete(key);
  }
  return response;
}

async function share(request: Request): Promise<Response> {
  const form = await request.formData();
  const cache = await caches.open(SHARED);
  const photo = form.get("photo");
  if (photo instanceof File && photo.size > 0) {
    await cache.put("/share/photo", new Response(photo, { headers: { "Content-Type": photo.type || "application/octet-stream" } }));
  }
  const words = ["url", "text", "title"].map((name) => form.get(name)).find((value) => typeof value === "string" && value !== "");
  if (typeof words === "string") await cache.put("/share/words", new Response(words));
  return Response.redirect("/?shared=1", 303);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST" && url.pathname === "/share") event.respondWith(share(request));
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    if (url.pathname === "/" || url.pathname === "/catalogue" || url.pathname === "/operations" || url.pathname.startsWith("/items/")) {
      event.respondWith(page(request));
    }
  } else if (url.pathname.startsWith("/assets/")) {
    event.respondWith(keptFirst(request, SHELL, true));
  } else if (/^\/images\/\d+\/thumbnail$/.test(url.pathname)) {
    event.respondWith(picture(request));
  } else if (shell.includes(url.pathname)) {
    event.respondWith(keptFirst(request, SHELL, false));
  }
});
