import { useRouter } from "@tanstack/react-router";
import { ExternalLink, Heart, Images, ThumbsDown } from "lucide-react";
import { memo, useState, type MouseEvent, type ReactNode } from "react";
import { formatPrice, listingLink, percent } from "../shell/format";
import { texts } from "../texts";
import type { Explain, Found } from "./Results";
import { Why } from "./Why";

interface Props {
  found: Found;
  explain?: Explain;
  eager?: boolean;
  liked?: boolean;
  unliked?: boolean;
  onMore?: (id: string) => void;
  onExample?: (kind: "like" | "unlike", id: string) => void;
}

// The picture that looks most like the question, or else the first.
export const bestPicture = (found: Found) => found.images.find((image) => image.url === found.image_url) ?? found.images[0];

export function Picture({ found, eager }: { found: Found; eager?: boolean }) {
  const [broken, setBroken] = useState(false);
  const image = bestPicture(found);
  if (!image || broken) return <span className="no-picture">{texts.card.noPicture}</span>;
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

// A router's own link looks at the address again whenever it changes; hundreds of them would be felt.
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

export const Card = memo(function Card({ found, explain, eager, liked, unliked, onMore, onExample }: Props) {
  const title = found.title || texts.card.noTitle;
  const price = formatPrice(found.price, found.currency);
  const link = listingLink(found);
  return (
    <li className="card" data-id={found.id}>
      <ItemLink id={found.id}>
        <span className="card-picture">
          <Picture found={found} eager={eager} />
          {found.similarity !== null && (
            <span className="badge" aria-label={texts.card.similarity(percent(found.similarity))}>
              {texts.card.similarityShort(percent(found.similarity))}
            </span>
          )}
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
                <Heart size={17} aria-hidden />
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
          {explain && found.explain && <Why found={found} explain={explain} />}
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
    </li>
  );
});
