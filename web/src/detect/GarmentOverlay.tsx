import type { CSSProperties } from "react";
import type { DetectedGarment } from "../api/detect";
import { lazyPart } from "../shell/lazyPart";
import type { PhotoBox } from "./box";
import { boxOf, shownBy } from "./garments";
import { GarmentDots, placeOf } from "./GarmentDots";

const LiveFrame = lazyPart(() => import("./LiveFrame"));

interface Props {
  ratio: number; // width to height of the photo
  garments: readonly DetectedGarment[];
  box: PhotoBox | undefined; // the part that is searched with
  live: boolean; // whether its frame can be dragged here
  onBox: (box: PhotoBox | undefined) => void;
}

// What lies over the photo that is searched with: a dot on each garment, and the frame around the part that is searched with.
// Choosing the chosen garment again leads back to the whole photo.
export default function GarmentOverlay({ ratio, garments, box, live, onBox }: Props) {
  const chosen = shownBy(box, garments);
  const still = box && (
    <div className="garment-frame">
      <span style={placeOf(box)} />
    </div>
  );
  return (
    <div className="over-photo" dir="ltr">
      <div className="over-photo-area" style={{ "--ratio": ratio } as CSSProperties}>
        {box && live ? <LiveFrame box={box} onBox={onBox} fallback={still} /> : still}
        <GarmentDots
          garments={garments}
          chosen={chosen}
          onChoose={(place) => {
            const garment = garments[place];
            onBox(place === chosen || !garment ? undefined : boxOf(garment));
          }}
        />
      </div>
    </div>
  );
}
