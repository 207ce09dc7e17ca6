import { Camera, Folder, Images } from "lucide-react";
import { useRef, useState } from "react";
import { fromInput } from "../catalogue/folder";
import { lazyPart } from "../shell/lazyPart";
import { useNotice } from "../shell/Notices";
import { pageTexts } from "../pageTexts";
import { SentFiles } from "../uploads/SentFiles";
import { useSending } from "../uploads/sending";
import type { PhotoMetadata } from "./adding";
import { byFolder } from "./byFolder";

const GarmentCamera = lazyPart(() => import("./GarmentCamera"));
const t = pageTexts.wardrobe;

const MOST_PHOTOS = 10; // of a garment

// Browsers offer no camera to pages that were loaded over plain HTTP; the camera's own app is opened there.
const hasCamera = () => (navigator.mediaDevices as MediaDevices | undefined) !== undefined;

// Takes photos one after the other, or several that there are, or those of a folder. Each becomes a garment, or each folder does.
export function AddGarments() {
  const sending = useSending();
  const notice = useNotice();
  const [takes, setTakes] = useState(false);
  const [together, setTogether] = useState(false);
  const camera = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement) => {
    sending.add([...(input.files ?? [])], {});
    input.value = "";
  };
  const takeFolder = (input: HTMLInputElement) => {
    const { photos, skipped } = fromInput([...(input.files ?? [])]);
    if (skipped.length > 0) notice(t.skipped(skipped.length));
    const { single, folders } = together ? byFolder(photos) : { single: photos, folders: [] };
    for (const { file, path } of single) sending.add([file], { path } satisfies PhotoMetadata);
    for (const { name, files: [first, ...others] } of folders) {
      if (others.length >= MOST_PHOTOS) notice(t.tooManyPhotos(name, MOST_PHOTOS));
      else if (first) sending.addTogether([first, ...others], name, { path: name } satisfies PhotoMetadata);
    }
    input.value = "";
  };
  return (
    <>
      <section className="panel" aria-labelledby="add-garments">
        <h2 id="add-garments">{t.add}</h2>
        <p className="soft">{t.addLead}</p>
        <div className="row garment-ways">
          <button type="button" className="button primary" onClick={() => (hasCamera() ? setTakes(true) : camera.current?.click())}>
            <Camera size={18} aria-hidden /> {t.camera}
          </button>
          <button type="button" className="button" onClick={() => files.current?.click()}>
            <Images size={18} aria-hidden /> {t.choose}
          </button>
          <button type="button" className="button choose-folder" onClick={() => folder.current?.click()}>
            <Folder size={18} aria-hidden /> {t.chooseFolder}
          </button>
        </div>
        <label className="choice choose-folder">
          <input type="checkbox" checked={together} onChange={(event) => setTogether(event.target.checked)} />
          <span>{t.perFolder}</span>
        </label>
        <input ref={camera} type="file" hidden accept="image/*" capture="environment" aria-label={t.camera} onChange={(event) => take(event.target)} />
        <input ref={files} type="file" hidden multiple accept="image/*" aria-label={t.choose} onChange={(event) => take(event.target)} />
        <input ref={folder} type="file" hidden aria-label={t.chooseFolder} {...{ webkitdirectory: "" }} onChange={(event) => takeFolder(event.target)} />
      </section>
      <SentFiles />
      {takes && <GarmentCamera onClose={() => setTakes(false)} onFail={() => setTakes(false)} />}
    </>
  );
}
