import "../styles/catalogue.css";
import { useEffect, useState } from "react";
import { useMe } from "../access/me";
import { DialogFrame } from "../shell/DialogFrame";
import { formatMoment } from "../shell/format";
import { texts } from "../texts";
import { AddItemForm } from "./AddItemForm";
import { readDraft, removeDraft, type Draft } from "./draft";

// Makes an item by hand. A draft that was left is offered first.
export default function AddItemDialog({ onClose }: { onClose: () => void }) {
  const me = useMe();
  const [owner] = useState({ id: me?.id ?? "", tenant: me?.tenant ?? "" });
  const [found, setFound] = useState<{ draft: Draft | undefined }>();
  const [begun, setBegun] = useState<{ draft: Draft | undefined }>();
  useEffect(() => {
    let isOpen = true;
    void readDraft(owner).then((draft) => {
      if (!isOpen) return;
      setFound({ draft });
      if (!draft) setBegun({ draft });
    });
    return () => {
      isOpen = false;
    };
  }, [owner]);
  const discard = () => {
    void removeDraft(owner);
    setBegun({ draft: undefined });
  };
  const left = found?.draft;
  return (
    <DialogFrame title={texts.add.title} lead={begun ? texts.add.lead : undefined} className="wide" onClose={onClose}>
      {begun && <AddItemForm {...begun} owner={owner} onClose={onClose} />}
      {!begun && left && (
        <div className="draft">
          <p>{texts.add.draft(left.fields.title || texts.card.noTitle, left.photos.length, formatMoment(new Date(left.at).toISOString()))}</p>
          <div className="row">
            <button type="button" className="button primary" onClick={() => setBegun({ draft: left })}>
              {texts.add.continueDraft}
            </button>
            <button type="button" className="button" onClick={discard}>
              {texts.add.discardDraft}
            </button>
          </div>
        </div>
      )}
    </DialogFrame>
  );
}
