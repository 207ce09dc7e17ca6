import { formatMoment } from "../shell/format";
import { pageTexts } from "../pageTexts";

// Says that the wardrobe is shown as it was at a time.
export function OfflineLine({ at }: { at: string }) {
  return (
    <p className="offline-line" role="status">
      {pageTexts.wardrobe.offlineAsOf(formatMoment(at))}
    </p>
  );
}
