import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { favourites } from "../api/favourites";
import { errorText } from "../shell/errorText";
import { useNotice } from "../shell/Notices";
import { texts } from "../texts";

export const listsOptions = queryOptions({
  queryKey: ["favourites"],
  queryFn: ({ signal }) => favourites.lists(signal),
});

// A change of favourites. Whatever comes of it, the lists are read again.
export function useFavouriteChange<T>(change: (given: T) => Promise<unknown>) {
  const queries = useQueryClient();
  const notice = useNotice();
  return useMutation({
    mutationFn: change,
    onError: (error) => notice(errorText(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: listsOptions.queryKey }),
  });
}

// Whether an item is in a list, and what changes that: it is added to the first list, which is made where there is none, or
// removed from all.
export function useFavourite(item: string) {
  const queries = useQueryClient();
  const lists = useQuery(listsOptions).data?.lists;
  const isFavourite = lists?.some((list) => list.item_ids.includes(item)) ?? false;
  const toggling = useFavouriteChange(async () => {
    const { lists: now } = await queries.query({ ...listsOptions, staleTime: 0 });
    const holding = now.filter((list) => list.item_ids.includes(item));
    if (holding.length > 0) return Promise.all(holding.map((list) => favourites.take(list.id, item)));
    const list = now[0] ?? (await favourites.create(texts.favourites.first));
    return favourites.add(list.id, item);
  });
  return { isFavourite: toggling.isPending ? !isFavourite : isFavourite, toggle: () => toggling.mutate(undefined), isPending: toggling.isPending };
}
