import "../styles/item.css";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useRouter } from "@tanstack/react-router";
import { ArrowLeft, ChevronLeft, ChevronRight, ExternalLink, Images, Pencil, ScanSearch, Shirt } from "lucide-react";
import { useState } from "react";
import { api, ApiError, type Item, type ItemImage } from "../api/client";
import { useMay } from "../access/me";
import { FavouriteButton } from "../favourites/FavouriteButton";
import { Card } from "../search/Card";
import { GridSkeleton } from "../search/Grid";
import { PROPERTIES } from "../search/state";
import { useSearchActions } from "../search/useSearchActions";
import type { FoundItem } from "../search/useSearch";
import { lazyPart } from "../shell/lazyPart";
import { Facts } from "../shell/Facts";
import { Message, ReadFailure } from "../shell/Messages";
import { formatDate, formatPrice, listingLink, swatch } from "../shell/format";
import { titleOf } from "../shell/titleOf";
import { texts } from "../texts";
import { PriceHistory } from "./PriceHistory";

const EditDialog = lazyPart(() => import("../catalogue/EditDialog"));

function Gallery({ item, onSearch }: { item: Item; onSearch: (image: ItemImage) => void }) {
  const [index, setIndex] = useState(0);
  const images = item.images;
  const image = images[Math.min(index, images.length - 1)];
  const turn = (by: number) => setIndex((now) => (now + by + images.length) % images.length);
  if (!image) return <div className="gallery-main">{texts.card.noImage}</div>;
  return (
    <section className="gallery" aria-label={texts.item.photos}>
      <div className="gallery-main">
        <img
          key={image.id}
          src={image.url}
          alt={texts.item.photo(index + 1, images.length)}
          width={image.width}
          height={image.height}
          fetchPriority="high"
          onError={(event) => {
            if (!event.currentTarget.src.endsWith(image.thumbnail_url)) event.currentTarget.src = image.thumbnail_url;
          }}
        />
        {images.length > 1 && (
          <>
            <button type="button" className="icon-button over left" aria-label={texts.item.previous} onClick={() => turn(-1)}>
              <ChevronLeft size={22} aria-hidden />
            </button>
            <button type="button" className="icon-button over right" aria-label={texts.item.next} onClick={() => turn(1)}>
              <ChevronRight size={22} aria-hidden />
            </button>
          </>
        )}
        <button type="button" className="button search-photo" onClick={() => onSearch(image)}>
          <ScanSearch size={18} aria-hidden /> {texts.item.searchPhoto}
        </button>
      </div>
      {images.length > 1 && (
        <ul className="thumbs">
          {images.map((one, i) => (
            <li key={one.id}>
              <button type="button" aria-label={texts.item.show(i + 1)} aria-current={i === index} onClick={() => setIndex(i)}>
                <img src={one.thumbnail_url} alt="" width={one.width} height={one.height} loading="lazy" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Properties({ item }: { item: Item }) {
  const known = PROPERTIES.filter((name) => item.properties[name]);
  if (known.length === 0) return <p className="soft">{texts.item.noProperties}</p>;
  return (
    <dl className="properties">
      {known.map((name) => {
        const value = item.properties[name] ?? "";
        const origin = item.property_origins[name];
        const colour = name.endsWith("color") ? swatch(value) : undefined;
        const how = origin && (texts.item.origin[origin.origin] ?? origin.origin);
        return (
          <div key={name}>
            <dt>{texts.properties[name]}</dt>
            <dd>
              {colour && (
                <svg className="dot" viewBox="0 0 12 12" aria-hidden>
                  <circle cx="6" cy="6" r="5.5" fill={colour} />
                </svg>
              )}
              {value}
              <small>{how}</small>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function Row({ title, itemId, source, onMore }: { title: string; itemId: string; source?: string; onMore: (id: string) => void }) {
  const query = useQuery({
    queryKey: ["similar", itemId, source],
    queryFn: ({ signal }) => {
      const form = new FormData();
      form.set("item_id", itemId);
      form.set("limit", "12");
      form.set("collapse_duplicates", "true");
      if (source) form.set("filters", JSON.stringify({ source }));
      return api.search(form, signal);
    },
  });
  if (query.isError || query.data?.results.length === 0) return null;
  return (
    <section className="shelf" aria-label={title}>
      <h2>{title}</h2>
      {query.data ? (
        <ul className="shelf-row">
          {query.data.results.map((one: FoundItem) => (
            <Card key={one.id} found={one} onMore={onMore} />
          ))}
        </ul>
      ) : (
        <GridSkeleton count={4} />
      )}
    </section>
  );
}

// An image on another server is fetched as its thumbnail, which this server stores.
const photoOf = (image: ItemImage) => api.photo(image.url.startsWith("/") ? image.url : image.thumbnail_url);

export function ItemPage() {
  const { id } = useParams({ from: "/items/$id" });
  const router = useRouter();
  const { searchByPhoto, searchByItem } = useSearchActions();
  const may = useMay();
  const [editing, setEditing] = useState(false);
  const query = useQuery({ queryKey: ["item", id], queryFn: ({ signal }) => api.item(id, signal) });

  if (query.isError) {
    const { error } = query;
    if (error instanceof ApiError && (error.status === 404 || error.status === 422)) {
      return (
        <Message icon={<Images size={32} />} title={texts.errors.itemMissing}>
          <Link to="/" className="button">
            {texts.errors.home}
          </Link>
        </Message>
      );
    }
    // An item that was read stays, with the edit that may be open.
    if (!query.data) return <ReadFailure query={query} />;
  }
  if (!query.data) return <div className="item-page skeleton" role="status" aria-label={texts.loading} />;

  const item = query.data;
  const link = listingLink(item);
  const price = formatPrice(item.price, item.currency);
  return (
    <article className="item-page">
      <button type="button" className="text-button back" onClick={() => (window.history.length > 1 ? router.history.back() : void router.navigate({ to: "/" }))}>
        <ArrowLeft size={16} aria-hidden /> {texts.item.back}
      </button>
      <ReadFailure query={query} />
      <div className="item-main">
        <Gallery key={item.id} item={item} onSearch={(image) => void searchByPhoto(photoOf(image), { fresh: true })} />
        <div className="item-facts">
          <p className="soft">{[item.brand ?? item.source, item.size && texts.card.size(item.size)].filter(Boolean).join(" · ")}</p>
          <h1>{titleOf(item)}</h1>
          <p className="item-price">
            {price}
            {item.status !== "active" && <span className={`status ${item.status}`}>{texts.status[item.status]}</span>}
          </p>
          <div className="row">
            {link && (
              <a href={link} className="button primary" target="_blank" rel="noopener noreferrer nofollow">
                <ExternalLink size={18} aria-hidden /> {texts.item.open(item.source)}
              </a>
            )}
            <button type="button" className={link ? "button" : "button primary"} onClick={() => searchByItem(item.id)}>
              <Images size={18} aria-hidden /> {texts.item.searchItem}
            </button>
            {may("search") && (
              <Link to="/outfits" search={{ around: item.id }} className="button">
                <Shirt size={18} aria-hidden /> {texts.item.outfits}
              </Link>
            )}
            <FavouriteButton item={item.id} large />
            {may("items:write") && (
              <button type="button" className="button" onClick={() => setEditing(true)}>
                <Pencil size={16} aria-hidden /> {texts.item.edit}
              </button>
            )}
          </div>
          {item.description && (
            <section>
              <h2>{texts.item.description}</h2>
              <p className="description">{item.description}</p>
            </section>
          )}
          <section>
            <h2>{texts.item.properties}</h2>
            <Properties item={item} />
          </section>
          <PriceHistory key={item.updated_at} item={item.id} />
          <section>
            <h2>{texts.item.originTitle}</h2>
            <Facts
              className="properties"
              facts={[
                [texts.item.source, item.source],
                [texts.item.externalId, item.external_id],
                [texts.item.listed, formatDate(item.listed_at ?? item.created_at)],
                [texts.item.updated, formatDate(item.updated_at)],
              ]}
            />
          </section>
        </div>
      </div>
      <Row title={texts.item.similar} itemId={item.id} onMore={searchByItem} />
      <Row title={texts.item.same(item.source)} itemId={item.id} source={item.source} onMore={searchByItem} />
      {editing && <EditDialog item={item} onClose={() => setEditing(false)} onFail={() => setEditing(false)} />}
    </article>
  );
}
