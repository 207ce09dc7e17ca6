import type { SourceListing } from "../api/sources";
import { formatPrice, safeLink } from "../shell/format";
import { texts } from "../texts";

const t = texts.sources;

// A listing as a source gives it, before it is stored.
export function ListingPreview({ listing }: { listing: SourceListing }) {
  const image = safeLink(listing.images[0] ?? null);
  const price = formatPrice(listing.price ?? null, listing.currency ?? null);
  const origins = Object.entries(listing.origins);
  return (
    <li className="preview">
      {image ? <img src={image} alt="" loading="lazy" referrerPolicy="no-referrer" /> : <span className="no-image" aria-hidden />}
      <div>
        <p className="preview-title">{listing.title || texts.card.noTitle}</p>
        <p className="soft small">
          {[price, listing.brand, listing.size && texts.card.size(listing.size), listing.status && listing.status !== "active" && texts.status[listing.status]].filter(Boolean).join(" · ")}
        </p>
        {origins.length > 0 && (
          <details className="small">
            <summary>{t.fields}</summary>
            <ul>
              {origins.map(([field, origin]) => (
                <li key={field}>
                  {field.replaceAll("_", " ")}: {t.origins[origin] ?? origin}
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
    </li>
  );
}
