import { Link } from "../routing/router";
import { Image, Trash2 } from "lucide-react";
import type { Asset } from "../api/assets";
import { formatAgo, formatBytes } from "../shell/format";
import { pageTexts } from "../pageTexts";

const t = pageTexts.uploads;

function facts(asset: Asset): string {
  const size = asset.size_bytes === null ? undefined : formatBytes(asset.size_bytes);
  const pixels = asset.width === null ? undefined : `${asset.width} × ${asset.height}`;
  const length = asset.duration_ms === null ? undefined : t.length(asset.duration_ms / 1000);
  return [size, pixels, length, formatAgo(asset.created_at)].filter(Boolean).join(" · ");
}

// A file that the server has, with what became of it.
export function AssetRow({ asset, onRemove }: { asset: Asset; onRemove: () => void }) {
  const name = asset.name || asset.url || t.unnamed;
  return (
    <li className="entry">
      {asset.thumbnail_url ? (
        <img className="asset-thumbnail" src={asset.thumbnail_url} alt="" loading="lazy" width="56" height="56" />
      ) : (
        <span className="asset-thumbnail empty">
          <Image size={22} aria-hidden />
        </span>
      )}
      <div className="entry-text">
        <p className="entry-name">
          <span className="asset-name">{name}</span> <span className={`status ${asset.state}`}>{t.states[asset.state]}</span>
        </p>
        <p className="soft small">{facts(asset)}</p>
        {asset.error && asset.state !== "done" && <p className="small asset-error">{t.reason(asset.error.code, asset.error.detail)}</p>}
        {asset.same_as && <p className="soft small">{t.sameAs}</p>}
        {asset.item_id && (
          <Link to="/items/$id" params={{ id: asset.item_id }} className="text-button">
            {t.openItem}
          </Link>
        )}
      </div>
      <button type="button" className="icon-button" aria-label={t.removeNamed(name)} title={t.removeNamed(name)} onClick={onRemove}>
        <Trash2 size={18} aria-hidden />
      </button>
    </li>
  );
}
