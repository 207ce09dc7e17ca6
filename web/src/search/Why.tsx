import { Info } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { texts } from "../texts";
import type { Explain, Found } from "./Results";

const WhyPopup = lazy(() => import("./WhyPopup"));

// Many cards carry this button; what it opens is loaded and made when it is first wanted.
export function Why({ found, explain }: { found: Found; explain: Explain }) {
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
      <WhyPopup found={found} explain={explain} />
    </Suspense>
  ) : (
    button
  );
}
