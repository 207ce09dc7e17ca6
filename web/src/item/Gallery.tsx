import { ChevronLeft, ChevronRight, Crop, Maximize2, ScanSearch } from "lucide-react";
import { useState } from "react";
import type { Item, ItemImage } from "../api/client";
import { lazyPart } from "../shell/lazyPart";
import { texts } from "../texts";
import { useArrowKeys } from "./useArrowKeys";
import { useSwipe } from "./useSwipe";

const t = texts.item;
const Lightbox = lazyPart(() => import("./Lightbox"));

interface Props {
  item: Item;
  onSearch: (image: ItemImage) => void;
  onSearchPart: (image: ItemImage) => void;
}

// The photos of an item, of which one is shown. They are turned by buttons, arrow keys and swiping, and searched with.
export function Gallery({ item: { images }, onSearch, onSearchPart }: Props) {
  const [chosen, setChosen] = useState(0);
  const [zoomed, setZoomed] = useState(false);
  const index = Math.min(chosen, images.length - 1);
  const turn = (by: 1 | -1) => setChosen((index + by + images.length) % images.length);
  const turnSeveral = (by: 1 | -1) => images.length > 1 && turn(by);
  useArrowKeys(turnSeveral);
  const swipe = useSwipe(turnSeveral);
  const image = images[index];
  if (!image) return <div className="gallery-main">{texts.card.noImage}</div>;
  return (
    <section className="gallery" aria-label={t.photos}>
      <div className="gallery-main" {...swipe}>
        <img
          key={image.id}
          src={image.url}
          alt={t.photo(index + 1, images.length)}
          width={image.width}
          height={image.height}
          fetchPriority="high"
          draggable={false}
          onError={(event) => {
            if (!event.currentTarget.src.endsWith(image.thumbnail_url)) event.currentTarget.src = image.thumbnail_url;
          }}
        />
        <button type="button" className="gallery-zoom" aria-label={t.zoom} title={t.zoom} onClick={() => setZoomed(true)}>
          <span className="icon-button on-photo">
            <Maximize2 size={18} aria-hidden />
          </span>
        </button>
        {images.length > 1 && (
          <>
            <button type="button" className="icon-button over before" aria-label={t.previous} onClick={() => turn(-1)}>
              <ChevronLeft size={22} aria-hidden />
            </button>
            <button type="button" className="icon-button over after" aria-label={t.next} onClick={() => turn(1)}>
              <ChevronRight size={22} aria-hidden />
            </button>
          </>
        )}
      </div>
      {images.length > 1 && (
        <ul className="thumbs">
          {images.map((one, i) => (
            <li key={one.id}>
              <button type="button" aria-label={t.show(i + 1)} aria-current={i === index} onClick={() => setChosen(i)}>
                <img src={one.thumbnail_url} alt="" width={one.width} height={one.height} loading="lazy" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="row gallery-search">
        <button type="button" className="button" onClick={() => onSearch(image)}>
          <ScanSearch size={18} aria-hidden /> {t.searchPhoto}
        </button>
        <button type="button" className="button" onClick={() => onSearchPart(image)}>
          <Crop size={17} aria-hidden /> {t.searchPart}
        </button>
      </div>
      {zoomed && <Lightbox images={images} index={index} onTurn={turn} onClose={() => setZoomed(false)} onFail={() => setZoomed(false)} />}
    </section>
  );
}
