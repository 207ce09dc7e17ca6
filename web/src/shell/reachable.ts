// Whether the server can be reached. After a request that did not reach it, /live is polled until it responds.
import { useSyncExternalStore } from "react";

const POLL_MS = 2_000;
let reachable = true;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function set(next: boolean) {
  if (reachable === next) return;
  reachable = next;
  for (const listener of listeners) listener();
}

async function probe() {
  try {
    const response = await fetch("/live", { cache: "no-store", signal: AbortSignal.timeout(8_000) });
    if (response.ok) {
      timer = undefined;
      set(true);
      return;
    }
  } catch {
    // The server still cannot be reached.
  }
  timer = setTimeout(() => void probe(), POLL_MS);
}

export function reportUnreachable() {
  set(false);
  timer ??= setTimeout(() => void probe(), POLL_MS);
}

export function reportReached() {
  clearTimeout(timer);
  timer = undefined;
  set(true);
}

export function onReachable(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export const useReachable = () => useSyncExternalStore(onReachable, () => reachable);
export const isReachable = () => reachable;
