import { useState } from "react";
import type { Facet } from "../api/client";
import { texts } from "../texts";
import { FacetValue } from "./FacetValue";
import { toggleValue, type ChangeState, type SearchState } from "./state";

type Counted = NonNullable<Facet["values"]>[number];
type System = NonNullable<Counted["system"]>;

interface Group {
  system: System | undefined; // undefined: texts that are no size
  values: Counted[];
}

const SHOWN = 12; // of each system
const WITH_SHOES: System[] = ["eu", "uk", "us"]; // systems of clothes and of shoes

// The sizes by system, in the order of the facet. Chosen ones that no item has any more stay.
export function groupsOf(facet: Facet | undefined, chosen: string[]): Group[] {
  const values = facet?.values ?? [];
  const gone = chosen.filter((value) => !values.some((one) => one.value === value)).map((value): Counted => ({ value, count: 0 }));
  const groups: Group[] = [];
  for (const one of [...values, ...gone]) {
    const last = groups.at(-1);
    if (last && last.system === one.system) last.values.push(one);
    else groups.push({ system: one.system, values: [one] });
  }
  return groups;
}

// Whether all that is found are shoes, so that every number is a size of shoes.
export function hasShoesOnly(state: SearchState, category: Facet | undefined): boolean {
  const chosen = state.filters?.category ?? category?.values?.map((one) => one.value) ?? [];
  return chosen.length === 1 && chosen[0] === "shoes";
}

function nameOf(system: System | undefined, isShoes: boolean): string {
  if (!system) return texts.filters.otherSizes;
  const name = texts.filters.systems[system];
  return isShoes && WITH_SHOES.includes(system) ? texts.filters.shoes(name) : name;
}

interface Props {
  facet: Facet | undefined;
  category: Facet | undefined;
  state: SearchState;
  onChange: ChangeState;
}

export function SizeValues({ facet, category, state, onChange }: Props) {
  const [all, setAll] = useState(false);
  const chosen = state.filters?.size ?? [];
  const groups = groupsOf(facet, chosen);
  const isShoes = hasShoesOnly(state, category);
  const isLong = groups.some((one) => one.values.length > SHOWN);
  return (
    <>
      {groups.map(({ system, values }) => (
        <fieldset key={system ?? "other"} className="size-group">
          <legend>{nameOf(system, isShoes)}</legend>
          <ul className="values sizes">
            {values
              .filter(({ value }, index) => all || index < SHOWN || chosen.includes(value))
              .map(({ value, count }) => (
                <FacetValue
                  key={value}
                  name={value}
                  count={count}
                  chosen={chosen.includes(value)}
                  onToggle={() => onChange((now) => toggleValue(now, "size", value), { stay: true })}
                />
              ))}
          </ul>
        </fieldset>
      ))}
      {isLong && (
        <button type="button" className="text-button" onClick={() => setAll((now) => !now)}>
          {all ? texts.filters.fewer : texts.filters.more}
        </button>
      )}
      {facet && facet.missing > 0 && <p className="soft small">{texts.filters.missing(facet.missing)}</p>}
    </>
  );
}
