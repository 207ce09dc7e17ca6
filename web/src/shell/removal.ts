// What the person deleted a moment ago. Pages hide it at once; the server hears of it when the deletion can no longer be undone: its
// own deletion is for good.
import { useSyncExternalStore } from "react";
import { ApiError } from "../api/client";
import { eachOf } from "./eachOf";
import { useNotice } from "./Notices";

const all: Removals[] = [];

// Things of one kind, by their ids.
export class Removals {
  private hidden: ReadonlySet<string> = new Set();
  private readonly untold = new Set<string>(); // the server has not heard of these
  private readonly listeners = new Set<() => void>();

  // `remove` tells the server, also while the page is closed (`keepalive`).
  constructor(private readonly remove: (id: string) => Promise<unknown>) {
    all.push(this);
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };
  readonly hiddenIds = () => this.hidden;

  hide(ids: readonly string[]) {
    for (const id of ids) this.untold.add(id);
    this.show(new Set([...this.hidden, ...ids]));
  }

  undo(ids: readonly string[]) {
    for (const id of ids) this.untold.delete(id);
    this.show(new Set([...this.hidden].filter((one) => !ids.includes(one))));
  }

  // Tells the server of one. It is there again when that fails, unless somebody has deleted it elsewhere.
  readonly tell = async (id: string) => {
    if (!this.untold.delete(id)) return;
    try {
      await this.remove(id);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return;
      this.undo([id]);
      throw error;
    }
  };

  // Tells the server of everything. The requests are made before this returns.
  finish = () => Promise.allSettled([...this.untold].map(this.tell));

  private show(hidden: ReadonlySet<string>) {
    this.hidden = hidden;
    for (const listener of this.listeners) listener();
  }
}

// Tells the server of everything that was deleted: when the page is closed, and before the person or the catalogue changes.
export const finishRemovals = () => Promise.all(all.map((one) => one.finish()));

window.addEventListener("pagehide", () => void finishRemovals());

// The ids of what is deleted.
export const useRemovedOf = (removals: Removals) => useSyncExternalStore(removals.subscribe, removals.hiddenIds);

interface Words {
  removed: (count: number) => string;
  undo: string;
  failed: (count: number, error: unknown) => string;
  then: () => Promise<unknown>; // when the server has heard of it
}

// Deletes, and offers to undo it.
export function useRemovalOf(removals: Removals, words: Words) {
  const notice = useNotice();
  return (ids: string[]) => {
    removals.hide(ids);
    const end = async () => {
      const { failed } = await eachOf(ids, removals.tell);
      if (failed.length > 0) notice(words.failed(failed.length, failed[0]?.error));
      await words.then();
    };
    notice(words.removed(ids.length), { text: words.undo, run: () => removals.undo(ids), onGone: () => void end() });
  };
}
