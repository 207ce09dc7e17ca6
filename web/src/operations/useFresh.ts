import { useEffect, useState } from "react";

const LOOK_MS = 1_000;

// Whether a moment, in milliseconds, is not older than the limit. Looks at the clock every second: an answer that never comes and
// a device that slept make what is shown old without an error.
export function useFresh(moment: number, limitMs: number): boolean {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), LOOK_MS);
    return () => window.clearInterval(timer);
  }, []);
  return Math.max(now, moment) - moment <= limitMs;
}
