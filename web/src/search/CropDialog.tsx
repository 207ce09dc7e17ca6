import "react-image-crop/dist/ReactCrop.css";
import { useEffect, useRef, useState } from "react";
import { ReactCrop, type PercentCrop } from "react-image-crop";
import { cropPhoto } from "../photo/prepare";
import { loadPhoto, type StoredPhoto } from "../photo/store";
import { useObjectUrl } from "../photo/usePhoto";
import { DialogFrame } from "../shell/DialogFrame";
import { useNotice } from "../shell/Notices";
import { texts } from "../texts";

const START: PercentCrop = { unit: "%", x: 15, y: 10, width: 70, height: 80 };

interface Props {
  photo: StoredPhoto;
  onCrop: (part: Blob, from: string) => void;
  onClose: () => void;
}

export default function CropDialog({ photo, onCrop, onClose }: Props) {
  const [whole, setWhole] = useState<StoredPhoto>(photo);
  const [crop, setCrop] = useState<PercentCrop>(START);
  const [busy, setBusy] = useState(false);
  const url = useObjectUrl(whole.blob);
  const notice = useNotice();
  const closed = useRef(false);
  useEffect(() => {
    closed.current = false;
    return () => {
      closed.current = true;
    };
  }, []);

  // A cropped photo is cropped again from its original.
  useEffect(() => {
    if (photo.from) void loadPhoto(photo.from).then((found) => found && setWhole(found));
  }, [photo.from]);

  const go = async () => {
    setBusy(true);
    const box = { x: crop.x / 100, y: crop.y / 100, width: crop.width / 100, height: crop.height / 100 };
    try {
      const part = await cropPhoto(whole.blob, box);
      if (!closed.current) onCrop(part, whole.id);
    } catch {
      setBusy(false);
      notice(texts.query.unreadable);
    }
  };

  return (
    <DialogFrame title={texts.crop.title} lead={texts.crop.hint} className="wide crop-dialog" onClose={onClose}>
      <div className="crop-area">
        {url && (
          <ReactCrop
            crop={crop}
            onChange={(_, share) => setCrop(share)}
            keepSelection
            minWidth={32}
            minHeight={32}
            ariaLabels={{
              cropArea: texts.crop.frame,
              nwDragHandle: "↖",
              nDragHandle: "↑",
              neDragHandle: "↗",
              eDragHandle: "→",
              seDragHandle: "↘",
              sDragHandle: "↓",
              swDragHandle: "↙",
              wDragHandle: "←",
            }}
          >
            <img src={url} alt={texts.query.photo} />
          </ReactCrop>
        )}
      </div>
      <div className="dialog-foot">
        {whole.id !== photo.id && (
          <button type="button" className="button" onClick={() => onCrop(whole.blob, whole.id)}>
            {texts.crop.whole}
          </button>
        )}
        <button type="button" className="button primary" disabled={busy} onClick={() => void go()}>
          {texts.crop.go}
        </button>
      </div>
    </DialogFrame>
  );
}
