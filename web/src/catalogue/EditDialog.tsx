import "../styles/catalogue.css";
import { Dialog } from "@base-ui/react/dialog";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import type { SubmitEvent } from "react";
import { api, ApiError, type Item, type ItemPatch, type PropertyName } from "../api/client";
import { PROPERTIES } from "../search/state";
import { useNotice } from "../shell/Notices";
import { percent } from "../shell/format";
import { texts } from "../texts";

const FIELDS = ["title", "brand", "price", "currency", "size", "url"] as const;
const NAMES: Record<(typeof FIELDS)[number], string> = {
  title: texts.edit.name,
  brand: texts.edit.brand,
  price: texts.edit.price,
  currency: texts.edit.currency,
  size: texts.edit.size,
  url: texts.edit.url,
};
const STATUSES = ["active", "reserved", "sold", "hidden"] as const;

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

export default function EditDialog({ item, onClose }: { item: Item; onClose: () => void }) {
  const queries = useQueryClient();
  const notice = useNotice();
  const saving = useMutation({
    mutationFn: (patch: ItemPatch) => api.change(item.id, patch),
    onSuccess: (changed) => {
      queries.setQueryData(["item", item.id], changed);
      void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "item" });
      notice(texts.edit.saved);
      onClose();
    },
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const patch = patchOf(item, new FormData(event.currentTarget));
    if (Object.keys(patch).length === 0) onClose();
    else saving.mutate(patch);
  };
  const { error } = saving;
  const field = error instanceof ApiError ? error.field : undefined;
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog wide">
          <div className="dialog-head">
            <Dialog.Title>{texts.edit.title}</Dialog.Title>
            <Dialog.Close className="icon-button" aria-label={texts.close}>
              <X size={20} aria-hidden />
            </Dialog.Close>
          </div>
          <form onSubmit={submit} className="edit" noValidate>
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
                    defaultValue={item[name] ?? ""}
                    aria-invalid={field === name}
                  />
                </div>
              ))}
              <div className="field">
                <label htmlFor="edit-status">{texts.edit.status}</label>
                <select id="edit-status" name="status" className="input" defaultValue={item.status}>
                  {STATUSES.map((status) => (
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
                    />
                  </div>
                );
              })}
            </fieldset>
            {error && (
              <p className="problem" role="alert">
                {field ? `${field}: ` : ""}
                {error.message || texts.errors.unreachable}
              </p>
            )}
            <div className="dialog-foot">
              <Dialog.Close className="button">{texts.cancel}</Dialog.Close>
              <button type="submit" className="button primary" disabled={saving.isPending}>
                {texts.edit.save}
              </button>
            </div>
          </form>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
