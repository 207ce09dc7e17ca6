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

// What each page asks for.
const NEEDS: [start: string, scope: Scope][] = [
  ["/items/", "items:read"],
  ["/catalogue", "items:read"],
  ["/operations", "metrics"],
  ["/uploads", "ingest"],
  ["/review", "content:review"],
  ["/queues", "admin"],
  ["/clusters", "items:read"],
  ["/trends", "items:read"],
  ["/experiments", "admin"],
  ["/for-you", "search"],
  ["/outfits/saved", "account"],
  ["/outfits/plan", "account"],
  ["/outfits", "search"],
  ["/sources", "items:write"],
  ["/bookmarklet", "items:write"],
  ["/saved-searches", "search"],
  ["/keys", "admin"],
  ["/users", "admin"],
  ["/account", "account"],
  ["/favourites", "account"],
  ["/wardrobe", "account"],
];
const OPEN = new Set(["/sign-in", "/set-up", "/invitation", "/reset", "/alerts/confirm", "/unsubscribe", "/shared-outfit"]);

// While the server cannot be reached, nobody knows what it would allow: pages are shown as far as they are on the device.
export const may = (me: Me | undefined, scope: Scope) => me === undefined || me.scopes.includes(scope);

export function mayOpen(me: Me | undefined, path: string): boolean {
  if (OPEN.has(path)) return true;
  if (path === "/") return may(me, "search");
  const need = NEEDS.find(([start]) => path.startsWith(start));
  return need === undefined || may(me, need[1]);
}

export function useMay() {
  const me = useMe();
  return useCallback((scope: Scope) => may(me, scope), [me]);
}
