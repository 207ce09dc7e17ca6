import { useSyncExternalStore } from "react";

// As in search.css: from here on the filters stand beside the grid.
const WIDE = "(min-width: 1001px)";

export function useWide(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const query = matchMedia(WIDE);
      query.addEventListener("change", listener);
      return () => query.removeEventListener("change", listener);
    },
    () => matchMedia(WIDE).matches,
  );
}
