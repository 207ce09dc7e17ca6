import { Link } from "../routing/router";
import { RefreshCw } from "lucide-react";
import { useState } from "react";
import type { OutfitPiece } from "../api/outfits";
import { formatPrice } from "../shell/format";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";

const t = pageTexts.outfits;

export function PieceImage({ address }: { address: string | undefined }) {
  const [broken, setBroken] = useState(false);
  if (!address || broken) return <span className="no-image">{texts.card.noImage}</span>;
  return <img src={address} alt="" loading="lazy" decoding="async" onError={() => setBroken(true)} />;
}

interface Props {
  piece: OutfitPiece;
  swap?: () => void; // none: the piece is the one that was asked for
  isBusy: boolean;
}

// A piece of an outfit, with the reasons why it is there.
export function PieceCard({ piece, swap, isBusy }: Props) {
  const { item, garment } = piece;
  const title = (item ? item.title : garment?.name) || piece.category;
  const slot = t.slots[piece.slot];
  const image = <PieceImage address={item ? item.images[0]?.thumbnail_url : garment?.photos[0]?.thumbnail_url} />;
  const price = item && formatPrice(item.price, item.currency);
  return (
    <li className="outfit-piece">
      <span className="card-image">
        {image}
        {garment && <span className="badge">{t.mine}</span>}
      </span>
      <span className="soft small">{slot}</span>
      {item ? (
        <Link to="/items/$id" params={{ id: item.id }} className="outfit-title">
          {title}
        </Link>
      ) : (
        <span className="outfit-title">{title}</span>
      )}
      {price && <span className="card-price">{price}</span>}
      {piece.reasons.length > 0 && (
        <ul className="outfit-reasons soft small" aria-label={t.because(title)}>
          {piece.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      {swap && (
        <button type="button" className="text-button" aria-label={t.swapOf(slot, title)} disabled={isBusy} onClick={swap}>
          <RefreshCw size={14} aria-hidden /> {t.swap}
        </button>
      )}
    </li>
  );
}
