import { Camera, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { ApiError } from "../api/client";
import { cutoutOf, wardrobe, type Garment, type GarmentPhoto } from "../api/wardrobe";
import { Changes } from "../shell/Changes";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { errorText } from "../shell/errorText";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { photoText } from "./adding";
import { PhotoImage } from "./PhotoImage";
import { nameOfGarment, useWardrobeChange } from "./shared";

const t = pageTexts.wardrobe;
const photoProblem = (error: unknown) => (error instanceof ApiError && error.field === "asset_ids" ? t.fullOfPhotos : errorText(error));

// The photo in full size, without its background where that is wanted. What cannot be loaded is replaced by the photo, and that
// by its thumbnail, which the device may have.
function LargePhoto({ photo, alt, isCutout }: { photo: GarmentPhoto; alt: string; isCutout: boolean }) {
  const [failures, setFailures] = useState(0);
  const sources = [...(isCutout ? [cutoutOf(photo)] : []), photo.image_url, photo.thumbnail_url];
  const index = Math.min(failures, sources.length - 1);
  return (
    <>
      <img src={sources[index]} alt={alt} fetchPriority="high" onError={() => setFailures(index + 1)} />
      {isCutout && failures > 0 && <p className="no-cutout small">{t.noCutout}</p>}
    </>
  );
}

// The photos of a garment, one large; another one is added, and the large one removed.
export function GarmentPhotos({ garment }: { garment: Garment }) {
  const [chosen, setChosen] = useState(0);
  const [removes, setRemoves] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  const { photos, cutout } = garment;
  const index = Math.max(0, Math.min(chosen, photos.length - 1));
  const photo = photos[index];
  const adding = useWardrobeChange(async (one: File) => wardrobe.change(garment.id, { image_base64: await photoText(one) }), photoProblem);
  const removing = useWardrobeChange((asset: string) => wardrobe.change(garment.id, { asset_ids: photos.map((one) => one.asset_id).filter((one) => one !== asset) }), null);
  const cutting = useWardrobeChange((wanted: boolean) => wardrobe.change(garment.id, { cutout: wanted }));
  const isCutout = cutting.isPending ? cutting.variables : cutout;
  const take = (input: HTMLInputElement) => {
    const one = input.files?.[0];
    if (one) adding.mutate(one, { onSuccess: () => setChosen(photos.length) });
    input.value = "";
  };
  return (
    <section className="gallery" aria-label={texts.item.photos}>
      <div className={isCutout ? "gallery-main cutout" : "gallery-main"}>
        {photo ? (
          <LargePhoto
            key={`${photo.asset_id} ${isCutout}`}
            photo={photo}
            alt={`${nameOfGarment(garment)}: ${texts.item.photo(index + 1, photos.length).toLowerCase()}`}
            isCutout={isCutout}
          />
        ) : (
          <p className="soft">{t.noPhoto}</p>
        )}
      </div>
      {photos.length > 1 && (
        <ul className="thumbs">
          {photos.map((one, i) => (
            <li key={one.asset_id}>
              <button type="button" aria-label={texts.item.show(i + 1)} aria-current={i === index} onClick={() => setChosen(i)}>
                <PhotoImage photo={one} alt="" loading="lazy" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <Changes>
        {photo && (
          <label className="choice">
            <input type="checkbox" role="switch" checked={isCutout} disabled={cutting.isPending} onChange={(event) => cutting.mutate(event.target.checked)} />
            <span>{t.cutout}</span>
          </label>
        )}
        <div className="row garment-ways">
          <button type="button" className="button" disabled={adding.isPending} onClick={() => file.current?.click()}>
            <Camera size={18} aria-hidden /> {t.addPhoto}
          </button>
          {photo && (
            <button type="button" className="button" onClick={() => setRemoves(true)}>
              <Trash2 size={16} aria-hidden /> {t.removePhoto}
            </button>
          )}
        </div>
      </Changes>
      <input ref={file} type="file" hidden accept="image/*" aria-label={t.addPhoto} onChange={(event) => take(event.target)} />
      {photo && removes && (
        <ConfirmDialog
          title={t.removePhotoTitle}
          lead={t.removePhotoLead}
          go={t.removeGo}
          act={() => removing.mutateAsync(photo.asset_id)}
          onDone={() => setRemoves(false)}
          onClose={() => setRemoves(false)}
        />
      )}
    </section>
  );
}
