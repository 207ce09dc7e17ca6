import { Info } from "lucide-react";
import { useState } from "react";
import { lazyPart } from "../shell/lazyPart";
import { texts } from "../texts";
import type { FoundItem, QueryInfo } from "./useSearch";

const WhyPopup = lazyPart(() => import("./WhyPopup"));

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
  return wanted ? <WhyPopup found={found} info={info} fallback={button} onFail={() => setWanted(false)} /> : button;
}
