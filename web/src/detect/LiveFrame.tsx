import "react-image-crop/dist/ReactCrop.css";
import { useState } from "react";
import { ReactCrop } from "react-image-crop";
import { texts } from "../texts";
import { boxText, type PhotoBox } from "./box";
import { boxFrom, cropOf, HANDLES } from "./crop";

interface Props {
  box: PhotoBox;
  onBox: (box: PhotoBox) => void; // that was dragged, or moved by arrow keys
}

// The frame around the part that is searched with, which can be dragged. What it is let go around is searched with.
export default function LiveFrame({ box, onBox }: Props) {
  const [crop, setCrop] = useState(() => cropOf(box));
  const [shown, setShown] = useState(box);
  if (boxText(shown) !== boxText(box)) {
    setShown(box);
    setCrop(cropOf(box));
  }
  return (
    <ReactCrop
      className="live-frame"
      crop={crop}
      onChange={(_, next) => setCrop(next)}
      onComplete={(_, next) => {
        const wanted = boxFrom(next);
        if (wanted && boxText(wanted) !== boxText(box)) onBox(wanted);
      }}
      keepSelection
      minWidth={24}
      minHeight={24}
      ariaLabels={{ cropArea: texts.crop.frame, ...HANDLES }}
    >
      <div className="live-frame-space" />
    </ReactCrop>
  );
}
