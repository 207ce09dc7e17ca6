import { Pencil, Trash2 } from "lucide-react";
import type { Item } from "../api/client";
import { Link } from "../routing/router";
import { formatPrice } from "../shell/format";
import { texts, valueName } from "../texts";

interface Props {
  item: Item;
  writable: boolean;
  selected: boolean;
  onSelect: (selected: boolean) => void;
  onEdit: () => void;
  onRemove: () => void;
}

// An item in the list of the catalogue.
export function ItemRow({ item, writable, selected, onSelect, onEdit, onRemove }: Props) {
  const title = item.title || texts.card.noTitle;
  const known = [item.properties.primary_color, item.properties.subcategory ?? item.properties.category, item.properties.material].flatMap((one) => (one ? [valueName(one)] : []));
  const image = item.images[0];
  return (
    <tr data-id={item.id} className={selected ? "selected" : undefined}>
      {writable && (
        <td className="pick">
          <label>
            <input type="checkbox" aria-label={texts.bulk.select(title)} checked={selected} onChange={(event) => onSelect(event.target.checked)} />
          </label>
        </td>
      )}
      <th scope="row">
        <Link to="/items/$id" params={{ id: item.id }} className="piece">
          <span className="piece-image">
            {image && <img src={image.thumbnail_url} alt="" width={48} height={60} loading="lazy" decoding="async" />}
          </span>
          <span>
            <span className="piece-title" dir="auto">{title}</span>
            <span className="soft small">{[item.brand, item.source].filter(Boolean).join(" · ")}</span>
          </span>
        </Link>
      </th>
      <td className="number">{formatPrice(item.price, item.currency) ?? "–"}</td>
      <td className="known">{known.join(", ") || "–"}</td>
      <td className="state">
        <span className={`status ${item.status}`}>{texts.status[item.status]}</span>
      </td>
      {writable && (
        <td className="piece-actions">
          <button type="button" className="icon-button small" aria-label={texts.catalogue.edit(title)} onClick={onEdit}>
            <Pencil size={16} aria-hidden />
          </button>
          <button type="button" className="icon-button small" aria-label={texts.catalogue.remove(title)} onClick={onRemove}>
            <Trash2 size={16} aria-hidden />
          </button>
        </td>
      )}
    </tr>
  );
}
