// Recent searches, kept on this device only.
import { useSyncExternalStore } from "react";

export interface Recent {
  search: string; // as in the address, with "?"
  hash: string; // "p=…": the miniature of its photo
  label: string;
  image?: string; // address of a picture, where the example is an item
  at: number;
}

const KEY = "recent-searches";
const MOST = 12;
let cached: { raw: string | null; list: Recent[] } = { raw: null, list: [] };
const listeners = new Set<() => void>();

function read(): Recent[] {
  let raw: string | null = null;
  try {
    raw = localStorage.getItem(KEY);
    if (raw !== cached.raw) cached = { raw, list: raw ? (JSON.parse(raw) as Recent[]) : [] };
  } catch {
    cached = { raw, list: [] };
  }
  return cached.list;
}

function write(list: Recent[]) {
  try {
    localStorage.setItem(KEY, JSON.stringify(list));
  } catch {
    // A full or forbidden storage: there are no recent searches then.
  }
  for (const listener of listeners) listener();
}

// Of one example, or of the same words, the latest form is kept.
const subject = (recent: { search: string }) => {
  const given = new URLSearchParams(recent.search);
  return ["photo", "item", "url"].map((name) => given.get(name)).find(Boolean) ?? `words:${given.get("q") ?? ""}`;
};

export function remember(recent: Recent) {
  const rest = read().filter((one) => subject(one) !== subject(recent));
  write([recent, ...rest].slice(0, MOST));
}

export const forgetAll = () => write([]);

export function useRecent(): Recent[] {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, read);
}
