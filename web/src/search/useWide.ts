import { useSyncExternalStore } from "react";

// The width from which the filters stand beside the grid; search.css has the same.
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
