import { Link } from "../routing/router";
import { Shirt } from "lucide-react";
import type { Garment } from "../api/wardrobe";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { PhotoImage } from "./PhotoImage";
import { nameOfGarment } from "./shared";

const t = pageTexts.wardrobe;

export function GarmentCard({ garment, eager }: { garment: Garment; eager: boolean }) {
  const photo = garment.photos[0];
  const { state } = garment;
  return (
    <li className="garment" data-id={garment.id}>
      <Link to="/wardrobe/$id" params={{ id: garment.id }} className="garment-link">
        <span className={garment.cutout ? "garment-image cutout" : "garment-image"}>
          {photo ? <PhotoImage key={`${photo.asset_id} ${garment.cutout}`} photo={photo} isCutout={garment.cutout} alt="" loading={eager ? "eager" : "lazy"} /> : <Shirt size={36} aria-hidden className="soft" />}
          {state !== "ready" && <span className="status badge">{t.states[state]}</span>}
        </span>
        <span className="garment-name">{nameOfGarment(garment)}</span>
        <span className="soft small">{[garment.brand, garment.size && texts.card.size(garment.size), t.wears(garment.wears)].filter(Boolean).join(" · ")}</span>
      </Link>
    </li>
  );
}
