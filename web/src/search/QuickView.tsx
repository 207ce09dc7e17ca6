import "../styles/item.css";
import "../styles/quick-view.css";
import { Dialog } from "@base-ui/react/dialog";
import { useQuery } from "@tanstack/react-query";
import { ExternalLink, Images, X } from "lucide-react";
import { useState, type RefObject } from "react";
import { api, type ItemImage } from "../api/client";
import { FavouriteButton } from "../favourites/FavouriteButton";
import { Details } from "../item/Details";
import { Link } from "../routing/router";
import { formatPrice, listingLink } from "../shell/format";
import { titleOf } from "../shell/titleOf";
import { texts } from "../texts";
import type { FoundItem } from "./useSearch";

const t = texts.card;

interface Props {
  found: FoundItem;
  shown: ItemImage | undefined; // the photo to begin with
  returnTo: RefObject<HTMLElement | null>; // has the focus after the dialog
  onMore: () => void;
  onOpen: () => void; // its page or its listing is opened
  onClose: () => void;
}

function Photos({ found, shown }: Pick<Props, "found" | "shown">) {
  const [chosen, setChosen] = useState(shown);
  const { images } = found;
  const here = images.findIndex((one) => one.id === chosen?.id);
  if (!chosen) return <div className="quick-photo">{t.noImage}</div>;
  return (
    <div className="quick-photos">
      <div className="quick-photo">
        <img src={chosen.url.startsWith("/") ? chosen.url : chosen.thumbnail_url} alt={texts.item.photo(here + 1, images.length)} width={chosen.width} height={chosen.height} />
      </div>
      {images.length > 1 && (
        <ul className="thumbs">
          {images.map((one, index) => (
            <li key={one.id}>
              <button type="button" aria-label={texts.item.show(index + 1)} aria-current={one.id === chosen.id} onClick={() => setChosen(one)}>
                <img src={one.thumbnail_url} alt="" width={one.width} height={one.height} loading="lazy" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

// An item over the results, which stay where they are.
export default function QuickView({ found, shown, returnTo, onMore, onOpen, onClose }: Props) {
  const { data: item } = useQuery({ queryKey: ["item", found.id], queryFn: ({ signal }) => api.item(found.id, signal) });
  const link = listingLink(found);
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog wide quick" finalFocus={returnTo}>
          <div className="dialog-head">
            <Dialog.Title dir="auto">{titleOf(found)}</Dialog.Title>
            <Dialog.Close className="icon-button" aria-label={texts.close}>
              <X size={20} aria-hidden />
            </Dialog.Close>
          </div>
          <div className="quick-parts">
            <Photos found={found} shown={shown} />
            <div className="quick-facts">
              <p className="soft" dir="auto">
                {[found.brand ?? found.source, found.size && t.size(found.size)].filter(Boolean).join(" · ")}
              </p>
              <p className="item-price">{formatPrice(found.price, found.currency)}</p>
              {item && <Details item={item} />}
              <div className="row">
                <Link to="/items/$id" params={{ id: found.id }} className="button primary" onClick={onOpen}>
                  {t.details}
                </Link>
                <button type="button" className="button" onClick={() => [onClose(), onMore()]}>
                  <Images size={18} aria-hidden /> {t.more}
                </button>
                {link && (
                  <a href={link} className="button" target="_blank" rel="noopener noreferrer nofollow" onClick={onOpen}>
                    <ExternalLink size={18} aria-hidden /> {t.open(found.source)}
                  </a>
                )}
                <FavouriteButton item={found.id} large />
              </div>
            </div>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
