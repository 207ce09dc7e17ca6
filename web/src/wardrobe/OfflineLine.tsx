import { formatMoment } from "../shell/format";
import { texts } from "../texts";

// Says that the wardrobe is shown as it was at a time.
export function OfflineLine({ at }: { at: string }) {
  return (
    <p className="offline-line" role="status">
      {texts.wardrobe.offlineAsOf(formatMoment(at))}
    </p>
  );
}
