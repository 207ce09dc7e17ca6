import { useCallback } from "react";
import { useMe } from "../access/me";
import { feedback } from "../api/feedback";
import { isLearning } from "../api/learning";

// Tells the server that a result was opened, where that may teach it. `search`: the name of the search; undefined: what is shown was not
// searched. Nobody waits for it, and nothing is said where it fails.
export function useOpened(search: string | undefined) {
  const isUser = useMe()?.kind === "user";
  return useCallback(
    (item: string, position: number) => {
      if (search && isLearning(isUser)) feedback.opened(item, { search, position }).catch(() => undefined);
    },
    [search, isUser],
  );
}
