// Shows the page of the address, and changes the address without loading the document again. Pages are loaded when they are
// opened; until one has come, the page before stays.
import { Component, createContext, startTransition, useCallback, useContext, useLayoutEffect, useState, type ComponentProps, type ComponentType, type MouseEvent, type ReactNode } from "react";
import { parseState, stringifyState, type SearchState } from "../search/state";
import { browserHistory, type AppHistory, type EntryState } from "./history";
import { matchPath, movedTo, type Path } from "./paths";
import { restoreScroll, saveScroll, scrollToStart, startScrolling } from "./scroll";

export interface Location {
  href: string;
  pathname: string;
  searchStr: string; // the query with its "?"
  search: SearchState; // the query as the page of the search reads it
  hash: string; // the fragment without its "#"
  state: EntryState;
  key: string;
  how: "push" | "stay" | "pop"; // "stay": the page is to keep its scroll position
}

export interface Target {
  to: Path;
  params?: { id: string };
  search?: SearchState | ((now: SearchState) => SearchState) | true; // true: that of the address
  hash?: string | true;
  state?: EntryState;
}

export interface Move extends Target {
  replace?: boolean;
  resetScroll?: boolean; // by default true
}

// A page that is loaded when it is opened or when somebody is about to.
export class LazyPage {
  component: ComponentType | undefined;
  error: Error | undefined; // why it could not be loaded
  private loading: Promise<void> | undefined;

  constructor(private readonly load: () => Promise<ComponentType>) {}

  // Kept when the page has `component` or `error`. One that could not be loaded is requested again.
  get(): Promise<void> {
    this.loading ??= this.load().then(
      (component) => {
        this.component = component;
        this.error = undefined;
      },
      (error: unknown) => {
        this.error = error instanceof Error ? error : new Error(String(error));
        this.loading = undefined;
      },
    );
    return this.loading;
  }
}

export type Page = ComponentType | LazyPage;

function locationOf({ href, key, state }: { href: string; key: string; state: EntryState }, how: Location["how"], before?: Location): Location {
  const [path = "", hash = ""] = href.split(/#(.*)/s, 2);
  const [pathname = "", query = ""] = path.split(/\?(.*)/s, 2);
  const searchStr = query && `?${query}`;
  const search = before?.searchStr === searchStr ? before.search : parseState(searchStr);
  return { href, pathname, searchStr, search, hash, state, key, how };
}

export class Router {
  location: Location;
  private readonly listeners = new Set<(location: Location) => void>();
  private waiting: (() => void)[] = [];

  constructor(
    private readonly pages: Partial<Record<string, Page>>,
    readonly history: AppHistory = browserHistory(),
  ) {
    const { href, state } = history.entry();
    if (movedTo(href) !== href) history.replace(movedTo(href), state);
    this.location = locationOf(history.entry(), "pop");
  }

  // Follows the browser's buttons until the function that is returned is called.
  start(): () => void {
    const endScrolling = startScrolling(() => this.location.key);
    const endListening = this.history.listen(() => {
      saveScroll(this.location.key);
      const entry = this.history.entry();
      this.arrive(locationOf(entry, entry.key ? "pop" : "stay", this.location));
    });
    return () => {
      endScrolling();
      endListening();
    };
  }

  // Calls `on` with each location whose page can be shown, first of all with the present one.
  subscribe(on: (location: Location) => void): () => void {
    this.listeners.add(on);
    this.arrive(this.location);
    return () => this.listeners.delete(on);
  }

  pageOf(pathname: string): { page: Page; id: string } | undefined {
    const match = matchPath(Object.keys(this.pages), pathname);
    const page = match && this.pages[match.path];
    return page && { page, id: match.id ?? "" };
  }

  hrefOf({ to, params, search, hash }: Target): string {
    const query = search === true ? this.location.searchStr : search ? stringifyState(typeof search === "function" ? search(this.location.search) : search) : "";
    const fragment = hash === true ? this.location.hash : hash;
    return to.replace("$id", encodeURIComponent(params?.id ?? "")) + query + (fragment ? `#${fragment}` : "");
  }

  // The promise is kept when the page is shown.
  navigate(move: Move): Promise<void> {
    return this.go(this.hrefOf(move), move);
  }

  go(wanted: string, { state, replace, resetScroll = true }: Pick<Move, "state" | "replace" | "resetScroll"> = {}): Promise<void> {
    const href = movedTo(wanted);
    saveScroll(this.location.key);
    // The address that is shown already makes no new entry.
    if (replace || href === this.location.href) this.history.replace(href, state);
    else this.history.push(href, state);
    const shown = this.listeners.size === 0 ? Promise.resolve() : new Promise<void>((resolve) => this.waiting.push(resolve));
    this.arrive(locationOf(this.history.entry(), resetScroll ? "push" : "stay", this.location));
    return shown;
  }

  preload(pathname: string) {
    const page = this.pageOf(pathname)?.page;
    if (page instanceof LazyPage) void page.get();
  }

  // The location is on the screen.
  shown(location: Location) {
    if (location.how === "push") scrollToStart(location.hash);
    else if (location.how === "pop") restoreScroll(location.key);
    if (location.key !== this.location.key) return;
    this.waiting.forEach((resolve) => resolve());
    this.waiting = [];
  }

  // Shows the location when its page has been loaded, unless another one is wanted by then.
  private arrive(location: Location) {
    this.location = location;
    const page = this.pageOf(location.pathname)?.page;
    const show = () => {
      if (location === this.location) this.listeners.forEach((on) => on(location));
    };
    if (page instanceof LazyPage && !page.component) void page.get().then(show);
    else show();
  }
}

const RouterContext = createContext<Router | undefined>(undefined);
const LocationContext = createContext<Location | undefined>(undefined);

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("there is no router");
  return value;
}

