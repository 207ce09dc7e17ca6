import type { QueryClient } from "@tanstack/react-query";
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
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
  path: "/studio/catalogue",
  component: lazyRouteComponent(() => loadModule(() => import("./catalogue/CataloguePage")), "CataloguePage"),
});
const uploads = createRoute({
  getParentRoute: () => root,
  path: "/studio/uploads",
  component: lazyRouteComponent(() => loadModule(() => import("./uploads/UploadsPage")), "UploadsPage"),
});
const operations = createRoute({
  getParentRoute: () => root,
  path: "/studio/operations",
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
const favourites = createRoute({
  getParentRoute: () => root,
  path: "/favourites",
  component: lazyRouteComponent(() => loadModule(() => import("./favourites/FavouritesPage")), "FavouritesPage"),
});
const review = createRoute({
  getParentRoute: () => root,
  path: "/studio/review",
  component: lazyRouteComponent(() => loadModule(() => import("./review/ReviewPage")), "ReviewPage"),
});
const queues = createRoute({
  getParentRoute: () => root,
  path: "/studio/queues",
  component: lazyRouteComponent(() => loadModule(() => import("./queues/QueuesPage")), "QueuesPage"),
});
const clusters = createRoute({
  getParentRoute: () => root,
  path: "/studio/clusters",
  component: lazyRouteComponent(() => loadModule(() => import("./clusters/ClustersPage")), "ClustersPage"),
});
const cluster = createRoute({
  getParentRoute: () => root,
  path: "/studio/clusters/$id",
  component: lazyRouteComponent(() => loadModule(() => import("./clusters/ClusterPage")), "ClusterPage"),
});
const trends = createRoute({
  getParentRoute: () => root,
  path: "/studio/trends",
  component: lazyRouteComponent(() => loadModule(() => import("./trends/TrendsPage")), "TrendsPage"),
});
const experiments = createRoute({
  getParentRoute: () => root,
  path: "/studio/experiments",
  component: lazyRouteComponent(() => loadModule(() => import("./experiments/ExperimentsPage")), "ExperimentsPage"),
});
const wardrobe = createRoute({
  getParentRoute: () => root,
  path: "/wardrobe",
  component: lazyRouteComponent(() => loadModule(() => import("./wardrobe/WardrobePage")), "WardrobePage"),
});
const garment = createRoute({
  getParentRoute: () => root,
  path: "/wardrobe/$id",
  component: lazyRouteComponent(() => loadModule(() => import("./wardrobe/GarmentPage")), "GarmentPage"),
});
const forYou = createRoute({
  getParentRoute: () => root,
  path: "/for-you",
  component: lazyRouteComponent(() => loadModule(() => import("./picks/ForYouPage")), "ForYouPage"),
});
const savedOutfits = createRoute({
  getParentRoute: () => root,
  path: "/outfits/saved",
  component: lazyRouteComponent(() => loadModule(() => import("./saved/SavedOutfitsPage")), "SavedOutfitsPage"),
});
const savedOutfit = createRoute({
  getParentRoute: () => root,
  path: "/outfits/saved/$id",
  component: lazyRouteComponent(() => loadModule(() => import("./saved/SavedOutfitPage")), "SavedOutfitPage"),
});
const plan = createRoute({
  getParentRoute: () => root,
  path: "/outfits/plan",
  component: lazyRouteComponent(() => loadModule(() => import("./saved/PlanPage")), "PlanPage"),
});
const sharedOutfit = createRoute({
  getParentRoute: () => root,
  path: "/shared-outfit",
  component: lazyRouteComponent(() => loadModule(() => import("./saved/SharedOutfitPage")), "SharedOutfitPage"),
});
const outfits = createRoute({
  getParentRoute: () => root,
  path: "/outfits",
  validateSearch: (raw: Record<string, unknown>): Pick<SearchState, "around" | "garment"> => raw,
  component: lazyRouteComponent(() => loadModule(() => import("./outfits/OutfitsPage")), "OutfitsPage"),
});
const sources = createRoute({
  getParentRoute: () => root,
  path: "/studio/sources",
  component: lazyRouteComponent(() => loadModule(() => import("./sources/SourcesPage")), "SourcesPage"),
});
const savedSearches = createRoute({
  getParentRoute: () => root,
  path: "/saved-searches",
  component: lazyRouteComponent(() => loadModule(() => import("./alerts/SavedSearchesPage")), "SavedSearchesPage"),
});
const unsubscribe = createRoute({
  getParentRoute: () => root,
  path: "/unsubscribe",
  component: lazyRouteComponent(() => loadModule(() => import("./alerts/AlertLinkPages")), "UnsubscribePage"),
});
const confirmAddress = createRoute({
  getParentRoute: () => root,
  path: "/alerts/confirm",
  component: lazyRouteComponent(() => loadModule(() => import("./alerts/AlertLinkPages")), "ConfirmPage"),
});
const bookmarklet = createRoute({
  getParentRoute: () => root,
  path: "/studio/bookmarklet",
  component: lazyRouteComponent(() => loadModule(() => import("./capture/BookmarkletPage")), "BookmarkletPage"),
});
const keys = createRoute({
  getParentRoute: () => root,
  path: "/studio/keys",
  component: lazyRouteComponent(() => loadModule(() => import("./access/KeysPage")), "KeysPage"),
});
const users = createRoute({
  getParentRoute: () => root,
  path: "/studio/users",
  component: lazyRouteComponent(() => loadModule(() => import("./access/UsersPage")), "UsersPage"),
});
const recent = createRoute({
  getParentRoute: () => root,
  path: "/recent",
  component: lazyRouteComponent(() => loadModule(() => import("./recent/RecentPage")), "RecentPage"),
});
const studio = createRoute({
  getParentRoute: () => root,
  path: "/studio",
  component: lazyRouteComponent(() => loadModule(() => import("./studio/StudioPage")), "StudioPage"),
});
const alerts = createRoute({
  getParentRoute: () => root,
  path: "/studio/alerts",
  component: lazyRouteComponent(() => loadModule(() => import("./alerts/SavedSearchesPage")), "SavedSearchesPage"),
});

// The address that a page of the studio had before. Bookmarks have it still.
const moved = <const Path extends `/${string}`>(path: Path) =>
  createRoute({
    getParentRoute: () => root,
    path,
    beforeLoad: ({ location }) => {
      throw redirect({ href: `/studio${location.href}`, replace: true });
    },
  });
const before = [
  moved("/catalogue"),
  moved("/uploads"),
  moved("/operations"),
  moved("/review"),
  moved("/queues"),
  moved("/clusters"),
  moved("/clusters/$id"),
  moved("/trends"),
  moved("/experiments"),
  moved("/sources"),
  moved("/bookmarklet"),
  moved("/keys"),
  moved("/users"),
] as const;

export function makeRouter(_: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([search, item, catalogue, uploads, operations, signIn, setUp, invitation, reset, account, favourites, review, queues, clusters, cluster, trends, experiments, wardrobe, garment, forYou, outfits, savedOutfits, savedOutfit, plan, sharedOutfit, sources, savedSearches, unsubscribe, confirmAddress, bookmarklet, keys, users, recent, studio, alerts, ...before]),
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
