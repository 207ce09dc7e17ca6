import { useQueryClient } from "@tanstack/react-query";
import { HeadContent, Link, Outlet, useRouterState } from "@tanstack/react-router";
import { Activity, LayoutGrid, Monitor, Moon, Search, Sun, Upload, WifiOff } from "lucide-react";
import { useEffect, useEffectEvent, useState } from "react";
import { AccountMenu } from "../access/AccountMenu";
import { Gate, WhoIsThere } from "../access/Gate";
import { mayOpen, useMe } from "../access/me";
import { useImportState } from "../catalogue/importRun";
import { texts } from "../texts";
import { useNotice } from "./Notices";
import { onReachable, isReachable, useReachable } from "./reachable";
import { applyTheme, theme, THEMES, type Theme } from "./theme";

const ICONS: Record<Theme, typeof Sun> = { light: Sun, dark: Moon, system: Monitor };

// Cycles through the themes: system, light, dark.
function ThemeButton() {
  const [now, setNow] = useState(theme);
  const Icon = ICONS[now];
  const label = `${texts.theme.label}: ${texts.theme[now]}`;
  const turn = () => {
    const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length] ?? "system";
    setNow(next);
    applyTheme(next);
  };
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={turn}>
      <Icon size={20} aria-hidden />
    </button>
  );
}

const PAGES = [
  { to: "/", text: texts.nav.search, icon: Search },
  { to: "/catalogue", text: texts.nav.catalogue, icon: LayoutGrid },
  { to: "/uploads", text: texts.nav.uploads, icon: Upload },
  { to: "/operations", text: texts.nav.operations, icon: Activity },
] as const;

function UnreachableBanner() {
  const reachable = useReachable();
  const queries = useQueryClient();
  const notice = useNotice();
  useEffect(
    () =>
      onReachable(() => {
        if (!isReachable()) return;
        notice(texts.errors.back);
        void queries.refetchQueries({ type: "active", predicate: (query) => query.state.status === "error" });
      }),
    [queries, notice],
  );
  if (reachable) return null;
  return (
    <div className="banner" role="alert">
      <WifiOff size={18} aria-hidden />
      <span>
        <strong>{navigator.onLine ? texts.errors.unreachable : texts.errors.offline}.</strong>{" "}
        {navigator.onLine ? texts.errors.unreachableLead : texts.errors.offlineLead}
      </span>
    </div>
  );
}

// An import goes on while other pages are shown: this line leads back to it, and a notice says that it has ended.
function ImportBanner() {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const state = useImportState();
  const notice = useNotice();
  const elsewhere = path !== "/catalogue";
  const { step } = state;
  const failed = step === "stopped" && state.error !== undefined;
  const ended = useEffectEvent(() => {
    if (elsewhere) notice(failed ? texts.catalogue.failed : texts.catalogue.done);
  });
  useEffect(() => {
    if (step === "done" || step === "stopped") ended();
  }, [step]);
  if (step !== "running" || !elsewhere) return null;
  return (
    <div className="banner calm">
      <Link to="/catalogue">{texts.catalogue.runningElsewhere(Math.round(state.progress.share * 100))}</Link>
    </div>
  );
}

const TITLES: Record<string, string> = {
  "/catalogue": texts.titles.catalogue,
  "/operations": texts.titles.operations,
  "/uploads": texts.titles.uploads,
  "/account": texts.titles.account,
  "/favourites": texts.titles.favourites,
  "/review": texts.titles.review,
  "/queues": texts.titles.queues,
  "/clusters": texts.titles.clusters,
  "/trends": texts.titles.trends,
  "/experiments": texts.titles.experiments,
  "/wardrobe": texts.titles.wardrobe,
  "/for-you": texts.titles.forYou,
  "/outfits": texts.titles.outfits,
  "/outfits/saved": texts.titles.savedOutfits,
  "/outfits/plan": texts.titles.plan,
  "/shared-outfit": texts.titles.sharedOutfit,
  "/sources": texts.titles.sources,
  "/saved-searches": texts.titles.savedSearches,
  "/bookmarklet": texts.titles.capture,
  "/unsubscribe": texts.titles.unsubscribe,
  "/alerts/confirm": texts.titles.confirmAddress,
  "/keys": texts.titles.keys,
  "/users": texts.titles.users,
  "/sign-in": texts.titles.signIn,
  "/set-up": texts.titles.setUp,
  "/invitation": texts.titles.link,
  "/reset": texts.titles.link,
};

// The titles of pages that show one of many.
const ONE_OF_MANY = [
  ["/items/", texts.titles.item],
  ["/clusters/", texts.titles.cluster],
  ["/wardrobe/", texts.titles.garment],
  ["/outfits/saved/", texts.titles.savedOutfit],
] as const;

// Screen readers announce a new page by its title.
function useTitle() {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const open = mayOpen(useMe(), path);
  useEffect(() => {
    const page = open ? (TITLES[path] ?? ONE_OF_MANY.find(([start]) => path.startsWith(start))?.[1]) : texts.titles.signIn;
    document.title = page ? `${page} – ${texts.app}` : texts.app;
  }, [path, open]);
}

function Navigation() {
  const me = useMe();
  const pages = PAGES.filter(({ to }) => mayOpen(me, to));
  if (pages.length === 0) return null;
  return (
    <nav className="nav" aria-label={texts.nav.label}>
      {pages.map(({ to, text, icon: Icon }) => (
        <Link key={to} to={to} activeOptions={{ exact: to !== "/", includeSearch: false }} className="nav-link">
          <Icon size={20} aria-hidden />
          <span>{text}</span>
        </Link>
      ))}
    </nav>
  );
}

const brand = (
  <Link to="/" className="brand" aria-label={texts.app}>
    <img src="/favicon.svg" alt="" width="30" height="30" />
    <span>{texts.app}</span>
  </Link>
);

export function Shell() {
  return (
    <WhoIsThere waiting={<header className="top">{brand}</header>}>
      <Frame />
    </WhoIsThere>
  );
}

function Frame() {
  useTitle();
  return (
    <>
      <HeadContent />
      <a className="skip" href="#main">
        {texts.skip}
      </a>
      <header className="top">
        {brand}
        <Navigation />
        <div className="top-end">
          <a href="/docs" className="quiet-link">
            {texts.nav.api}
          </a>
          <ThemeButton />
          <AccountMenu />
        </div>
      </header>
      <UnreachableBanner />
      <ImportBanner />
      <main id="main" tabIndex={-1}>
        <Gate>
          <Outlet />
        </Gate>
      </main>
    </>
  );
}
