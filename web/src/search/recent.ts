// Recent searches, stored on this device only, for each tenant by itself.
import { useSyncExternalStore } from "react";
import { chosenTenant } from "../api/tenant";

export interface Recent {
  search: string; // the address's query string, with "?"
  hash: string; // "p=…": the miniature of the photo
  label: string;
  image?: string; // URL of an image, if the example is an item or a URL
  at: number;
}

const KEY = "recent-searches";
const MAX_ENTRIES = 12;

function keyHere(): string {
  const tenant = chosenTenant() ?? "default";
  return tenant === "default" ? KEY : `${KEY}:${tenant}`;
}
let cached: { raw: string | null; list: Recent[] } = { raw: null, list: [] };
const listeners = new Set<() => void>();

function read(): Recent[] {
  let raw: string | null = null;
  try {
    raw = localStorage.getItem(keyHere());
    if (raw !== cached.raw) cached = { raw, list: raw ? (JSON.parse(raw) as Recent[]) : [] };
  } catch {
    cached = { raw, list: [] };
  }
  return cached.list;
}

function write(list: Recent[]) {
  try {
    localStorage.setItem(keyHere(), JSON.stringify(list));
  } catch {
    // The storage is full or forbidden: there are no recent searches.
  }
  for (const listener of listeners) listener();
}

// Searches with the same example, or with the same words, replace each other.
const subject = (recent: { search: string }) => {
  const given = new URLSearchParams(recent.search);
  return ["photo", "item", "url"].map((name) => given.get(name)).find(Boolean) ?? `words:${given.get("q") ?? ""}`;
};

export function addRecent(recent: Recent) {
  const rest = read().filter((one) => subject(one) !== subject(recent));
  write([recent, ...rest].slice(0, MAX_ENTRIES));
}

// Of all tenants.
export function clearRecent() {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(KEY)) localStorage.removeItem(key);
  } catch {
    // The storage is forbidden: there is nothing in it.
  }
  write([]);
}

export function useRecent(): Recent[] {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, read);
}
