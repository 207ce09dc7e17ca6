// The addresses that a person went through: the browser's, or a list in memory for tests.
export interface EntryState {
  from?: string; // the address that led to the sign-in
}

export interface Entry {
  href: string; // path, query and fragment
  key: string; // names the entry; empty where the browser made it, for a link to a fragment
  state: EntryState;
}

export interface AppHistory {
  entry: () => Entry;
  push: (href: string, state?: EntryState) => void;
  replace: (href: string, state?: EntryState) => void;
  back: () => void;
  // Calls `on` after the browser has gone to another entry, by its buttons for example. Returns what ends it.
  listen: (on: () => void) => () => void;
}

const newKey = () => Math.random().toString(36).slice(2, 10);

export function browserHistory(): AppHistory {
  const read = (): Entry => {
    const { key = "", ...state } = (window.history.state ?? {}) as EntryState & { key?: string };
    const { pathname, search, hash } = window.location;
    return { href: pathname + search + hash, key, state };
  };
  const replace = (href: string, state: EntryState = {}) => window.history.replaceState({ ...state, key: newKey() }, "", href);
  if (!read().key) replace(read().href, read().state);
  return {
    entry: read,
    push: (href, state = {}) => window.history.pushState({ ...state, key: newKey() }, "", href),
    replace,
    back: () => window.history.back(),
    listen: (on) => {
      window.addEventListener("popstate", on);
      return () => window.removeEventListener("popstate", on);
    },
  };
}

export function memoryHistory(first = "/"): AppHistory {
  const entries: Entry[] = [{ href: first, key: newKey(), state: {} }];
  const listeners = new Set<() => void>();
  const last = () => entries.at(-1) ?? { href: first, key: "", state: {} };
  return {
    entry: last,
    push: (href, state = {}) => void entries.push({ href, key: newKey(), state }),
    replace: (href, state = {}) => void entries.splice(-1, 1, { href, key: newKey(), state }),
    back: () => {
      if (entries.length < 2) return;
      entries.pop();
      listeners.forEach((on) => on());
    },
    listen: (on) => {
      listeners.add(on);
      return () => listeners.delete(on);
    },
  };
}
