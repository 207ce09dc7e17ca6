import { Camera, Crop, ImageUp, Link2, Search, Share2, X } from "lucide-react";
import { useEffect, useRef, useState, type SubmitEvent } from "react";
import type { Item } from "../api/client";
import { useObjectUrl, type ShownPhoto } from "../photo/usePhoto";
import { lazyPart } from "../shell/lazyPart";
import { useNotice } from "../shell/Notices";
import { titleOf } from "../shell/titleOf";
import { texts } from "../texts";
import { hasExample, hasQuery, type ChangeState, type SearchState } from "./state";

interface Props {
  state: SearchState;
  photo?: ShownPhoto;
  item?: Item;
  large?: boolean;
  onPhoto: (file: Blob) => void;
  onCamera: () => void;
  onCrop?: () => void;
  onChange: ChangeState;
}

const isPhone = () => matchMedia("(pointer: coarse)").matches;

function Example({ state, photo, item, onCrop, onChange }: Props) {
  const url = useObjectUrl(photo?.readable ? photo.blob : undefined);
  if (!hasExample(state)) return null;
  const image = state.photo ? url : state.item ? item?.images[0]?.thumbnail_url : state.url;
  const name = state.photo
    ? photo && !photo.readable
      ? texts.query.heic
      : texts.query.photo
    : state.item
      ? item
        ? texts.query.likeItemNamed(titleOf(item))
        : texts.query.likeItem
      : texts.query.photoFromWeb;
  return (
    <div className="example">
      {image ? <img src={image} alt={name} width="64" height="64" /> : <span className="example-none">{name}</span>}
      {onCrop && (
        <button type="button" className="example-crop" onClick={onCrop} aria-label={texts.query.crop} title={texts.query.crop}>
          <Crop size={14} aria-hidden />
        </button>
      )}
      <button
        type="button"
        className="example-clear"
        aria-label={texts.query.clearPhoto}
        title={texts.query.clearPhoto}
        onClick={() => onChange(({ photo: _p, item: _i, url: _u, but: _b, ...rest }) => rest)}
      >
        <X size={14} aria-hidden />
      </button>
    </div>
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

export function QueryBar(props: Props) {
  const { state, large, onPhoto, onCamera, onChange } = props;
  const [words, setWords] = useState(state.q ?? "");
  const file = useRef<HTMLInputElement>(null);
  const snapshot = useRef<HTMLInputElement>(null);
  const notice = useNotice();

  // The back button changes the address.
  // eslint-disable-next-line react-hooks/set-state-in-effect
  useEffect(() => setWords(state.q ?? ""), [state.q]);

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onChange((now) => ({ ...now, q: words.trim() || undefined }));
    if (isPhone() && document.activeElement instanceof HTMLElement) document.activeElement.blur();
  };
  const take = (input: HTMLInputElement) => {
    const chosen = input.files?.[0];
    input.value = "";
    if (chosen) onPhoto(chosen);
  };
  const share = async () => {
    const url = window.location.href;
    try {
      if (isPhone() && "share" in navigator) await navigator.share({ title: texts.app, url });
      else {
        await navigator.clipboard.writeText(url);
        notice(texts.query.shared);
      }
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) notice(texts.query.notShared);
    }
  };

  return (
    <search className={large ? "bar large" : "bar"}>
      <form onSubmit={submit} aria-label={texts.query.label}>
        <Example {...props} />
        <input
          className="bar-words"
          type="text"
          inputMode="search"
          enterKeyHint="search"
          autoComplete="off"
          aria-label={texts.query.words}
          placeholder={hasExample(state) ? texts.query.placeholderWithPhoto : texts.query.placeholder}
          maxLength={2000}
          value={words}
          onChange={(event) => setWords(event.target.value)}
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
        <button type="button" className="icon-button share" aria-label={texts.query.share} title={texts.query.share} onClick={() => void share()}>
          <Share2 size={18} aria-hidden />
        </button>
      )}
      <input ref={file} type="file" hidden accept="image/*,.heic,.heif,.avif" aria-label={texts.query.file} onChange={(event) => take(event.target)} data-testid="file" />
      <input ref={snapshot} type="file" hidden accept="image/*" capture="environment" aria-label={texts.query.camera} onChange={(event) => take(event.target)} />
    </search>
  );
}
