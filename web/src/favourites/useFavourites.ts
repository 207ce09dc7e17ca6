import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { favourites } from "../api/favourites";
import { useChange } from "../shell/useChange";
import { texts } from "../texts";

export const listsOptions = queryOptions({
  queryKey: ["favourites"],
  queryFn: ({ signal }) => favourites.lists(signal),
});

// A change of favourites, whose lists are read again.
export const useFavouriteChange = <Given>(change: (given: Given) => Promise<unknown>, wordsOf?: ((error: unknown) => string) | null) =>
  useChange([listsOptions.queryKey], change, wordsOf);

// Whether an item is in a list, and what changes that: it is added to the first list, which is made where there is none, or
// removed from all.
export function useFavourite(item: string) {
  const queries = useQueryClient();
  const lists = useQuery(listsOptions).data?.lists;
  const isFavourite = lists?.some((list) => list.item_ids.includes(item)) ?? false;
  const toggling = useFavouriteChange(async (wanted: boolean) => {
    // Lists that are known are not read again first: a change that is sent at once is not lost when the page is left.
    const { lists: now } = await queries.query({ ...listsOptions, staleTime: lists?.length ? "static" : 0 });
    if (!wanted) return Promise.all(now.filter((list) => list.item_ids.includes(item)).map((list) => favourites.take(list.id, item)));
    const list = now[0] ?? (await favourites.create(texts.favourites.first));
    return favourites.add(list.id, item);
  });
  const { isPending } = toggling;
  return { isFavourite: isPending ? toggling.variables : isFavourite, toggle: () => toggling.mutate(!isFavourite), isPending };
}
