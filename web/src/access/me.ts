// Who uses the app, and what they may do. The server decides; the app hides what it would refuse.
import { queryOptions } from "@tanstack/react-query";
import { createContext, useCallback, useContext } from "react";
import { auth, type Me, type Scope } from "../api/access";

export const meOptions = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => auth.me(signal),
  staleTime: 60_000,
  gcTime: Infinity,
  refetchOnWindowFocus: true, // somebody may have signed in or out in another window
});

// Undefined while the server cannot be reached.
export const MeContext = createContext<Me | undefined>(undefined);
export const useMe = () => useContext(MeContext);

// What each page of the shop asks for.
const NEEDS: [start: string, scope: Scope][] = [
  ["/items/", "items:read"],
  ["/s/", "search"],
  ["/recent", "search"],
  ["/for-you", "search"],
  ["/outfits/saved", "account"],
  ["/outfits/plan", "account"],
  ["/outfits", "search"],
  ["/saved-searches", "search"],
  ["/account", "account"],
  ["/favourites", "account"],
  ["/wardrobe", "account"],
];
// What each page of the studio asks for besides being let into it. Their addresses begin with /studio.
const STUDIO_NEEDS: [start: string, scope: Scope][] = [
  ["/catalogue", "items:read"],
  ["/operations", "metrics"],
  ["/uploads", "ingest"],
  ["/review", "content:review"],
  ["/queues", "admin"],
  ["/clusters", "items:read"],
  ["/trends", "items:read"],
  ["/experiments", "admin"],
  ["/sources", "items:write"],
  ["/bookmarklet", "items:write"],
  ["/alerts", "search"],
  ["/keys", "admin"],
  ["/users", "admin"],
];
const STUDIO = "/studio";
const STAFF: Scope[] = ["items:write", "ingest", "content:review", "metrics", "admin"];
const OPEN = new Set(["/sign-in", "/set-up", "/invitation", "/reset", "/alerts/confirm", "/unsubscribe", "/shared-outfit"]);

// While the server cannot be reached, nobody knows what it would allow: pages are shown as far as they are on the device.
export const may = (me: Me | undefined, scope: Scope) => me === undefined || me.scopes.includes(scope);

export const inStudio = (path: string) => path === STUDIO || path.startsWith(`${STUDIO}/`);
// The page's part of an address of the studio: "/catalogue" of "/studio/catalogue".
export const pageOf = (path: string) => (inStudio(path) && path !== STUDIO ? path.slice(STUDIO.length) : path);

// Whether the studio is for somebody: for those who look after the catalogue or the server, and for those whose role is to look on.
export const mayStudio = (me: Me | undefined) => me === undefined || me.role === "viewer" || STAFF.some((scope) => may(me, scope));

export function mayOpen(me: Me | undefined, path: string): boolean {
  if (OPEN.has(path)) return true;
  if (path === "/") return may(me, "search");
  const needOf = (needs: typeof NEEDS) => needs.find(([start]) => pageOf(path).startsWith(start));
  const studioNeed = inStudio(path) ? needOf(STUDIO_NEEDS) : undefined;
  if (inStudio(path)) return mayStudio(me) && (studioNeed === undefined || may(me, studioNeed[1]));
  const need = needOf(NEEDS);
  return need === undefined || may(me, need[1]);
}

export function useMay() {
  const me = useMe();
  return useCallback((scope: Scope) => may(me, scope), [me]);
}
