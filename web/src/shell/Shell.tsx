import { useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useLocation } from "../routing/router";
import { LayoutDashboard, Monitor, Moon, Store, Sun, WifiOff } from "lucide-react";
import { useEffect, useEffectEvent, useState } from "react";
import { AccountMenu } from "../access/AccountMenu";
import { Gate, WhoIsThere } from "../access/Gate";
import { inStudio, mayOpen, mayStudio, pageOf, useMe } from "../access/me";
import { personalOf, studioOf, tabsOf } from "../access/pages";
import { brand } from "../brand/brand";
import { useImportState } from "../catalogue/importRun";
import { texts } from "../texts";
import { LanguageSelect } from "../language/LanguageSelect";
import { SeenItems } from "../recent/SeenItems";
import { Crashed, NotFound } from "./Messages";
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
  const path = useLocation().pathname;
  const state = useImportState();
  const notice = useNotice();
  const elsewhere = path !== "/studio/catalogue";
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
      <Link to="/studio/catalogue">{texts.catalogue.runningElsewhere(Math.round(state.progress.share * 100))}</Link>
    </div>
  );
}

// The titles of pages; those of the studio by the end of their address.
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
  "/recent": texts.titles.recent,
  "/studio": texts.titles.studio,
  "/alerts": texts.titles.alerts,
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
  const path = useLocation().pathname;
  const open = mayOpen(useMe(), path);
  useEffect(() => {
    const name = pageOf(path);
    const page = open ? (TITLES[name] ?? ONE_OF_MANY.find(([start]) => name.startsWith(start))?.[1]) : texts.titles.signIn;
    document.title = page ? `${page} – ${texts.app}` : texts.app;
  }, [path, open]);
}

// The page that has the focus of the navigation: the saved items and searches share a tab.
const SAVED = ["/favourites", "/saved-searches"];

// The shop's: three tabs on a phone. On a desk there is room for what belongs to the person.
function Navigation() {
  const me = useMe();
  const path = useLocation().pathname;
  const tabs = tabsOf(me);
  if (tabs.length === 0) return null;
  return (
    <nav className="nav" aria-label={texts.nav.label}>
      {tabs.map(({ to, text, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: to !== "/", includeSearch: false }}
          className={SAVED.includes(to) && SAVED.includes(path) ? "nav-link active" : "nav-link"}
        >
          <Icon size={20} aria-hidden />
          <span>{text}</span>
        </Link>
      ))}
      {personalOf(me).map(({ to, text, icon: Icon }) => (
        <Link key={to} to={to} activeOptions={{ includeSearch: false }} className="nav-link on-desk">
          <Icon size={20} aria-hidden />
          <span>{text}</span>
        </Link>
      ))}
    </nav>
  );
}

const PHONE_TABS = 2; // besides the overview, which leads to all pages

// The studio's: all pages beside the page on a desk, three tabs on a phone.
function StudioNavigation() {
  const me = useMe();
  const groups = studioOf(me);
  if (groups.length === 0) return null;
  const tabs = groups.map(({ pages }) => pages[0]?.to).filter((to) => to !== undefined);
  const wanted = tabs.includes("/studio/operations") ? ["/studio/catalogue", "/studio/operations"] : tabs.slice(0, PHONE_TABS);
  return (
    <nav className="nav studio-nav" aria-label={texts.nav.label}>
      <Link to="/studio" activeOptions={{ exact: true }} className="nav-link">
        <LayoutDashboard size={20} aria-hidden />
        <span>{texts.studio.overview}</span>
      </Link>
      {groups.map(({ name, pages }) => (
        <div key={name} className="studio-group">
          <p className="studio-group-name">{texts.studio.groups[name]}</p>
          {pages.map(({ to, name: page, icon: Icon }) => (
            <Link key={to} to={to} activeOptions={{ includeSearch: false }} className={wanted.includes(to) ? "nav-link" : "nav-link on-desk"}>
              <Icon size={20} aria-hidden />
              <span>{texts.titles[page]}</span>
            </Link>
          ))}
        </div>
      ))}
    </nav>
  );
}

const home = (
  <Link to="/" className="brand" aria-label={brand.name}>
    <img src={brand.logo} alt="" width="30" height="30" />
    <span>{brand.name}</span>
  </Link>
);

// The pages that the law of some countries asks for.
function Legal() {
  if (!brand.imprint && !brand.privacy) return null;
  return (
    <footer className="legal">
      {brand.imprint && <a href={brand.imprint}>{texts.legal.imprint}</a>}
      {brand.privacy && <a href={brand.privacy}>{texts.legal.privacy}</a>}
    </footer>
  );
}

export function Shell() {
  return (
    <WhoIsThere waiting={<header className="top">{home}</header>}>
      <Frame />
    </WhoIsThere>
  );
}

function Page() {
  return (
    <main id="main" tabIndex={-1}>
      <Gate>
        <Outlet missing={NotFound} failed={Crashed} />
      </Gate>
    </main>
  );
}

// The frame of the studio, where its visitor is let in, and of the shop.
function Frame() {
  useTitle();
  const me = useMe();
  const path = useLocation().pathname;
  const studio = inStudio(path) && mayStudio(me);
  return (
    <>
      <a className="skip" href="#main">
        {texts.skip}
      </a>
      <header className="top">
        {home}
        {studio ? <span className="studio-name">{texts.nav.studio}</span> : <Navigation />}
        <div className="top-end">
          {studio && (
            <>
              <a href="/docs" className="quiet-link">
                {texts.nav.api}
              </a>
              {mayOpen(me, "/") && (
                <Link to="/" className="quiet-link to-shop" aria-label={texts.nav.shop} title={texts.nav.shop}>
                  <Store size={19} aria-hidden />
                  <span>{texts.nav.shop}</span>
                </Link>
              )}
            </>
          )}
          <LanguageSelect />
          <ThemeButton />
          <AccountMenu />
        </div>
      </header>
      <UnreachableBanner />
      <ImportBanner />
      <SeenItems />
      {studio ? (
        <div className="studio-frame">
          <StudioNavigation />
          <Page />
        </div>
      ) : (
        <Page />
      )}
      <Legal />
    </>
  );
}