export const useRouter = () => present(useContext(RouterContext));
export function useLocation(): Location;
export function useLocation<T>(options: { select: (location: Location) => T }): T;
export function useLocation<T>(options?: { select: (location: Location) => T }): T | Location {
  const location = present(useContext(LocationContext));
  return options ? options.select(location) : location;
}
export const useParams = () => ({ id: useRouter().pageOf(useLocation().pathname)?.id ?? "" });
export function useNavigate(): (move: Move) => Promise<void> {
  const router = useRouter();
  return useCallback((move) => router.navigate(move), [router]);
}

// Provides the router and the location that is shown to everything inside.
export function RouterProvider({ router, children }: { router: Router; children: ReactNode }) {
  // A new object where the page of the first location has come.
  const [location, setLocation] = useState(router.location);
  useLayoutEffect(() => {
    const ends = [router.start(), router.subscribe((now) => startTransition(() => setLocation({ ...now })))];
    return () => ends.forEach((end) => end());
  }, [router]);
  useLayoutEffect(() => router.shown(location), [router, location]);
  return (
    <RouterContext value={router}>
      <LocationContext value={location}>{children}</LocationContext>
    </RouterContext>
  );
}

interface BoundaryProps {
  at: string; // another page is tried afresh
  failed: ComponentType<{ error: Error }>;
  children: ReactNode;
}

class Boundary extends Component<BoundaryProps, { error?: Error; at: string }> {
  override state: { error?: Error; at: string } = { at: this.props.at };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  static getDerivedStateFromProps({ at }: BoundaryProps, state: { at: string }) {
    return at === state.at ? null : { error: undefined, at };
  }

  override render() {
    const { error } = this.state;
    const Failed = this.props.failed;
    return error ? <Failed error={error} /> : this.props.children;
  }
}

// The page of the location; `missing` where there is none, `failed` where it cannot be shown.
export function Outlet({ missing: Missing, failed: Failed }: { missing: ComponentType; failed: BoundaryProps["failed"] }) {
  const router = useRouter();
  const { pathname, key } = useLocation();
  const page = router.pageOf(pathname)?.page ?? Missing;
  const Page = page instanceof LazyPage ? page.component : page;
  return (
    <Boundary at={`${pathname} ${key}`} failed={Failed}>
      {Page ? <Page /> : page instanceof LazyPage && page.error && <Failed error={page.error} />}
    </Boundary>
  );
}

interface LinkProps extends Target, Omit<ComponentProps<"a">, "href"> {
  // Which addresses the link calls its own: those below it too, unless `exact`; and, unless `includeSearch` is false, only
  // those with its query, where it has one.
  activeOptions?: { exact?: boolean; includeSearch?: boolean };
}

const isPlain = (event: MouseEvent) => event.button === 0 && !event.metaKey && !event.altKey && !event.ctrlKey && !event.shiftKey;

function isActive(location: Location, href: string, { exact, includeSearch = true }: { exact?: boolean; includeSearch?: boolean }): boolean {
  const { pathname, searchStr } = locationOf({ href, key: "", state: {} }, "stay");
  const below = !exact && location.pathname.startsWith(`${pathname}/`);
  if (location.pathname !== pathname && !below) return false;
  return !includeSearch || (searchStr === "" && !exact) || location.searchStr === searchStr;
}

export function Link({ to, params, search, hash, state, activeOptions, className, onClick, children, ...rest }: LinkProps) {
  const router = useRouter();
  const location = useLocation();
  const href = router.hrefOf({ to, params, search, hash });
  const active = isActive(location, href, activeOptions ?? {});
  const preload = () => router.preload(href.replace(/[?#].*/s, ""));
  return (
    <a
      {...rest}
      href={href}
      className={active ? `${className ?? ""} active`.trim() : className}
      aria-current={active ? "page" : undefined}
      data-status={active ? "active" : undefined}
      onPointerEnter={preload}
      onFocus={preload}
      onTouchStart={preload}
      onClick={(event) => {
        onClick?.(event);
        if (event.defaultPrevented || !isPlain(event) || (rest.target && rest.target !== "_self")) return;
        event.preventDefault();
        void router.go(href, { state });
      }}
    >
      {children}
    </a>
  );
}
