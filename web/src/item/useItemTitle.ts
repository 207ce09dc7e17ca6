import { useEffect } from "react";
import { texts } from "../texts";

// Names the document after the item, as the page of the server does. The shell names it after the kind of page first, when the
// page is opened; search engines that run the app read the name of the item.
export function useItemTitle(name: string | undefined) {
  useEffect(() => {
    if (name === undefined) return undefined;
    const timer = setTimeout(() => {
      document.title = `${name} – ${texts.app}`;
    });
    return () => clearTimeout(timer);
  }, [name]);
}
