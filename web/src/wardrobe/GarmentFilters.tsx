import { Search } from "lucide-react";
import { SLOTS, STATES, type GarmentFilter } from "../api/wardrobe";
import { SelectField } from "../shell/Field";
import { pageTexts } from "../pageTexts";
import { valueName } from "../texts";

const t = pageTexts.wardrobe;

interface Props {
  filter: GarmentFilter;
  colors: string[]; // that the wardrobe has
  onChange: (filter: GarmentFilter) => void;
}

const optionsOf = <Value extends string>(any: string, values: readonly Value[], names: Record<string, string>): [Value | "", string][] => [
  ["", any],
  ...values.map((value): [Value, string] => [value, names[value] ?? value]),
];

export function GarmentFilters({ filter, colors, onChange }: Props) {
  const known = filter.color && !colors.includes(filter.color) ? [...colors, filter.color] : colors;
  return (
    <div role="search" className="garment-filters" aria-label={t.filters}>
      <div className="field">
        <label htmlFor="garment-text">{t.text}</label>
        <div className="find">
          <Search size={17} aria-hidden />
          <input
            id="garment-text"
            type="search"
            className="input"
            maxLength={100}
            autoComplete="off"
            value={filter.text ?? ""}
            onChange={(event) => onChange({ ...filter, text: event.target.value || undefined })}
          />
        </div>
      </div>
      <SelectField label={t.slot} value={filter.slot ?? ""} options={optionsOf(t.anySlot, SLOTS, t.slots)} onChange={(slot) => onChange({ ...filter, slot: slot || undefined })} />
      <SelectField label={t.color} value={filter.color ?? ""} options={optionsOf(t.anyColor, known, Object.fromEntries(known.map((one) => [one, valueName(one)])))} onChange={(color) => onChange({ ...filter, color: color || undefined })} />
      <SelectField label={t.state} value={filter.state ?? ""} options={optionsOf(t.anyState, STATES, t.states)} onChange={(state) => onChange({ ...filter, state: state || undefined })} />
      <label className="choice">
        <input type="checkbox" checked={filter.neverWorn ?? false} onChange={(event) => onChange({ ...filter, neverWorn: event.target.checked || undefined })} />
        <span>{t.neverWorn}</span>
      </label>
    </div>
  );
}
