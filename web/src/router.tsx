import type { QueryClient } from "@tanstack/react-query";
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
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

export function makeRouter(_: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([search, item, catalogue, operations]),
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
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
