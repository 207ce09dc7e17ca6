import { Info } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { texts } from "../texts";
import type { FoundItem, QueryInfo } from "./useSearch";

const WhyPopup = lazy(() => import("./WhyPopup"));

// Many cards have this button; the popup is loaded when it is first opened.
export function Why({ found, info }: { found: FoundItem; info: QueryInfo }) {
  const [wanted, setWanted] = useState(false);
  const button = (
    <button
      type="button"
      className="icon-button small"
      aria-label={texts.card.why}
      title={texts.card.why}
      aria-haspopup="dialog"
      onClick={() => setWanted(true)}
    >
      <Info size={17} aria-hidden />
    </button>
  );
  return wanted ? (
    <Suspense fallback={button}>
      <WhyPopup found={found} info={info} />
    </Suspense>
  ) : (
    button
  );
}
