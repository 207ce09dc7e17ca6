import "../styles/catalogue.css";
import { Dialog } from "@base-ui/react/dialog";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ImagePlus } from "lucide-react";
import { useRef, useState, type SubmitEvent } from "react";
import { api, ApiError, type Item, type ItemPatch, type PropertyName } from "../api/client";
import { PROPERTIES } from "../search/state";
import { DialogFrame } from "../shell/DialogFrame";
import { errorText } from "../shell/errorText";
import { useNotice } from "../shell/Notices";
import { percent } from "../shell/format";
import { nameOf, texts } from "../texts";
import { imagesOf, isAsStored, photosOf } from "./itemPhotos";
import { PhotoOrder, type OrderedPhoto } from "./PhotoOrder";
import { checkValues, useKnownValues, type UnknownValue } from "./propertyValues";

const FIELDS = ["title", "brand", "price", "currency", "size", "url"] as const;
const NAMES: Record<(typeof FIELDS)[number], string> = {
  title: texts.edit.name,
  brand: texts.edit.brand,
  price: texts.edit.price,
  currency: texts.edit.currency,
  size: texts.edit.size,
  url: texts.edit.url,
};
const STATUSES = ["active", "reserved", "sold", "hidden", "removed"] as const;

const sellerValue = (item: Item, name: PropertyName) =>
  item.property_origins[name]?.origin === "seller" ? (item.properties[name] ?? "") : "";

// Returns the fields that differ; an emptied field becomes null.
export function patchOf(item: Item, form: FormData): ItemPatch {
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === "string" ? value.trim() : "";
  };
  const patch: Record<string, unknown> = {};
  for (const name of [...FIELDS, "description", "status"] as const) {
    const before = item[name] === null ? "" : String(item[name]);
    const now = text(name);
    if (now !== before) patch[name] = now === "" ? null : name === "price" ? Number(now) : now;
  }
  const properties: Record<string, string | null> = {};
  for (const name of PROPERTIES) {
    const now = text(`property-${name}`);
    if (now !== sellerValue(item, name)) properties[name] = now || null;
  }
  if (Object.keys(properties).length > 0) patch.properties = properties;
  return patch;
}

// The fields that the browser refuses, such as a price that is no number: their texts cannot be read.
function refusedBy(form: HTMLFormElement): string[] {
  const inputs = [...form.elements].filter((one) => one instanceof HTMLInputElement);
  return inputs.filter((one) => !one.validity.valid).map((one) => one.name);
}

// What is wrong with a field, in the words of the form. The server's messages have the names of the API.
function problemOf(field: string): string {
  const known: Record<string, string> = texts.edit.wrong;
  const labels: Record<string, string> = { ...NAMES, description: texts.edit.description, status: texts.edit.status };
  const name = field.split(".").at(-1) ?? field;
  if (field.startsWith("image")) return texts.add.badPhoto;
  return known[name] ?? texts.edit.refused(labels[name] ?? nameOf(name));
}

function Unknown({ unknown, onUse, onKeep }: { unknown: UnknownValue; onUse: (value: string) => void; onKeep: () => void }) {
  const { value, nearest } = unknown;
  return (
    <div className="unknown" role="alert">
      <p className="problem">{texts.edit.unknown(value)}</p>
      <div className="row">
        {nearest && (
          <button type="button" className="text-button" onClick={() => onUse(nearest)}>
            {texts.edit.use(nearest)}
          </button>
        )}
        <button type="button" className="text-button" onClick={onKeep}>
          {texts.edit.keep(value)}
        </button>
      </div>
    </div>
  );
}

