// Items that the person deleted a moment ago.
import { useQueryClient } from "@tanstack/react-query";
import { api } from "../api/client";
import { errorText } from "../shell/errorText";
import { Removals, useRemovalOf, useRemovedOf } from "../shell/removal";
import { texts } from "../texts";

const removals = new Removals((id) => api.remove(id));

// The ids of the items that are deleted.
export const useRemoved = () => useRemovedOf(removals);

// Deletes items, and offers to undo it.
export function useRemoval() {
  const queries = useQueryClient();
  return useRemovalOf(removals, {
    removed: texts.bulk.removed,
    undo: texts.bulk.undo,
    failed: (count, error) => `${texts.bulk.failed(count)} ${errorText(error)}`,
    then: () => queries.invalidateQueries(),
  });
}
