import { Camera, Images } from "lucide-react";
import { useRef } from "react";
import { texts } from "../texts";
import { SentFiles } from "../uploads/SentFiles";
import { useSending } from "../uploads/sending";

const t = texts.wardrobe;

// Takes photos one after the other, or several that there are. Each becomes a garment.
export function AddGarments() {
  const sending = useSending();
  const camera = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement) => {
    sending.add([...(input.files ?? [])], {});
    input.value = "";
  };
  return (
    <>
      <section className="panel" aria-labelledby="add-garments">
        <h2 id="add-garments">{t.add}</h2>
        <p className="soft">{t.addLead}</p>
        <div className="row garment-ways">
          <button type="button" className="button primary take-photo" onClick={() => camera.current?.click()}>
            <Camera size={18} aria-hidden /> {t.camera}
          </button>
          <button type="button" className="button" onClick={() => files.current?.click()}>
            <Images size={18} aria-hidden /> {t.choose}
          </button>
        </div>
        <input ref={camera} type="file" hidden accept="image/*" capture="environment" aria-label={t.camera} onChange={(event) => take(event.target)} />
        <input ref={files} type="file" hidden multiple accept="image/*" aria-label={t.choose} onChange={(event) => take(event.target)} />
      </section>
      <SentFiles />
    </>
  );
}
