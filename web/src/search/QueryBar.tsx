import { Camera, Image, ImageUp, Link2, Search, Share2, X } from "lucide-react";
import { useEffect, useRef, useState, type SubmitEvent } from "react";
import type { Facet, Item } from "../api/client";
import type { ShownPhoto } from "../photo/usePhoto";
import { lazyPart } from "../shell/lazyPart";
import { texts } from "../texts";
import { hasExample, hasQuery, type ChangeState, type SearchState } from "./state";
import { useExample } from "./useExample";
import { Words } from "./Words";

interface Props {
  state: SearchState;
  photo?: ShownPhoto;
  item?: Item;
  large?: boolean;
  folded?: boolean; // the photo is not in the window
  facets?: Record<string, Facet>; // the values that the catalogue has, to complete words to
  onPhoto: (file: Blob) => void;
  onCamera: () => void;
  onChange: ChangeState;
}

const isPhone = () => matchMedia("(pointer: coarse)").matches;

// The photo while it is scrolled out of the window: it leads back to it.
function FoldedExample({ state, photo, item }: Props) {
  const { image, name } = useExample(state, photo, item);
  return (
    <button type="button" className="folded" aria-label={texts.query.unfold(name)} title={name} onClick={() => window.scrollTo({ top: 0 })}>
      {image ? <img src={image} alt="" width="64" height="64" /> : <Image size={20} aria-hidden />}
    </button>
  );
}

const AddressPopup = lazyPart(() => import("./AddressPopup"));

function Address({ onChange }: { onChange: ChangeState }) {
  const [wanted, setWanted] = useState(false);
  const button = (
    <button
      type="button"
      className="icon-button"
      aria-label={texts.query.addressOpen}
      title={texts.query.addressOpen}
      aria-haspopup="dialog"
      onClick={() => setWanted(true)}
    >
      <Link2 size={20} aria-hidden />
    </button>
  );
  return wanted ? <AddressPopup onChange={onChange} fallback={button} onFail={() => setWanted(false)} /> : button;
}

const ShareDialog = lazyPart(() => import("./ShareDialog"));
const miniOf = (hash: string) => (hash.startsWith("#p=") ? hash.slice(3) : "");

export function QueryBar(props: Props) {
  const { state, photo, large, folded, facets, onPhoto, onCamera, onChange } = props;
  const [words, setWords] = useState(state.q ?? "");
  const file = useRef<HTMLInputElement>(null);
  const snapshot = useRef<HTMLInputElement>(null);
  const [sharing, setSharing] = useState(false);
  const closeShare = () => setSharing(false);

  // The back button changes the address.
  // eslint-disable-next-line react-hooks/set-state-in-effect
  useEffect(() => setWords(state.q ?? ""), [state.q]);

  const searchFor = (chosen: string) => {
    onChange((now) => ({ ...now, q: chosen.trim() || undefined }));
    if (isPhone() && document.activeElement instanceof HTMLElement) document.activeElement.blur();
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    searchFor(words);
  };
  const take = (input: HTMLInputElement) => {
    const chosen = input.files?.[0];
    input.value = "";
    if (chosen) onPhoto(chosen);
  };

  return (
    <search className={large ? "bar large" : "bar"}>
      <form onSubmit={submit} aria-label={texts.query.label}>
        {folded && hasExample(state) && <FoldedExample {...props} />}
        <Words
          words={words}
          placeholder={hasExample(state) ? texts.query.placeholderWithPhoto : texts.query.placeholder}
          facets={facets}
          onType={setWords}
          onChoose={(chosen) => {
            setWords(chosen);
            searchFor(chosen);
          }}
        />
        {words && (
          <button
            type="button"
            className="icon-button quiet"
            aria-label={texts.query.clearWords}
            onClick={() => {
              setWords("");
              if (state.q) onChange(({ q: _, ...rest }) => rest);
            }}
          >
            <X size={18} aria-hidden />
          </button>
        )}
        <div className="bar-buttons">
          <button
            type="button"
            className="icon-button camera"
            aria-label={texts.query.camera}
            title={texts.query.camera}
            onClick={() => (isPhone() ? snapshot.current?.click() : onCamera())}
          >
            <Camera size={20} aria-hidden />
          </button>
          <button type="button" className="icon-button" aria-label={texts.query.file} title={texts.query.file} onClick={() => file.current?.click()}>
            <ImageUp size={20} aria-hidden />
          </button>
          <Address onChange={onChange} />
          <button type="submit" className="button primary go" aria-label={texts.query.go}>
            <Search size={18} aria-hidden />
            <span>{texts.query.go}</span>
          </button>
        </div>
      </form>
      {hasQuery(state) && (
        <button type="button" className="icon-button share" aria-label={texts.query.share} title={texts.query.share} onClick={() => setSharing(true)}>
          <Share2 size={18} aria-hidden />
        </button>
      )}
      {sharing && <ShareDialog state={state} photo={photo?.blob} mini={miniOf(window.location.hash)} onFail={closeShare} onClose={closeShare} />}
      <input ref={file} type="file" hidden accept="image/*,.heic,.heif,.avif" aria-label={texts.query.file} onChange={(event) => take(event.target)} data-testid="file" />
      <input ref={snapshot} type="file" hidden accept="image/*" capture="environment" aria-label={texts.query.camera} onChange={(event) => take(event.target)} />
    </search>
  );
}
