// Items that the person deleted a moment ago. The catalogue hides them at once; the server hears of it when the deletion can no
// longer be undone: its own deletion is for good.
import { useSyncExternalStore } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { removeAt } from "../api/client";
import { errorText } from "../shell/errorText";
import { useNotice } from "../shell/Notices";
import { texts } from "../texts";
import { eachOf } from "./bulk";

let hidden: ReadonlySet<string> = new Set();
const untold = new Set<string>(); // the server has not heard of these
const listeners = new Set<() => void>();

function hide(ids: ReadonlySet<string>) {
  hidden = ids;
  for (const listener of listeners) listener();
}

const show = (ids: string[]) => hide(new Set([...hidden].filter((one) => !ids.includes(one))));

function undo(ids: string[]) {
  for (const id of ids) untold.delete(id);
  show(ids);
}

async function tell(id: string) {
  if (!untold.delete(id)) return;
  await removeAt(`/api/v1/items/${id}`);
}

window.addEventListener("pagehide", () => {
  // Requests that outlive the page.
  for (const id of untold) void fetch(`/api/v1/items/${id}`, { method: "DELETE", keepalive: true });
  untold.clear();
});

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

// The ids of the items that are deleted.
export const useRemoved = () => useSyncExternalStore(subscribe, () => hidden);

// Deletes items, and offers to undo it.
export function useRemoval() {
  const queries = useQueryClient();
  const notice = useNotice();
  return (ids: string[]) => {
    for (const id of ids) untold.add(id);
    hide(new Set([...hidden, ...ids]));
    const end = async () => {
      const { failed } = await eachOf(ids, tell);
      if (failed.length > 0) {
        show(failed.map(({ item }) => item));
        notice(`${texts.bulk.failed(failed.length)} ${errorText(failed[0]?.error)}`);
      }
      await queries.invalidateQueries();
    };
    notice(texts.bulk.removed(ids.length), { text: texts.bulk.undo, run: () => undo(ids), onGone: () => void end() });
  };
}
