import { Fragment, useEffect, useRef, useState } from "react";
import type { DetectedGarment } from "../api/detect";
import type { PhotoBox } from "./box";
import { placeDots } from "./dots";
import { boxOf } from "./garments";
import { nameOf } from "./kindOf";

const share = (fraction: number) => `${fraction * 100}%`;

// The place of a box in the element that covers the photo.
export const placeOf = ([left, top, right, bottom]: PhotoBox) => ({ left: share(left), top: share(top), width: share(right - left), height: share(bottom - top) });

interface Props {
  garments: readonly DetectedGarment[];
  chosen: number; // its place in the list, or -1
  onChoose: (place: number) => void;
}

// A dot on each garment of a photo, over an element of the photo's size. One that is pointed at shows which part it means.
export function GarmentDots({ garments, chosen, onChoose }: Props) {
  const area = useRef<HTMLDivElement>(null);
  const [[width, height], setSize] = useState<[number, number]>([0, 0]);
  useEffect(() => {
    if (!area.current) return undefined;
    const observer = new ResizeObserver(([entry]) => entry && setSize([entry.contentRect.width, entry.contentRect.height]));
    observer.observe(area.current);
    return () => observer.disconnect();
  }, []);
  const dots = placeDots(garments.map(boxOf), width, height);
  return (
    <div ref={area} className="garment-dots">
      {width > 0 &&
        garments.map((garment, i) => (
          <Fragment key={garment.index}>
            <button
              type="button"
              className="garment-dot"
              style={{ left: dots[i]?.x, top: dots[i]?.y }}
              aria-label={nameOf(garment, i, garments.length)}
              aria-pressed={i === chosen}
              onClick={() => onChoose(i)}
            />
            <span className="garment-outline" style={placeOf(boxOf(garment))} />
          </Fragment>
        ))}
    </div>
  );
}
