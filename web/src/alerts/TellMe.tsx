import { Bell } from "lucide-react";
import { useState } from "react";
import { useMay } from "../access/me";
import type { SearchState } from "../search/state";
import { lazyPart } from "../shell/lazyPart";
import { texts } from "../texts";
import { canSave } from "./savedQuery";

const SaveSearchDialog = lazyPart(() => import("./SaveSearchDialog"));

// Offers to save the search of the page.
export function TellMe({ state, photo }: { state: SearchState; photo: Blob | undefined }) {
  const may = useMay();
  const [open, setOpen] = useState(false);
  if (!canSave(state) || !may("search")) return null;
  const close = () => setOpen(false);
  return (
    <>
      <button type="button" className="button tell-me" title={texts.alerts.tell} onClick={() => setOpen(true)}>
        <Bell size={16} aria-hidden /> <span>{texts.alerts.tell}</span>
      </button>
      {open && <SaveSearchDialog state={state} photo={photo} onFail={close} onClose={close} />}
    </>
  );
}