export default function EditDialog({ item, onClose }: { item: Item; onClose: () => void }) {
  const queries = useQueryClient();
  const notice = useNotice();
  const [photos, setPhotos] = useState<OrderedPhoto[]>(() => photosOf(item));
  const files = useRef<HTMLInputElement>(null);
  const saving = useMutation({
    mutationFn: async (patch: ItemPatch) => {
      const images = await imagesOf(item, photos);
      return api.change(item.id, images ? { ...patch, images } : patch);
    },
    onSuccess: (changed) => {
      queries.setQueryData(["item", item.id], changed);
      void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "item" });
      notice(texts.edit.saved);
      onClose();
    },
  });
  const known = useKnownValues();
  const form = useRef<HTMLFormElement>(null);
  const [refused, setRefused] = useState<string[]>([]);
  const [unknown, setUnknown] = useState<UnknownValue[]>([]);
  const [kept, setKept] = useState<string[]>([]); // values that are in no list, and that the person wants
  const keyOf = (one: UnknownValue) => `${one.name}: ${one.value}`;
  const answered = (one: UnknownValue) => setUnknown((now) => now.filter((other) => other !== one));
  const use = (one: UnknownValue, value: string) => {
    const input = form.current?.elements.namedItem(`property-${one.name}`);
    if (input instanceof HTMLInputElement) input.value = value;
    answered(one);
  };
  const keep = (one: UnknownValue) => {
    setKept((now) => [...now, keyOf(one)]);
    answered(one);
  };

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const wrong = refusedBy(event.currentTarget);
    const patch = patchOf(item, new FormData(event.currentTarget));
    const unsure = checkValues(patch, known).filter((one) => !kept.includes(keyOf(one)));
    setRefused(wrong);
    setUnknown(unsure);
    if (wrong.length > 0 || unsure.length > 0) return;
    if (Object.keys(patch).length === 0 && isAsStored(item, photos)) onClose();
    else saving.mutate(patch);
  };
  const { error } = saving;
  const field = error instanceof ApiError ? error.field : undefined;
  const problems = refused.length > 0 ? refused.map(problemOf) : field ? [problemOf(field)] : error ? [errorText(error)] : [];
  return (
    <DialogFrame title={texts.edit.title} className="wide" onClose={onClose}>
      <form ref={form} onSubmit={submit} className="edit" noValidate>
        <fieldset className="edit-photos">
          <legend>{texts.add.photosTitle}</legend>
          <PhotoOrder photos={photos} onChange={setPhotos} least={1} />
          <button type="button" className="button" onClick={() => files.current?.click()}>
            <ImagePlus size={17} aria-hidden /> {texts.add.photos}
          </button>
          <input
            ref={files}
            type="file"
            hidden
            multiple
            accept="image/*"
            aria-label={texts.add.photos}
            data-testid="edit-photos"
            onChange={(event) => {
              const chosen = [...(event.target.files ?? [])];
              event.target.value = "";
              setPhotos((now) => [...now, ...chosen.map((file) => ({ key: crypto.randomUUID(), url: URL.createObjectURL(file), file }))]);
            }}
          />
        </fieldset>
        <fieldset className="edit-fields">
          <legend>{texts.edit.listing}</legend>
          {FIELDS.map((name) => (
            <div key={name} className={name === "title" || name === "url" ? "field span" : "field"}>
              <label htmlFor={`edit-${name}`}>{NAMES[name]}</label>
              <input
                id={`edit-${name}`}
                name={name}
                className="input"
                type={name === "price" ? "number" : name === "url" ? "url" : "text"}
                step="any"
                min="0"
                maxLength={name === "currency" ? 3 : undefined}
                pattern={name === "currency" ? "[A-Za-z]{3}" : undefined}
                defaultValue={item[name] ?? ""}
                aria-invalid={field === name || refused.includes(name)}
              />
            </div>
          ))}
          <div className="field">
            <label htmlFor="edit-status">{texts.edit.status}</label>
            <select id="edit-status" name="status" className="input" defaultValue={item.status}>
              {(item.status === "flagged" ? [...STATUSES, item.status] : STATUSES).map((status) => (
                <option key={status} value={status}>
                  {texts.status[status]}
                </option>
              ))}
            </select>
          </div>
          <div className="field span">
            <label htmlFor="edit-description">{texts.edit.description}</label>
            <textarea id="edit-description" name="description" className="input" defaultValue={item.description ?? ""} />
          </div>
        </fieldset>
        <fieldset className="edit-fields">
          <legend>{texts.edit.properties}</legend>
          <p className="soft small span">{texts.edit.propertiesHint}</p>
          {PROPERTIES.map((name) => {
            const origin = item.property_origins[name];
            const unsure = unknown.find((one) => one.name === name);
            const guess = origin && origin.origin !== "seller" ? texts.edit.guessed(item.properties[name] ?? "", percent(origin.confidence)) : "";
            return (
              <div key={name} className="field">
                <label htmlFor={`edit-${name}`}>{texts.properties[name]}</label>
                <input
                  id={`edit-${name}`}
                  name={`property-${name}`}
                  className="input"
                  maxLength={100}
                  defaultValue={sellerValue(item, name)}
                  placeholder={guess}
                  autoComplete="off"
                  list={`values-${name}`}
                  aria-invalid={unsure !== undefined}
                />
                <datalist id={`values-${name}`}>
                  {known[name]?.map((value) => <option key={value} value={value} />)}
                </datalist>
                {unsure && <Unknown unknown={unsure} onUse={(value) => use(unsure, value)} onKeep={() => keep(unsure)} />}
              </div>
            );
          })}
        </fieldset>
        {problems.length > 0 && (
          <p className="problem" role="alert">
            {problems.join(" ")}
          </p>
        )}
        <div className="dialog-foot">
          <Dialog.Close className="button">{texts.cancel}</Dialog.Close>
          <button type="submit" className="button primary" disabled={saving.isPending}>
            {texts.edit.save}
          </button>
        </div>
      </form>
    </DialogFrame>
  );
}
