import type { ComponentType } from "react";
import { SignInPage } from "./access/SignInPage";
import type { AppHistory } from "./routing/history";
import type { Path } from "./routing/paths";
import { LazyPage, Router, type Page } from "./routing/router";
import { SearchPage } from "./search/SearchPage";
import { loadModule } from "./shell/loadModule";

// The page with that name in a module.
const lazily = <Name extends string>(load: () => Promise<Record<Name, ComponentType>>, name: Name) => new LazyPage(async () => (await loadModule(load))[name]);

const savedSearches = lazily(() => import("./alerts/SavedSearchesPage"), "SavedSearchesPage");

const PAGES: Record<Path, Page> = {
  "/": SearchPage,
  "/items/$id": lazily(() => import("./item/ItemPage"), "ItemPage"),
  "/s/$id": lazily(() => import("./search/ShortLinkPage"), "ShortLinkPage"),
  "/sign-in": SignInPage,
  "/set-up": lazily(() => import("./access/LinkPage"), "SetUpPage"),
  "/invitation": lazily(() => import("./access/LinkPage"), "InvitationPage"),
  "/reset": lazily(() => import("./access/LinkPage"), "ResetPage"),
  "/account": lazily(() => import("./access/AccountPage"), "AccountPage"),
  "/favourites": lazily(() => import("./favourites/FavouritesPage"), "FavouritesPage"),
  "/saved-searches": savedSearches,
  "/recent": lazily(() => import("./recent/RecentPage"), "RecentPage"),
  "/wardrobe": lazily(() => import("./wardrobe/WardrobePage"), "WardrobePage"),
  "/wardrobe/$id": lazily(() => import("./wardrobe/GarmentPage"), "GarmentPage"),
  "/for-you": lazily(() => import("./picks/ForYouPage"), "ForYouPage"),
  "/outfits": lazily(() => import("./outfits/OutfitsPage"), "OutfitsPage"),
  "/outfits/saved": lazily(() => import("./saved/SavedOutfitsPage"), "SavedOutfitsPage"),
  "/outfits/saved/$id": lazily(() => import("./saved/SavedOutfitPage"), "SavedOutfitPage"),
  "/outfits/plan": lazily(() => import("./saved/PlanPage"), "PlanPage"),
  "/shared-outfit": lazily(() => import("./saved/SharedOutfitPage"), "SharedOutfitPage"),
  "/unsubscribe": lazily(() => import("./alerts/AlertLinkPages"), "UnsubscribePage"),
  "/alerts/confirm": lazily(() => import("./alerts/AlertLinkPages"), "ConfirmPage"),
  "/studio": lazily(() => import("./studio/StudioPage"), "StudioPage"),
  "/studio/catalogue": lazily(() => import("./catalogue/CataloguePage"), "CataloguePage"),
  "/studio/uploads": lazily(() => import("./uploads/UploadsPage"), "UploadsPage"),
  "/studio/sources": lazily(() => import("./sources/SourcesPage"), "SourcesPage"),
  "/studio/clusters": lazily(() => import("./clusters/ClustersPage"), "ClustersPage"),
  "/studio/clusters/$id": lazily(() => import("./clusters/ClusterPage"), "ClusterPage"),
  "/studio/review": lazily(() => import("./review/ReviewPage"), "ReviewPage"),
  "/studio/trends": lazily(() => import("./trends/TrendsPage"), "TrendsPage"),
  "/studio/experiments": lazily(() => import("./experiments/ExperimentsPage"), "ExperimentsPage"),
  "/studio/alerts": savedSearches,
  "/studio/operations": lazily(() => import("./operations/OperationsPage"), "OperationsPage"),
  "/studio/queues": lazily(() => import("./queues/QueuesPage"), "QueuesPage"),
  "/studio/users": lazily(() => import("./access/UsersPage"), "UsersPage"),
  "/studio/keys": lazily(() => import("./access/KeysPage"), "KeysPage"),
  "/studio/bookmarklet": lazily(() => import("./capture/BookmarkletPage"), "BookmarkletPage"),
};

export const makeRouter = (history?: AppHistory) => new Router(PAGES, history);
