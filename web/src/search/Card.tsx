import { useRouter } from "../routing/router";
import { memo, useState, type MouseEvent, type ReactNode } from "react";
import { formatPrice, listingLink } from "../shell/format";
import { titleOf } from "../shell/titleOf";
import { texts } from "../texts";
import { CardActions } from "./CardActions";
import { matchOf } from "./match";
import type { FoundItem, QueryInfo } from "./useSearch";

interface Props {
  found: FoundItem;
  info?: QueryInfo;
  eager?: boolean;
  hasBadge?: boolean; // says how well it matches, unless the section that it is in does
  liked?: boolean;
  unliked?: boolean;
  position?: number; // among the results of a search
  onOpen?: (id: string, position: number) => void; // its page or its listing is opened
  onMore?: (id: string) => void;
  onExample?: (kind: "like" | "unlike", id: string) => void;
  dimmed?: boolean;
  children?: ReactNode; // below the text
}

// The image that matches the query best, otherwise the first one.
export const bestImage = (found: FoundItem) => found.images.find((image) => image.url === found.image_url) ?? found.images[0];

// The thumbnail, and for screens with two pixels to a pixel of the page the large one, where this server has it.
export function sharp(thumbnail: string): string | undefined {
  if (!/\/thumbnail(?=$|\?)/.test(thumbnail)) return undefined;
  return `${thumbnail}, ${thumbnail}${thumbnail.includes("?") ? "&" : "?"}scale=2 2x`;
}

export function CardImage({ found, eager }: { found: FoundItem; eager?: boolean }) {
  const [broken, setBroken] = useState(false);
  const image = bestImage(found);
  if (!image || broken) return <span className="no-image">{texts.card.noImage}</span>;
  return (
    <img
      src={image.thumbnail_url}
      srcSet={sharp(image.thumbnail_url)}
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
function ItemLink({ id, onOpen, children }: { id: string; onOpen: () => void; children: ReactNode }) {
  const router = useRouter();
  const follow = (event: MouseEvent) => {
    onOpen();
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void router.navigate({ to: "/items/$id", params: { id } });
  };
  return (
    <a href={`/items/${id}`} className="card-link" onClick={follow} onAuxClick={(event) => event.button === 1 && onOpen()}>
      {children}
    </a>
  );
}

export const Card = memo(function Card({ found, info, eager, hasBadge = true, liked, unliked, position = 0, onOpen, onMore, onExample, dimmed, children }: Props) {
  const title = titleOf(found);
  const price = formatPrice(found.price, found.currency);
  const match = matchOf(found, info?.hasExample ?? true);
  const open = () => onOpen?.(found.id, position);
  return (
    <li className={dimmed ? "card dimmed" : "card"} data-id={found.id}>
      <ItemLink id={found.id} onOpen={open}>
        <span className="card-image">
          <CardImage found={found} eager={eager} />
          {hasBadge && match && <span className="badge">{texts.match[match]}</span>}
        </span>
        <span className="card-text">
          <span className="card-line">
            <span className="card-price">{price}</span>
            {found.size && <span className="card-size" title={texts.card.size(found.size)}>{found.size}</span>}
          </span>
          <span className="card-brand" dir="auto">{found.brand ?? found.source}</span>
          <span className="card-title" dir="auto">{title}</span>
        </span>
      </ItemLink>
      {onMore && (
        <CardActions
          found={found}
          shown={bestImage(found)}
          info={info}
          title={title}
          source={found.source}
          link={listingLink(found)}
          liked={liked ?? false}
          unliked={unliked ?? false}
          onMore={() => onMore(found.id)}
          onExample={onExample && ((kind) => onExample(kind, found.id))}
          onOpen={open}
        />
      )}
      {children}
    </li>
  );
});
