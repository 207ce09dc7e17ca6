import { Link } from "../routing/router";
import type { OutfitGap } from "../api/outfits";
import { formatPrice } from "../shell/format";
import { titleOf } from "../shell/titleOf";
import { pageTexts } from "../pageTexts";
import { PieceImage } from "./PieceCard";

const t = pageTexts.outfits;

// Listings for what the outfits lack.
export function Gaps({ gaps }: { gaps: OutfitGap[] }) {
  const filled = gaps.filter((gap) => gap.listings.length > 0);
  if (filled.length === 0) return null;
  return (
    <section className="outfit-gaps" aria-label={t.gaps}>
      <h2>{t.gaps}</h2>
      {filled.map(({ slot, listings }) => {
        const title = t.gap(t.slots[slot], listings.length);
        return (
          <section key={slot}>
            <h3>{title}</h3>
            <ul className="gap-row" aria-label={title}>
              {listings.map((item) => (
                <li key={item.id}>
                  <Link to="/items/$id" params={{ id: item.id }} className="card-link">
                    <span className="card-image">
                      <PieceImage address={item.images[0]?.thumbnail_url} />
                    </span>
                    <span className="card-title small" dir="auto">{titleOf(item)}</span>
                    <span className="card-price small">{formatPrice(item.price, item.currency)}</span>
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </section>
  );
}
