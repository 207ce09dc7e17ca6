import { useId } from "react";
import { useMe } from "../access/me";
import { useKnownValues } from "../catalogue/propertyValues";
import { texts } from "../texts";
import { DEGREES, FROM, type Feel, type Wishes } from "./order";

const t = texts.outfits;
const FEELS = Object.keys(DEGREES) as Feel[];

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  choices: readonly (readonly [value: T, text: string])[];
  onChange: (value: T) => void;
}

function Choice<T extends string>({ label, value, choices, onChange }: ChoiceProps<T>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} className="input" value={value} onChange={(event) => onChange(choices.find(([one]) => one === event.target.value)?.[0] ?? value)}>
        {choices.map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

// What the outfits are for. Only who has an account has a wardrobe.
export function WishForm({ wishes, onChange }: { wishes: Wishes; onChange: (change: Partial<Wishes>) => void }) {
  const isUser = useMe()?.kind === "user";
  const known = useKnownValues();
  const listed = (values: string[] = []) => [["", t.any] as const, ...values.map((one) => [one, one] as const)];
  return (
    <form className="outfit-wishes" aria-label={t.wishes} onSubmit={(event) => event.preventDefault()}>
      {isUser && <Choice label={t.from} value={wishes.from} choices={FROM.map((one) => [one, t.froms[one]] as const)} onChange={(from) => onChange({ from })} />}
      <Choice label={t.occasion} value={wishes.occasion} choices={listed(known.occasion)} onChange={(occasion) => onChange({ occasion })} />
      <Choice
        label={t.season}
        value={wishes.season}
        choices={listed(known.season?.filter((one) => one !== "all season"))}
        onChange={(season) => onChange({ season })}
      />
      <Choice<Feel | "">
        label={t.weather}
        value={wishes.feel}
        choices={[["", t.any], ...FEELS.map((one) => [one, t.feels[one]] as const)]}
        onChange={(feel) => onChange({ feel })}
      />
      <label className="outfit-rain">
        <input type="checkbox" checked={wishes.rain} onChange={(event) => onChange({ rain: event.target.checked })} /> {t.rain}
      </label>
    </form>
  );
}
