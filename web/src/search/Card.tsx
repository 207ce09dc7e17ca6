import { useRouter } from "@tanstack/react-router";
import { ExternalLink, Images, ThumbsDown, ThumbsUp } from "lucide-react";
import { memo, useState, type MouseEvent, type ReactNode } from "react";
import { FavouriteButton } from "../favourites/FavouriteButton";
import { formatPrice, listingLink } from "../shell/format";
import { texts } from "../texts";
import { matchOf } from "./match";
import type { FoundItem, QueryInfo } from "./useSearch";
import { Why } from "./Why";

interface Props {
  found: FoundItem;
  info?: QueryInfo;
  eager?: boolean;
  liked?: boolean;
  unliked?: boolean;
  onMore?: (id: string) => void;
  onExample?: (kind: "like" | "unlike", id: string) => void;
  dimmed?: boolean;
  children?: ReactNode; // below the text
}

// The image that matches the query best, otherwise the first one.
export const bestImage = (found: FoundItem) => found.images.find((image) => image.url === found.image_url) ?? found.images[0];

export function CardImage({ found, eager }: { found: FoundItem; eager?: boolean }) {
  const [broken, setBroken] = useState(false);
  const image = bestImage(found);
  if (!image || broken) return <span className="no-image">{texts.card.noImage}</span>;
  return (
    <img
      src={image.thumbnail_url}
      alt=""
      width={image.width}
      height={image.height}
      loading={eager ? "eager" : "lazy"}
      decoding="async"
      fetchPriority={eager ? "high" : "auto"}
      onError={() => setBroken(true)}
    />
  );
}

// A plain link: the router's own Link re-renders on every change of the address, which is slow for hundreds of cards.
function ItemLink({ id, children }: { id: string; children: ReactNode }) {
  const router = useRouter();
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void router.navigate({ to: "/items/$id", params: { id } });
  };
  return (
    <a href={`/items/${id}`} className="card-link" onClick={follow}>
      {children}
    </a>
  );
}

export const Card = memo(function Card({ found, info, eager, liked, unliked, onMore, onExample, dimmed, children }: Props) {
  const title = found.title || texts.card.noTitle;
  const price = formatPrice(found.price, found.currency);
  const link = listingLink(found);
  const match = matchOf(found, info?.hasExample ?? true);
  return (
    <li className={dimmed ? "card dimmed" : "card"} data-id={found.id}>
      <ItemLink id={found.id}>
        <span className="card-image">
          <CardImage found={found} eager={eager} />
          {match && <span className="badge">{texts.match[match]}</span>}
        </span>
        <span className="card-text">
          <span className="card-line">
            <span className="card-price">{price ?? <span className="soft">{texts.card.noPrice}</span>}</span>
            {found.size && <span className="card-size" title={texts.card.size(found.size)}>{found.size}</span>}
          </span>
          <span className="card-title">{title}</span>
          <span className="card-brand">{found.brand ?? found.source}</span>
        </span>
      </ItemLink>
      {onMore && (
        <div className="card-actions" role="group" aria-label={texts.card.actions(title)}>
          <button type="button" className="icon-button small" aria-label={texts.card.more} title={texts.card.more} onClick={() => onMore(found.id)}>
            <Images size={17} aria-hidden />
          </button>
          <FavouriteButton item={found.id} />
          {onExample && (
            <>
              <button
                type="button"
                className="icon-button small"
                aria-pressed={liked}
                aria-label={texts.card.like}
                title={texts.card.like}
                onClick={() => onExample("like", found.id)}
              >
                <ThumbsUp size={17} aria-hidden />
              </button>
              <button
                type="button"
                className="icon-button small"
                aria-pressed={unliked}
                aria-label={texts.card.unlike}
                title={texts.card.unlike}
                onClick={() => onExample("unlike", found.id)}
              >
                <ThumbsDown size={17} aria-hidden />
              </button>
            </>
          )}
          {info && found.explain && <Why found={found} info={info} />}
          {link && (
            <a
              href={link}
              className="icon-button small"
              target="_blank"
              rel="noopener noreferrer nofollow"
              aria-label={texts.card.open(found.source)}
              title={texts.card.open(found.source)}
            >
              <ExternalLink size={17} aria-hidden />
            </a>
          )}
        </div>
      )}
      {children}
    </li>
  );
});
