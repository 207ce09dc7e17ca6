import "../styles/item.css";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useRouter } from "../routing/router";
import { ArrowLeft, ExternalLink, Images, Pencil, Shirt } from "lucide-react";
import { useState } from "react";
import { TellMe } from "../alerts/TellMe";
import { api, ApiError, type ItemImage } from "../api/client";
import { useMay } from "../access/me";
import { FavouriteButton } from "../favourites/FavouriteButton";
import { preparePhoto } from "../photo/prepare";
import { savePhoto, type StoredPhoto } from "../photo/store";
import { Card } from "../search/Card";
import { GridSkeleton } from "../search/Grid";
import { useSearchActions } from "../search/useSearchActions";
import type { FoundItem } from "../search/useSearch";
import { lazyPart } from "../shell/lazyPart";
import { Facts } from "../shell/Facts";
import { Message, ReadFailure } from "../shell/Messages";
import { errorText } from "../shell/errorText";
import { formatDate, formatPrice, listingLink } from "../shell/format";
import { useNotice } from "../shell/Notices";
import { titleOf } from "../shell/titleOf";
import { texts } from "../texts";
import { Details } from "./Details";
import { Gallery } from "./Gallery";
import { PriceHistory } from "./PriceHistory";
import { ShareItem } from "./ShareItem";
import { useItemTitle } from "./useItemTitle";

const CropDialog = lazyPart(() => import("../search/CropDialog"));
const EditDialog = lazyPart(() => import("../catalogue/EditDialog"));

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

// The photo of which a part is chosen. It is kept on the device, so that the search can go back to the whole photo.
function usePart() {
  const [photo, setPhoto] = useState<StoredPhoto>();
  const notice = useNotice();
  const open = async (image: ItemImage) => {
    try {
      setPhoto(await savePhoto(await preparePhoto(await photoOf(image))));
    } catch (error) {
      notice(error instanceof ApiError ? errorText(error) : texts.query.unreadable);
    }
  };
  return { photo, open: (image: ItemImage) => void open(image), close: () => setPhoto(undefined) };
}

export function ItemPage() {
  const { id } = useParams();
  const router = useRouter();
  const { searchByPhoto, searchByPart, searchByItem } = useSearchActions();
  const may = useMay();
  const [editing, setEditing] = useState(false);
  const part = usePart();
  const query = useQuery({ queryKey: ["item", id], queryFn: ({ signal }) => api.item(id, signal) });
  useItemTitle(query.data && titleOf(query.data));

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
        <Gallery key={item.id} item={item} onSearch={(image) => void searchByPhoto(photoOf(image), { fresh: true, part: "whole" })} onSearchPart={part.open} />
        <div className="item-facts">
          <p className="soft">{[item.brand ?? item.source, item.size && texts.card.size(item.size)].filter(Boolean).join(" · ")}</p>
          <h1 dir="auto">{titleOf(item)}</h1>
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
            <ShareItem item={item} />
            <TellMe state={{ item: item.id }} photo={undefined} />
            {may("items:write") && (
              <button type="button" className="button" onClick={() => setEditing(true)}>
                <Pencil size={16} aria-hidden /> {texts.item.edit}
              </button>
            )}
          </div>
          {item.description && (
            <section>
              <h2>{texts.item.description}</h2>
              <p className="description" dir="auto">{item.description}</p>
            </section>
          )}
          <section>
            <h2>{texts.item.properties}</h2>
            <Details item={item} />
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
      {part.photo && (
        <CropDialog
          photo={part.photo}
          onClose={part.close}
          onFail={part.close}
          onCrop={(photo, box) => {
            part.close();
            void searchByPart(photo, box, { fresh: true });
          }}
        />
      )}
      {editing && <EditDialog item={item} onClose={() => setEditing(false)} onFail={() => setEditing(false)} />}
    </article>
  );
}
