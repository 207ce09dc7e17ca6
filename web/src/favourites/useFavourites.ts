import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { favourites } from "../api/favourites";
import { feedback } from "../api/feedback";
import { isLearning } from "../api/learning";
import { useChange } from "../shell/useChange";
import { texts } from "../texts";

export const listsOptions = queryOptions({
  queryKey: ["favourites"],
  queryFn: ({ signal }) => favourites.lists(signal),
});

// A change of favourites, whose lists are read again.
export const useFavouriteChange = <Given>(change: (given: Given) => Promise<unknown>, wordsOf?: ((error: unknown) => string) | null) =>
  useChange([listsOptions.queryKey], change, wordsOf);

// Tells the server that somebody who lets it learn has saved an item, or takes that back. Feedback that was given before has the same id
// when it is given again. Nobody waits for it, and nothing is said where it fails.
function teach(item: string, isSaved: boolean) {
  if (!isLearning(true)) return;
  const given = feedback.give(item, "save", undefined);
  (isSaved ? given : given.then(({ id }) => feedback.undo(id))).catch(() => undefined);
}

// Whether an item is in a list, and what changes that: it is added to the first list, which is made where there is none, or
// removed from all.
export function useFavourite(item: string) {
  const queries = useQueryClient();
  const lists = useQuery(listsOptions).data?.lists;
  const isFavourite = lists?.some((list) => list.item_ids.includes(item)) ?? false;
  const toggling = useFavouriteChange(async (wanted: boolean) => {
    // Lists that are known are not read again first: a change that is sent at once is not lost when the page is left.
    const { lists: now } = await queries.query({ ...listsOptions, staleTime: lists?.length ? "static" : 0 });
    if (wanted) await favourites.add((now[0] ?? (await favourites.create(texts.favourites.first))).id, item);
    else await Promise.all(now.filter((list) => list.item_ids.includes(item)).map((list) => favourites.take(list.id, item)));
    teach(item, wanted);
  });
  const { isPending } = toggling;
  return { isFavourite: isPending ? toggling.variables : isFavourite, toggle: () => toggling.mutate(!isFavourite), isPending };
}
