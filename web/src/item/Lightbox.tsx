import { Dialog } from "@base-ui/react/dialog";
import { ChevronLeft, ChevronRight, X, ZoomIn, ZoomOut } from "lucide-react";
import { useLayoutEffect, useRef, useState } from "react";
import type { ItemImage } from "../api/client";
import { texts } from "../texts";
import { useArrowKeys } from "./useArrowKeys";
import { useSwipe } from "./useSwipe";

const t = texts.item;

interface Props {
  images: ItemImage[];
  index: number;
  onTurn: (by: 1 | -1) => void;
  onClose: () => void;
}

// The photos of an item over the whole window. An enlarged one is moved by scrolling, and by the arrow keys then.
export default function Lightbox({ images, index, onTurn, onClose }: Props) {
  const [large, setLarge] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const turn = (by: 1 | -1) => {
    if (large || images.length < 2) return;
    onTurn(by);
  };
  useArrowKeys(turn, ".lightbox");
  const swipe = useSwipe(turn);
  const zoom = () => setLarge((now) => !now);
  // The middle of the photo stays in the middle.
  useLayoutEffect(() => {
    const photo = box.current;
    if (!large || !photo) return;
    photo.scrollLeft = (photo.scrollWidth - photo.clientWidth) / 2;
    photo.scrollTop = (photo.scrollHeight - photo.clientHeight) / 2;
  }, [large]);
  const image = images[index];
  if (!image) return null;
  const name = t.photo(index + 1, images.length);
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="lightbox" aria-label={name}>
          <div className="lightbox-bar">
            <span aria-live="polite">{name}</span>
            <button type="button" className="icon-button" aria-pressed={large} aria-label={t.enlarge} title={t.enlarge} onClick={zoom}>
              {large ? <ZoomOut size={22} aria-hidden /> : <ZoomIn size={22} aria-hidden />}
            </button>
            <Dialog.Close className="icon-button" aria-label={texts.close}>
              <X size={22} aria-hidden />
            </Dialog.Close>
          </div>
          {/* An enlarged photo is scrolled, also by the keyboard. */}
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <div ref={box} className={large ? "lightbox-photo large" : "lightbox-photo"} tabIndex={large ? 0 : undefined} role="group" aria-label={t.photos} onDoubleClick={zoom} {...swipe}>
            <img key={image.id} src={image.url} alt={name} width={image.width} height={image.height} draggable={false} />
          </div>
          {images.length > 1 && !large && (
            <>
              <button type="button" className="icon-button over before" aria-label={t.previous} onClick={() => turn(-1)}>
                <ChevronLeft size={24} aria-hidden />
              </button>
              <button type="button" className="icon-button over after" aria-label={t.next} onClick={() => turn(1)}>
                <ChevronRight size={24} aria-hidden />
              </button>
            </>
          )}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
