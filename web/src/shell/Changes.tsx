import type { ReactNode } from "react";
import { useReachable } from "./reachable";

// What changes something on the server. It is disabled while the server cannot be reached.
export function Changes({ children }: { children: ReactNode }) {
  return (
    <fieldset className="changes" disabled={!useReachable()}>
      {children}
    </fieldset>
  );
}
