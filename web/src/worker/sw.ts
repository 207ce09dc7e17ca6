/// <reference lib="webworker" />
// Caches the app's shell and the thumbnails that were shown, and receives photos that other apps share. Responses of the API
// are never cached here: results must not be out of date. The pages keep copies of which they say how old they are: of the last
// searches (search/resultStore.ts), and of the wardrobe (wardrobe/device.ts), whose thumbnails are served here.
export type {};
declare const self: ServiceWorkerGlobalScope;

// The build replaces this name by the list of files.
declare const __SHELL__: string[];
const shell: string[] = __SHELL__;

function nameOf(files: string[]): string {
  let hash = 5381;
  for (const char of files.join("|")) hash = ((hash * 33) ^ char.charCodeAt(0)) >>> 0;
  return `shell-${hash.toString(36)}`;
}

const SHELL = nameOf(shell);
const THUMBNAILS = "thumbnails";
const SHARED = "shared";
const WARDROBE = "wardrobe";
const MAX_THUMBNAILS = 600;
const PAGES = new Set(["/", "/catalogue", "/uploads", "/operations", "/sign-in", "/set-up", "/invitation", "/reset", "/account", "/favourites", "/review", "/queues", "/clusters", "/trends", "/experiments", "/wardrobe", "/for-you", "/outfits", "/outfits/saved", "/outfits/plan", "/shared-outfit", "/sources", "/saved-searches", "/bookmarklet", "/alerts/confirm", "/unsubscribe", "/keys", "/users", "/recent", "/studio"]);
const NETWORK_TIMEOUT_MS = 4_000;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.addAll(shell))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  // The shell before this one stays: a window that shows it may still have to load one of its parts.
  const drop = async () => {
    const shells = (await caches.keys()).filter((name) => name.startsWith("shell-") && name !== SHELL);
    for (const name of shells.slice(0, -1)) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(drop());
});

// Returns the current shell if the server responds in time, otherwise the cached one.
async function page(request: Request): Promise<Response> {
  const cached = () => caches.match("/", { cacheName: SHELL });
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), NETWORK_TIMEOUT_MS));
  try {
    const fresh = await Promise.race([fetch(request), late]);
    if (fresh && fresh.status < 500) return fresh;
  } catch {
    // The network is unavailable.
  }
  return (await cached()) ?? Response.error();
}

async function cacheFirst(request: Request, cacheName: string, store: boolean): Promise<Response> {
  const cached = await caches.match(request, { ignoreVary: true });
  if (cached) return cached;
  const fresh = await fetch(request);
  if (store && fresh.ok) {
    const cache = await caches.open(cacheName);
    await cache.put(request, fresh.clone());
  }
  return fresh;
}

// The manifest and the logo change with the server's settings.
async function freshFirst(request: Request): Promise<Response> {
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await (await caches.open(SHELL)).put(request, fresh.clone());
    return fresh;
  } catch {
    return (await caches.match(request, { cacheName: SHELL })) ?? Response.error();
  }
}

async function thumbnail(request: Request): Promise<Response> {
  const response = await cacheFirst(request, THUMBNAILS, true);
  if (Math.random() < 0.02) {
    const cache = await caches.open(THUMBNAILS);
    const keys = await cache.keys();
    for (const key of keys.slice(0, Math.max(0, keys.length - MAX_THUMBNAILS))) await cache.delete(key);
  }
  return response;
}

// A thumbnail of the own wardrobe, from the device's copy while the server cannot be reached.
async function ownThumbnail(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(request.url, { cacheName: WARDROBE, ignoreVary: true })) ?? Response.error();
  }
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

interface PushNote {
  title: string;
  body: string;
  url: string;
  tag: string;
}

// A message of this server. Browsers demand that each one is shown.
self.addEventListener("push", (event) => {
  const note = (event.data?.json() ?? {}) as Partial<PushNote>;
  event.waitUntil(
    self.registration.showNotification(note.title ?? "Find This Fit", {
      body: note.body,
      tag: note.tag,
      icon: "/icons/icon-192.png",
      data: note.url,
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const to: unknown = event.notification.data;
  // The server may be reached here by another name than in its links.
  const wanted = new URL(typeof to === "string" ? to : "/saved-searches", self.location.origin);
  event.waitUntil(self.clients.openWindow(wanted.pathname + wanted.search));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST" && url.pathname === "/share") event.respondWith(share(request));
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    if (PAGES.has(url.pathname) || ["/items/", "/s/", "/studio/", "/clusters/", "/wardrobe/", "/outfits/saved/"].some((start) => url.pathname.startsWith(start))) {
      event.respondWith(page(request));
    }
  } else if (url.pathname === "/manifest.webmanifest" || url.pathname === "/brand/logo") {
    event.respondWith(freshFirst(request));
  } else if (url.pathname.startsWith("/assets/")) {
    event.respondWith(cacheFirst(request, SHELL, true));
  } else if (/^\/images\/\d+\/thumbnail$/.test(url.pathname)) {
    event.respondWith(thumbnail(request));
  } else if (/^\/api\/v1\/wardrobe\/\d+\/photos\/\d+\/thumbnail$/.test(url.pathname)) {
    event.respondWith(ownThumbnail(request));
  } else if (shell.includes(url.pathname)) {
    event.respondWith(cacheFirst(request, SHELL, false));
  }
});
