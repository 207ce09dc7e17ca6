import { Download, Pencil, Trash2, X } from "lucide-react";
import { texts } from "../texts";

interface Props {
  count: number;
  onChange: () => void;
  onRemove: () => void;
  onExport: () => void;
  onClear: () => void;
}

// What can be done with the selected items.
export function BulkBar({ count, onChange, onRemove, onExport, onClear }: Props) {
  return (
    <div className="bulk-bar" role="toolbar" aria-label={texts.bulk.selected(count)}>
      <strong role="status">{texts.bulk.selected(count)}</strong>
      <button type="button" className="button" onClick={onChange}>
        <Pencil size={16} aria-hidden /> {texts.bulk.change}
      </button>
      <button type="button" className="button" onClick={onExport}>
        <Download size={16} aria-hidden /> {texts.bulk.export}
      </button>
      <button type="button" className="button danger" onClick={onRemove}>
        <Trash2 size={16} aria-hidden /> {texts.bulk.remove}
      </button>
      <button type="button" className="icon-button" aria-label={texts.bulk.clear} onClick={onClear}>
        <X size={18} aria-hidden />
      </button>
    </div>
  );
}
