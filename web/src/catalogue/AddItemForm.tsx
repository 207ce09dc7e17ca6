import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Camera, ImagePlus } from "lucide-react";
import { useEffect, useRef, useState, type SubmitEvent } from "react";
import { api, ApiError } from "../api/client";
import { DialogFoot } from "../shell/DialogFrame";
import { errorText } from "../shell/errorText";
import { Field, Problem, textOf } from "../shell/Field";
import { useNotice } from "../shell/Notices";
import { texts } from "../texts";
import { keepFields, keepPhotos, removeDraft, type Draft, type DraftOwner, type DraftPhoto } from "./draft";
import { sentPhoto } from "./itemPhotos";
import { PhotoOrder, type OrderedPhoto } from "./PhotoOrder";

const MOST_PHOTOS = 20;
const FIELDS = ["title", "brand", "currency", "size", "url", "description"] as const;

const TYPED = [...FIELDS, "price", "source", "external_id"] as const;

interface Props {
  draft: Draft | undefined; // with which the form begins
  owner: DraftOwner;
  onClose: () => void;
}

const shownPhoto = ({ key, file }: DraftPhoto): OrderedPhoto => ({ key, url: URL.createObjectURL(file), file });

// Makes an item by hand: photos from files or from the camera, and what is known of it. Properties are seen in the photos. Until it
// is published, this device keeps what was typed and chosen.
export function AddItemForm({ draft, owner, onClose }: Props) {
  const queries = useQueryClient();
  const notice = useNotice();
  const [number] = useState(() => draft?.number ?? crypto.randomUUID());
  const [photos, setPhotos] = useState(() => (draft?.photos ?? []).map(shownPhoto));
  const [isBare, setBare] = useState(false); // the person wanted to save without a photo
  const files = useRef<HTMLInputElement>(null);
  const camera = useRef<HTMLInputElement>(null);
  const shown = useRef(photos);
  useEffect(() => {
    shown.current = photos;
  }, [photos]);
  useEffect(() => () => shown.current.forEach((one) => URL.revokeObjectURL(one.url)), []);
  const saving = useMutation({
    mutationFn: async (form: FormData) => {
      const price = textOf(form, "price").replace(",", ".");
      const fields: Record<string, string> = {};
      for (const name of FIELDS) {
        const value = textOf(form, name);
        if (value) fields[name] = value;
      }
      const images = await Promise.all(photos.map((one) => sentPhoto(one.file ?? new Blob())));
      return api.add({
        source: textOf(form, "source") || "manual",
        external_id: textOf(form, "external_id") || number,
        ...fields,
        ...(price === "" ? {} : { price: Number(price) }),
        images,
      });
    },
    onSuccess: () => {
      void removeDraft(owner);
      notice(texts.edit.saved);
      void queries.invalidateQueries();
      onClose();
    },
  });
  const add = (input: HTMLInputElement) => {
    const chosen = [...(input.files ?? [])].map((file) => ({ key: crypto.randomUUID(), url: URL.createObjectURL(file), file }));
    input.value = "";
    order([...photos, ...chosen].slice(0, MOST_PHOTOS));
    setBare(false);
  };
  const order = (next: OrderedPhoto[]) => {
    setPhotos(next);
    void keepPhotos(owner, next.map(({ key, file }) => ({ key, file: file ?? new Blob() })));
  };
  const keep = (form: HTMLFormElement) => {
    const typed = new FormData(form);
    void keepFields(owner, number, Object.fromEntries(TYPED.map((name) => [name, textOf(typed, name)])));
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (photos.length === 0) setBare(true);
    else saving.mutate(new FormData(event.currentTarget));
  };
  const { error } = saving;
  const field = error instanceof ApiError ? (error.field ?? "") : "";
  const known: Record<string, string> = texts.edit.wrong;
  const problem = isBare ? texts.add.noPhoto : error && (known[field] ?? (field.startsWith("images") ? texts.add.badPhoto : errorText(error)));
  return (
    <form className="edit" onSubmit={submit} onInput={(event) => keep(event.currentTarget)} noValidate>
      <div className="row">
        <button type="button" className="button" onClick={() => files.current?.click()}>
          <ImagePlus size={17} aria-hidden /> {texts.add.photos}
        </button>
        <button type="button" className="button" onClick={() => camera.current?.click()}>
          <Camera size={17} aria-hidden /> {texts.add.camera}
        </button>
      </div>
      <input ref={files} type="file" hidden multiple accept="image/*" aria-label={texts.add.photos} data-testid="item-photos" onChange={(event) => add(event.target)} />
      <input ref={camera} type="file" hidden accept="image/*" capture="environment" aria-label={texts.add.camera} onChange={(event) => add(event.target)} />
      <PhotoOrder photos={photos} onChange={order} />
      <fieldset className="edit-fields">
        <legend>{texts.edit.listing}</legend>
        <Field label={texts.edit.name} name="title" defaultValue={draft?.fields.title} maxLength={1000} />
        <Field label={texts.edit.brand} name="brand" defaultValue={draft?.fields.brand} maxLength={200} />
        <Field label={texts.edit.price} name="price" defaultValue={draft?.fields.price} inputMode="decimal" wrong={field === "price" ? known.price : undefined} />
        <Field label={texts.edit.currency} name="currency" defaultValue={draft?.fields.currency} maxLength={3} wrong={field === "currency" ? known.currency : undefined} />
        <Field label={texts.edit.size} name="size" defaultValue={draft?.fields.size} maxLength={100} />
        <Field label={texts.edit.url} name="url" defaultValue={draft?.fields.url} type="url" wrong={field === "url" ? known.url : undefined} />
        <Field label={texts.edit.description} name="description" defaultValue={draft?.fields.description} maxLength={20000} />
        <Field label={texts.catalogue.source} name="source" defaultValue={draft?.fields.source} placeholder="manual" maxLength={128} />
        <Field label={texts.add.number} name="external_id" defaultValue={draft?.fields.external_id} hint={texts.add.numberHint} maxLength={1000} />
      </fieldset>
      <Problem>{problem}</Problem>
      <DialogFoot go={texts.edit.save} disabled={saving.isPending} />
    </form>
  );
}
