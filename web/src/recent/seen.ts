// The items that were looked at, stored on this device only, for each tenant by itself.
import { useSyncExternalStore } from "react";
import { chosenTenant } from "../api/tenant";

export interface Seen {
  id: string;
  title: string;
  image?: string; // URL of its thumbnail
}

const KEY = "seen-items";
const MAX_ENTRIES = 30;

function keyHere(): string {
  const tenant = chosenTenant() ?? "default";
  return tenant === "default" ? KEY : `${KEY}:${tenant}`;
}
let cached: { raw: string | null; list: Seen[] } = { raw: null, list: [] };
const listeners = new Set<() => void>();

const isSeen = (one: unknown): one is Seen => typeof one === "object" && one !== null && "id" in one && "title" in one && typeof one.id === "string" && typeof one.title === "string";

function read(): Seen[] {
  try {
    const raw = localStorage.getItem(keyHere());
    if (raw !== cached.raw) {
      const parsed: unknown = raw ? JSON.parse(raw) : [];
      cached = { raw, list: Array.isArray(parsed) ? parsed.filter(isSeen) : [] };
    }
  } catch {
    // The storage is forbidden, or somebody else has written into it.
    if (cached.list.length > 0) cached = { raw: null, list: [] };
  }
  return cached.list;
}

function write(list: Seen[]) {
  try {
    localStorage.setItem(keyHere(), JSON.stringify(list));
  } catch {
    // The storage is full or forbidden: no items are kept.
  }
  for (const listener of listeners) listener();
}

// The latest one comes first.
export function addSeen(seen: Seen) {
  write([seen, ...read().filter(({ id }) => id !== seen.id)].slice(0, MAX_ENTRIES));
}

// Of all tenants.
export function clearSeen() {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(KEY)) localStorage.removeItem(key);
  } catch {
    // The storage is forbidden: there is nothing in it.
  }
  for (const listener of listeners) listener();
}

export function useSeen(): Seen[] {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, read);
}
