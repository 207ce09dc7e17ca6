import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState, type SubmitEvent } from "react";
import { ApiError, type PropertyName } from "../api/client";
import { wardrobe, type Garment, type GarmentWrite } from "../api/wardrobe";
import { useKnownValues } from "../catalogue/propertyValues";
import { PROPERTIES } from "../search/state";
import { DialogFoot, DialogFrame } from "../shell/DialogFrame";
import { errorText } from "../shell/errorText";
import { Field, Problem, textOf, useFocusOnWrong } from "../shell/Field";
import { pageTexts } from "../pageTexts";
import { nameOf, texts, valueName } from "../texts";
import { WARDROBE } from "./queryKey";
import { today } from "./shared";

const t = pageTexts.wardrobe;
const FIELDS = ["name", "brand", "size", "price", "currency", "bought_on", "care", "tags"] as const;
type FieldName = (typeof FIELDS)[number];
const LABELS: Record<FieldName | "notes", string> = {
  name: t.name,
  brand: texts.edit.brand,
  size: texts.edit.size,
  price: t.price,
  currency: texts.edit.currency,
  bought_on: t.boughtOn,
  care: t.care,
  tags: t.tags,
  notes: t.notes,
};
const INPUTS: Partial<Record<FieldName, object>> = {
  name: { maxLength: 200 },
  price: { type: "number", step: "any", min: 0, inputMode: "decimal" },
  currency: { maxLength: 3, pattern: "[A-Za-z]{3}", placeholder: "EUR" },
  bought_on: { type: "date" },
  tags: { hint: t.tagsHint },
};

// The choices for a property beside its values. Values have no capital letters.
const RECOGNISED = "RECOGNISED";
const WITHOUT = "WITHOUT";

const tagsOf = (text: string) => text.split(",").map((tag) => tag.trim()).filter(Boolean);
const before = (garment: Garment, name: FieldName | "notes") => (name === "tags" ? garment.tags.join(", ") : String(garment[name] ?? ""));

export function statedValue({ properties, property_origins }: Garment, name: PropertyName): string {
  return property_origins[name]?.origin === "person" ? (properties[name] ?? WITHOUT) : RECOGNISED;
}

// What differs from the garment; an emptied field becomes null.
export function changesOf(garment: Garment, form: FormData): GarmentWrite {
  const changes: Record<string, unknown> = {};
  for (const name of [...FIELDS, "notes"] as const) {
    const now = textOf(form, name);
    if (now !== before(garment, name)) changes[name] = now === "" ? null : name === "price" ? Number(now) : name === "tags" ? tagsOf(now) : now;
  }
  const properties: Record<string, string | null> = {};
  for (const name of PROPERTIES) {
    const now = textOf(form, `property-${name}`);
    if (now !== statedValue(garment, name)) properties[name] = now === RECOGNISED ? null : now === WITHOUT ? "" : now;
  }
  if (Object.keys(properties).length > 0) changes.properties = properties;
  return changes;
}

// What is wrong with a field, in the words of the form.
function problemOf(field: string): string {
  const known: Record<string, string> = texts.edit.wrong;
  const labels: Record<string, string> = LABELS;
  const name = field.split(".").at(-1) ?? field;
  return known[name] ?? texts.edit.refused(labels[name] ?? nameOf(name));
}

function PropertyChoice({ garment, name, values }: { garment: Garment; name: PropertyName; values: string[] }) {
  const id = useId();
  const stated = statedValue(garment, name);
  const seen = stated === RECOGNISED ? garment.properties[name] : undefined;
  const listed = stated === RECOGNISED || stated === WITHOUT || values.includes(stated) ? values : [stated, ...values];
  return (
    <div className="field">
      <label htmlFor={id}>{texts.properties[name]}</label>
      <select id={id} name={`property-${name}`} className="input" defaultValue={stated}>
        <option value={RECOGNISED}>{seen ? t.recognised(valueName(seen, name)) : t.recognise}</option>
        <option value={WITHOUT}>{t.without}</option>
        {listed.map((value) => (
          <option key={value} value={value}>
            {valueName(value, name)}
          </option>
        ))}
      </select>
    </div>
  );
}

export function GarmentDialog({ garment: latest, onClose }: { garment: Garment; onClose: () => void }) {
  const [garment] = useState(latest); // as the form shows it
  const queries = useQueryClient();
  const known = useKnownValues();
  const notes = useId();
  const saving = useMutation({
    mutationFn: (changes: GarmentWrite) => wardrobe.change(garment.id, changes),
    onSuccess: (changed) => {
      queries.setQueryData([...WARDROBE, "garment", garment.id], changed);
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: WARDROBE }),
  });
  const { error } = saving;
  const field = error instanceof ApiError && error.status === 422 ? error.field : undefined;
  const name = field?.replace(/\[.*/, "");
  const wrong = name !== undefined && name in LABELS ? name : undefined;
  const form = useFocusOnWrong(wrong ? { [wrong]: true } : {}, error ?? {});
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const changes = changesOf(garment, new FormData(event.currentTarget));
    if (Object.keys(changes).length === 0) onClose();
    else saving.mutate(changes);
  };
  return (
    <DialogFrame title={t.editTitle} className="wide" onClose={onClose}>
      <form ref={form} onSubmit={submit} className="edit">
        <fieldset className="edit-fields">
          <legend>{t.details}</legend>
          {FIELDS.map((one) => (
            <Field key={one} label={LABELS[one]} name={one} autoComplete="off" defaultValue={before(garment, one)} wrong={wrong === one ? problemOf(one) : undefined} {...INPUTS[one]} {...(one === "bought_on" && { max: today() })} />
          ))}
          <div className="field span">
            <label htmlFor={notes}>{t.notes}</label>
            <textarea id={notes} name="notes" className="input" maxLength={5000} defaultValue={garment.notes ?? ""} aria-invalid={wrong === "notes"} />
          </div>
        </fieldset>
        <fieldset className="edit-fields">
          <legend>{t.properties}</legend>
          <p className="soft small span">{t.propertiesHint}</p>
          {PROPERTIES.map((one) => (
            <PropertyChoice key={one} garment={garment} name={one} values={known[one] ?? []} />
          ))}
        </fieldset>
        <Problem>{error && (wrong === undefined || wrong === "notes") && (name ? problemOf(name) : errorText(error))}</Problem>
        <DialogFoot go={texts.edit.save} disabled={saving.isPending} />
      </form>
    </DialogFrame>
  );
}
