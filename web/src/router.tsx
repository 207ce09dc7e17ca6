import type { QueryClient } from "@tanstack/react-query";
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { SignInPage } from "./access/SignInPage";
import { parseState, stringifyState, type SearchState } from "./search/state";
import { loadModule } from "./shell/loadModule";
import { Crashed, NotFound } from "./shell/Messages";
import { Shell } from "./shell/Shell";
import { SearchPage } from "./search/SearchPage";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: Crashed });

const search = createRoute({
  getParentRoute: () => root,
  path: "/",
  validateSearch: (raw: Record<string, unknown>): SearchState => raw as SearchState,
  component: SearchPage,
});
const item = createRoute({
  getParentRoute: () => root,
  path: "/items/$id",
  component: lazyRouteComponent(() => loadModule(() => import("./item/ItemPage")), "ItemPage"),
});
const catalogue = createRoute({
  getParentRoute: () => root,
  path: "/catalogue",
  component: lazyRouteComponent(() => loadModule(() => import("./catalogue/CataloguePage")), "CataloguePage"),
});
const operations = createRoute({
  getParentRoute: () => root,
  path: "/operations",
  component: lazyRouteComponent(() => loadModule(() => import("./operations/OperationsPage")), "OperationsPage"),
});
const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  component: SignInPage,
});
const setUp = createRoute({
  getParentRoute: () => root,
  path: "/set-up",
  component: lazyRouteComponent(() => loadModule(() => import("./access/LinkPage")), "SetUpPage"),
});
const invitation = createRoute({
  getParentRoute: () => root,
  path: "/invitation",
  component: lazyRouteComponent(() => loadModule(() => import("./access/LinkPage")), "InvitationPage"),
});
const reset = createRoute({
  getParentRoute: () => root,
  path: "/reset",
  component: lazyRouteComponent(() => loadModule(() => import("./access/LinkPage")), "ResetPage"),
});
const account = createRoute({
  getParentRoute: () => root,
  path: "/account",
  component: lazyRouteComponent(() => loadModule(() => import("./access/AccountPage")), "AccountPage"),
});
const keys = createRoute({
  getParentRoute: () => root,
  path: "/keys",
  component: lazyRouteComponent(() => loadModule(() => import("./access/KeysPage")), "KeysPage"),
});
const users = createRoute({
  getParentRoute: () => root,
  path: "/users",
  component: lazyRouteComponent(() => loadModule(() => import("./access/UsersPage")), "UsersPage"),
});

export function makeRouter(_: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([search, item, catalogue, operations, signIn, setUp, invitation, reset, account, keys, users]),
    parseSearch: (text) => parseState(text) as Record<string, unknown>,
    stringifySearch: (state) => stringifyState(state as SearchState),
    scrollRestoration: true,
    defaultPreload: "intent",
    defaultPendingMs: 200,
    defaultErrorComponent: Crashed,
    defaultNotFoundComponent: NotFound,
  });
}

declare module "@tanstack/react-router" {
  interface HistoryState {
    from?: string; // the page that led to the sign-in
  }
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
