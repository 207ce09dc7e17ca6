import "react-image-crop/dist/ReactCrop.css";
import { useEffect, useState } from "react";
import { ReactCrop, type PercentCrop } from "react-image-crop";
import type { PhotoBox } from "../detect/box";
import { boxFrom, cropOf, HANDLES } from "../detect/crop";
import { GarmentDots } from "../detect/GarmentDots";
import { boxOf, choicesOf, shownBy } from "../detect/garments";
import { useGarments } from "../detect/useGarments";
import { loadPhoto, type StoredPhoto } from "../photo/store";
import { useObjectUrl } from "../photo/usePhoto";
import { DialogFrame } from "../shell/DialogFrame";
import { texts } from "../texts";

const START: PhotoBox = [0.15, 0.1, 0.85, 0.9];

interface Props {
  photo: StoredPhoto;
  box?: PhotoBox; // that is searched with now
  onCrop: (photo: StoredPhoto, box: PhotoBox | undefined) => void; // without a box: the whole photo
  onClose: () => void;
}

export default function CropDialog({ photo, box, onCrop, onClose }: Props) {
  const [whole, setWhole] = useState<StoredPhoto>(photo);
  const [drawn, setDrawn] = useState<PercentCrop>(); // the frame, once it was moved
  const url = useObjectUrl(whole.blob);

  // A cropped photo is cropped again from its original.
  useEffect(() => {
    if (photo.from) void loadPhoto(photo.from).then((found) => found && setWhole(found));
  }, [photo.from]);

  const garments = choicesOf(useGarments(whole).garments);
  const [first] = garments;
  const crop = drawn ?? cropOf(box ?? (first ? boxOf(first) : START));
  const wanted = boxFrom(crop);
  return (
    <DialogFrame title={texts.crop.title} lead={texts.crop.hint} className="wide crop-dialog" onClose={onClose}>
      <div className="crop-area">
        {url && (
          <div className="crop-photo" dir="ltr">
            <ReactCrop crop={crop} onChange={(_, share) => setDrawn(share)} keepSelection minWidth={32} minHeight={32} ariaLabels={{ cropArea: texts.crop.frame, ...HANDLES }}>
              <img src={url} alt={texts.query.photo} />
            </ReactCrop>
            <GarmentDots
              garments={garments}
              chosen={shownBy(wanted, garments)}
              onChoose={(place) => {
                const garment = garments[place];
                if (garment) setDrawn(cropOf(boxOf(garment)));
              }}
            />
          </div>
        )}
      </div>
      <div className="dialog-foot">
        {(whole.id !== photo.id || box) && (
          <button type="button" className="button" onClick={() => onCrop(whole, undefined)}>
            {texts.crop.whole}
          </button>
        )}
        <button type="button" className="button primary" disabled={!wanted} onClick={() => onCrop(whole, wanted)}>
          {texts.crop.go}
        </button>
      </div>
    </DialogFrame>
  );
}
