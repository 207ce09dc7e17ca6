import { Crop, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { Item } from "../api/client";
import type { Detection } from "../api/detect";
import type { PhotoBox } from "../detect/box";
import { choicesOf } from "../detect/garments";
import type { ShownPhoto } from "../photo/usePhoto";
import { lazyPart } from "../shell/lazyPart";
import { swatch, BUT_COLOURS } from "../shell/format";
import { texts, valueName } from "../texts";
import { seenIn } from "./predicted";
import { recolored, useExample } from "./useExample";
import { toggleHint, type ChangeState, type SearchState } from "./state";
import type { ResultPage } from "./useSearch";
import { useWide } from "./useWide";

const GarmentOverlay = lazyPart(() => import("../detect/GarmentOverlay"));
const LookTabs = lazyPart(() => import("../detect/LookTabs"));

interface Props {
  state: SearchState;
  photo?: ShownPhoto;
  item?: Item;
  page?: ResultPage;
  garments?: Detection; // in the photo
  coming?: boolean; // the garments: their row has its place already, so that nothing moves
  onCrop?: () => void;
  onBox: (box: PhotoBox | undefined) => void; // the part of the photo to search with
  onChange: ChangeState;
  onFold: (isFolded: boolean) => void; // the photo has been scrolled out of the window, or is back
}

// The height of what sticks to the top of the window, below which the photo counts as visible.
const TOP = "-130px 0px 0px 0px";

// Each is a guess: choosing one puts items that are like this first, and hides none.
function Hints({ state, page, onChange }: { state: SearchState; page: ResultPage | undefined; onChange: ChangeState }) {
  const seen = seenIn(page?.predicted).map(([, value]) => value);
  const chosen = state.hints ?? [];
  // A chosen one stays when the answer does not name it any more.
  const hints = [...new Set([...seen, ...chosen])];
  if (page === undefined && hints.length === 0) return <div className="hints-space" />;
  if (hints.length === 0) return null;
  return (
    <fieldset className="chips">
      <legend className="chips-label">{texts.results.looksLike}</legend>
      {hints.map((hint) => (
        <button key={hint} type="button" className={chosen.includes(hint) ? "chip on" : "chip"} aria-pressed={chosen.includes(hint)} title={texts.results.hint(valueName(hint))} onClick={() => onChange((now) => toggleHint(now, hint), { stay: true })}>
          {valueName(hint)}
        </button>
      ))}
    </fieldset>
  );
}

// A picture in another colour above the photo, when it has come. Some photos cannot be recoloured: then the photo stays.
function Recolored({ url }: { url: string }) {
  const [come, setCome] = useState(false);
  return <img src={url} alt="" className={come ? "recolored come" : "recolored"} onLoad={() => setCome(true)} />;
}

interface ColoursProps {
  state: SearchState;
  onChange: ChangeState;
  onPoint: (colour: string | undefined) => void; // at a colour, with the pointer or the focus
}

function ButColours({ state, onChange, onPoint }: ColoursProps) {
  return (
    <fieldset className="chips swatches">
      <legend className="chips-label">{texts.but.title}</legend>
      {BUT_COLOURS.map((colour) => (
        <button
          key={colour}
          type="button"
          className="swatch"
          aria-pressed={state.but === colour}
          aria-label={valueName(colour)}
          title={texts.but.chosen(valueName(colour))}
          onPointerEnter={() => onPoint(colour)}
          onPointerLeave={() => onPoint(undefined)}
          onFocus={() => onPoint(colour)}
          onBlur={() => onPoint(undefined)}
          onClick={() => onChange((now) => ({ ...now, but: now.but === colour ? undefined : colour }), { stay: true })}
        >
          <svg viewBox="0 0 20 20" aria-hidden>
            <circle cx="10" cy="10" r="9" fill={swatch(colour)} />
          </svg>
        </button>
      ))}
    </fieldset>
  );
}

// What is searched with: the photo, or that of the item, with what it looks like and the colours to ask for instead. What the model
// sees is a guess and no filter: it would hide the items of which it, or their seller, says the same in another word.
export function Example({ state, photo, item, page, garments, coming, onCrop, onBox, onChange, onFold }: Props) {
  const { image, name } = useExample(state, photo, item);
  const [pointed, setPointed] = useState<string>();
  const other = state.item ? recolored(item, pointed ?? state.but) : undefined;
  const [drawn, setDrawn] = useState<{ width: number; height: number }>(); // the size of the photo as this browser draws it
  const box = useRef<HTMLDivElement>(null);
  const wide = useWide();
  const choices = choicesOf(garments);
  const parted = choices.length > 0 || state.box !== undefined;
  const size = garments ?? drawn;
  const parts = { garments: choices, box: state.box, onBox };
  const space = <div className="look-tabs" />;
  const tabs = parted && size ? <LookTabs {...parts} image={image} size={size} fallback={space} /> : coming && space;
  useEffect(() => {
    if (!box.current) return undefined;
    const observer = new IntersectionObserver(([entry]) => entry && onFold(!entry.isIntersecting), { rootMargin: TOP });
    observer.observe(box.current);
    return () => {
      observer.disconnect();
      onFold(false);
    };
  }, [onFold]);
  return (
    <section className="example" aria-label={texts.query.example}>
      <div ref={box} className="example-photo">
        {image ? <img src={image} alt={name} onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) => setDrawn({ width, height })} /> : <span className="example-none">{name}</span>}
        {other && <Recolored key={other} url={other} />}
        {parted && image && size && <GarmentOverlay {...parts} ratio={size.width / size.height} live={wide} />}
        <div className="example-buttons">
          {onCrop && (
            <button type="button" className="icon-button on-photo" onClick={onCrop} aria-label={texts.query.crop} title={texts.query.crop}>
              <Crop size={18} aria-hidden />
            </button>
          )}
          <button
            type="button"
            className="icon-button on-photo"
            aria-label={texts.query.clearPhoto}
            title={texts.query.clearPhoto}
            onClick={() => onChange(({ photo: _p, item: _i, url: _u, box: _x, but: _b, hints: _h, ...rest }) => rest)}
          >
            <X size={18} aria-hidden />
          </button>
        </div>
      </div>
      {wide && tabs}
      <div className="example-text">
        <Hints state={state} page={page} onChange={onChange} />
        <ButColours state={state} onChange={onChange} onPoint={setPointed} />
      </div>
      {!wide && tabs}
    </section>
  );
}
