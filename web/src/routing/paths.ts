// The addresses of the app. `$id` stands for what is between two slashes.
export const PATHS = [
  "/",
  "/items/$id",
  "/s/$id",
  "/sign-in",
  "/set-up",
  "/invitation",
  "/reset",
  "/account",
  "/favourites",
  "/saved-searches",
  "/recent",
  "/wardrobe",
  "/wardrobe/$id",
  "/for-you",
  "/outfits",
  "/outfits/saved",
  "/outfits/saved/$id",
  "/outfits/plan",
  "/shared-outfit",
  "/unsubscribe",
  "/alerts/confirm",
  "/studio",
  "/studio/catalogue",
  "/studio/uploads",
  "/studio/sources",
  "/studio/clusters",
  "/studio/clusters/$id",
  "/studio/review",
  "/studio/trends",
  "/studio/experiments",
  "/studio/alerts",
  "/studio/operations",
  "/studio/queues",
  "/studio/users",
  "/studio/keys",
  "/studio/bookmarklet",
] as const;
export type Path = (typeof PATHS)[number];

// The addresses that pages of the studio had before. Bookmarks have them still.
const MOVED = ["catalogue", "uploads", "operations", "review", "queues", "clusters", "trends", "experiments", "sources", "bookmarklet", "keys", "users"];

// Where an address leads to: itself, but for one that has moved.
export function movedTo(href: string): string {
  const first = /^\/([a-z]+)(?:$|[/?#])/.exec(href)?.[1];
  return first && MOVED.includes(first) ? `/studio${href}` : href;
}

const withoutEndSlash = (pathname: string) => (pathname.length > 1 && pathname.endsWith("/") ? pathname.slice(0, -1) : pathname);

// The path of the app that an address has, and its parameter. Paths without a parameter come first.
export function matchPath(paths: readonly string[], pathname: string): { path: string; id?: string } | undefined {
  const given = withoutEndSlash(pathname);
  if (paths.includes(given)) return { path: given };
  const end = given.lastIndexOf("/");
  const path = `${given.slice(0, end)}/$id`;
  const id = given.slice(end + 1);
  if (!id || !paths.includes(path)) return undefined;
  try {
    return { path, id: decodeURIComponent(id) };
  } catch {
    return undefined; // no text
  }
}
