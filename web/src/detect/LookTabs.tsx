import { Image } from "lucide-react";
import type { DetectedGarment } from "../api/detect";
import { texts } from "../texts";
import { squareAround, type PhotoBox } from "./box";
import { boxOf, shownBy } from "./garments";
import { kindOf, nameOf } from "./kindOf";

const t = texts.detect;

interface PictureProps {
  image: string;
  box: PhotoBox;
  width: number; // of the photo
  height: number;
}

// The part of the photo, drawn by showing the photo through a square.
function PartPicture({ image, box, width, height }: PictureProps) {
  const { left, top, side } = squareAround(box, width, height);
  const scaled = (length: number) => `${(length / side) * 100}%`;
  return (
    <span className="look-picture">
      <img src={image} alt="" style={{ width: scaled(width), height: scaled(height), left: scaled(-left), top: scaled(-top) }} />
    </span>
  );
}

interface Props {
  image: string | undefined; // of the photo, where this browser can show it
  size: { width: number; height: number };
  garments: readonly DetectedGarment[];
  box: PhotoBox | undefined;
  onBox: (box: PhotoBox | undefined) => void;
}

// The garments of the photo in a row, each with its picture, after the whole photo.
export default function LookTabs({ image, size, garments, box, onBox }: Props) {
  const chosen = shownBy(box, garments);
  return (
    <fieldset className="look-tabs">
      <legend>{garments.length > 1 ? t.title : t.part}</legend>
      <div className="look-row">
        <button type="button" className="look-tab" aria-pressed={!box} onClick={() => onBox(undefined)}>
          {image ? (
            <span className="look-picture">
              <img src={image} alt="" className="whole" />
            </span>
          ) : (
            <Image size={18} aria-hidden />
          )}
          {t.whole}
        </button>
        {garments.map((garment, i) => (
          <button key={garment.index} type="button" className="look-tab" aria-pressed={i === chosen} aria-label={nameOf(garment, i, garments.length)} onClick={() => onBox(boxOf(garment))}>
            {image && <PartPicture image={image} box={boxOf(garment)} {...size} />}
            {kindOf(garment)}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
