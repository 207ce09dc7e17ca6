import { useInfiniteQuery } from "@tanstack/react-query";
import { savedOutfits } from "../api/savedOutfits";
import { useRemoved } from "./removing";
import { SAVED } from "./shared";

// The saved outfits that are not deleted.
export function useSavedOutfits() {
  const removed = useRemoved();
  const query = useInfiniteQuery({
    queryKey: [...SAVED, "list"],
    queryFn: ({ pageParam, signal }) => savedOutfits.list(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 0,
  });
  const saved = query.data?.pages.flatMap((page) => page.outfits).filter(({ id }) => !removed.has(id));
  return { query, saved: saved ?? [] };
}
