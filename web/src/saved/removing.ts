// Outfits that the person deleted a moment ago. The pages hide them at once; the server hears of it when the deletion can no
// longer be undone: its own deletion is for good.
import { useSyncExternalStore } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { ApiError } from "../api/client";
import { savedOutfits } from "../api/savedOutfits";
import { errorText } from "../shell/errorText";
import { useNotice } from "../shell/Notices";
import { texts } from "../texts";
import { SAVED } from "./shared";

let hidden: readonly string[] = [];
const untold = new Set<string>(); // the server has not heard of these
const listeners = new Set<() => void>();

function hide(ids: readonly string[]) {
  hidden = ids;
  for (const listener of listeners) listener();
}

function undo(id: string) {
  untold.delete(id);
  hide(hidden.filter((one) => one !== id));
}

async function tell(id: string) {
  if (!untold.delete(id)) return;
  try {
    await savedOutfits.remove(id);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return; // somebody has deleted it elsewhere
    undo(id);
    throw error;
  }
}

// Tells the server of everything that was deleted. The requests are made before this returns.
export const finishRemovals = () => Promise.allSettled([...untold].map(tell));

window.addEventListener("pagehide", () => void finishRemovals());

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

// The ids of the outfits that are deleted.
export const useRemoved = () => useSyncExternalStore(subscribe, () => hidden);

// Deletes an outfit, and offers to undo it.
export function useRemoval() {
  const queries = useQueryClient();
  const notice = useNotice();
  return (id: string) => {
    untold.add(id);
    hide([...hidden, id]);
    const end = () =>
      tell(id)
        .catch((error: unknown) => notice(errorText(error)))
        .finally(() => queries.invalidateQueries({ queryKey: SAVED }));
    notice(texts.saved.removed, { text: texts.saved.undo, run: () => undo(id), onGone: () => void end() });
  };
}
