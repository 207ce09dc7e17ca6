import { ArrowLeft, ArrowRight, X } from "lucide-react";
import { texts } from "../texts";

// A photo of an item: one that it has (`id`), or one that the person adds (`file`).
export interface OrderedPhoto {
  key: string;
  url: string; // what is shown
  id?: string;
  file?: Blob;
}

interface Props {
  photos: OrderedPhoto[];
  onChange: (photos: OrderedPhoto[]) => void;
  least?: number; // photos that must stay
}

function moved(photos: OrderedPhoto[], from: number, to: number): OrderedPhoto[] {
  const next = [...photos];
  const [one] = next.splice(from, 1);
  if (one) next.splice(to, 0, one);
  return next;
}

// The photos of an item in their order, of which the first is the main one. They are moved and taken out by buttons.
export function PhotoOrder({ photos, onChange, least = 0 }: Props) {
  if (photos.length === 0) return null;
  return (
    <ol className="photo-order">
      {photos.map((photo, index) => (
        <li key={photo.key}>
          <img src={photo.url} alt={texts.add.photo(index + 1)} width={96} height={120} />
          {index === 0 && <span className="photo-main">{texts.add.main}</span>}
          <span className="photo-buttons">
            <button type="button" className="icon-button small" disabled={index === 0} aria-label={texts.add.earlier(index + 1)} onClick={() => onChange(moved(photos, index, index - 1))}>
              <ArrowLeft size={16} aria-hidden />
            </button>
            <button type="button" className="icon-button small" disabled={index === photos.length - 1} aria-label={texts.add.later(index + 1)} onClick={() => onChange(moved(photos, index, index + 1))}>
              <ArrowRight size={16} aria-hidden />
            </button>
            <button type="button" className="icon-button small" disabled={photos.length <= least} aria-label={texts.add.takeOut(index + 1)} onClick={() => onChange(photos.filter((one) => one !== photo))}>
              <X size={16} aria-hidden />
            </button>
          </span>
        </li>
      ))}
    </ol>
  );
}
