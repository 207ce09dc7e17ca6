import { Folder, Upload } from "lucide-react";
import { useRef, useState, type DragEvent } from "react";
import { useMay } from "../access/me";
import { fromDrop, fromInput, isPhotoOrVideo, titleOf, type FolderFiles } from "../catalogue/folder";
import { useNotice } from "../shell/Notices";
import { pageTexts } from "../pageTexts";
import { useSending } from "./sending";

const t = pageTexts.uploads;

// Where files and folders are dropped or chosen.
export function DropFiles() {
  const sending = useSending();
  const notice = useNotice();
  const mayMakeItems = useMay()("items:write");
  const [makesItems, setMakesItems] = useState(false);
  const [over, setOver] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);

  const send = ({ photos, skipped }: FolderFiles) => {
    if (skipped.length > 0) notice(t.skipped(skipped.length));
    for (const { file, path } of photos) {
      const title = titleOf(path);
      sending.add([file], { ...(title && { title }), ...(makesItems && { make_item: true }) });
    }
  };
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const dropped = await fromDrop(event.dataTransfer, isPhotoOrVideo).catch(() => undefined);
    if (!dropped) return notice(t.unreadable);
    // Files beside folders that are neither photos nor videos by their names go to the server too, which looks at their content.
    send({ photos: [...dropped.photos, ...dropped.files.map((file) => ({ file, path: file.name }))], skipped: dropped.skipped });
  };
  const choose = (input: HTMLInputElement) => {
    send(fromInput([...(input.files ?? [])], isPhotoOrVideo));
    input.value = "";
  };

  return (
    <div
      className={over ? "drop over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => void drop(event)}
    >
      <div className="row center">
        <button type="button" className="button primary" onClick={() => files.current?.click()}>
          <Upload size={18} aria-hidden /> {t.chooseFiles}
        </button>
        <button type="button" className="button" onClick={() => folder.current?.click()}>
          <Folder size={18} aria-hidden /> {t.chooseFolder}
        </button>
      </div>
      <p className="soft small">{t.drop}</p>
      {mayMakeItems && (
        <label className="choice">
          <input type="checkbox" checked={makesItems} onChange={(event) => setMakesItems(event.target.checked)} />
          <span>{t.makeItems}</span>
        </label>
      )}
      <input ref={files} type="file" multiple accept="image/*,video/*,.mkv" hidden aria-label={t.chooseFiles} onChange={(event) => choose(event.target)} />
      <input ref={folder} type="file" hidden aria-label={t.chooseFolder} {...{ webkitdirectory: "" }} onChange={(event) => choose(event.target)} />
    </div>
  );
}
