import { Share2 } from "lucide-react";
import type { Item } from "../api/client";
import { pageTexts } from "../pageTexts";
import { titleOf } from "../shell/titleOf";
import { useShare } from "../shell/useShare";

// Gives the address of an item's page to others. It is short already, and shows a picture where it is sent to.
export function ShareItem({ item }: { item: Item }) {
  const share = useShare();
  return (
    <button type="button" className="button" onClick={() => void share(`${window.location.origin}/items/${item.id}`, titleOf(item))}>
      <Share2 size={16} aria-hidden /> {pageTexts.shareSearch.item}
    </button>
  );
}
