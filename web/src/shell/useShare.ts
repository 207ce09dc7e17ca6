import { texts } from "../texts";
import { useNotice } from "./Notices";

const isPhone = () => matchMedia("(pointer: coarse)").matches;

// Whether the device has a menu by which people send links.
export const canSend = () => isPhone() && "share" in navigator;

// Gives an address to others: by the menu of a phone, otherwise by the clipboard.
export function useShare() {
  const notice = useNotice();
  return async (url: string, title: string) => {
    try {
      if (canSend()) await navigator.share({ title, url });
      else {
        await navigator.clipboard.writeText(url);
        notice(texts.query.shared);
      }
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) notice(texts.query.notShared);
    }
  };
}
