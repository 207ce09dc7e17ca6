import { useMutation, useQueryClient, type QueryKey } from "@tanstack/react-query";
import { errorText } from "./errorText";
import { useNotice } from "./Notices";

// A change of what the queries of `keys` read. Whatever comes of it, they are read again. A failure is told in a notice, in the
// words of `wordsOf`; null: whoever makes the change shows it.
export function useChange<Given, Answer>(
  keys: readonly QueryKey[],
  change: (given: Given) => Promise<Answer>,
  wordsOf: ((error: unknown) => string) | null = errorText,
) {
  const queries = useQueryClient();
  const notice = useNotice();
  return useMutation({
    mutationFn: change,
    onError: (error) => wordsOf && notice(wordsOf(error)),
    onSettled: () => Promise.all(keys.map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
}
