// Outfits that the person deleted a moment ago.
import { useQueryClient } from "@tanstack/react-query";
import { savedOutfits } from "../api/savedOutfits";
import { errorText } from "../shell/errorText";
import { Removals, useRemovalOf, useRemovedOf } from "../shell/removal";
import { texts } from "../texts";
import { SAVED } from "./shared";

const removals = new Removals((id) => savedOutfits.remove(id));

// The ids of the outfits that are deleted.
export const useRemoved = () => useRemovedOf(removals);

// Deletes an outfit, and offers to undo it.
export function useRemoval() {
  const queries = useQueryClient();
  const remove = useRemovalOf(removals, {
    removed: () => texts.saved.removed,
    undo: texts.saved.undo,
    failed: (_, error) => errorText(error),
    then: () => queries.invalidateQueries({ queryKey: SAVED }),
  });
  return (id: string) => remove([id]);
}
