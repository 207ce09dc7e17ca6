import { X } from "lucide-react";
import type { ReactNode } from "react";
import { pageTexts } from "../pageTexts";

const t = pageTexts.clusters;

// What can be done with what is selected. It stays in view while the page is scrolled.
export function SelectionBar({ count, onClear, children }: { count: number; onClear: () => void; children: ReactNode }) {
  if (count === 0) return null;
  return (
    <div className="selection" role="group" aria-label={t.selected(count)}>
      <p role="status">{t.selected(count)}</p>
      <div className="row">
        {children}
        <button type="button" className="icon-button small" aria-label={t.clear} title={t.clear} onClick={onClear}>
          <X size={17} aria-hidden />
        </button>
      </div>
    </div>
  );
}
