import { useState } from "react";
import { useMe } from "../access/me";
import type { UsedWeather } from "../api/outfits";
import { useKnownValues } from "../catalogue/propertyValues";
import { Field, SelectField } from "../shell/Field";
import { pageTexts } from "../pageTexts";
import { DEGREES, FROM, type Feel, type Wishes } from "./order";

const t = pageTexts.outfits;
const FEELS = Object.keys(DEGREES) as Feel[];
const MOST_LETTERS = 100;

interface PlaceProps {
  place: string;
  wrong: string | undefined;
  used: UsedWeather | null | undefined;
  onChange: (place: string) => void;
}

// A place is looked up when it is complete, not at each letter.
function Place({ place, wrong, used, onChange }: PlaceProps) {
  const [text, setText] = useState(place);
  return (
    <Field
      label={t.place}
      hint={used?.place ? t.weatherOf(used.place, used.temperature_c, used.rain) : t.placeHint}
      wrong={wrong}
      value={text}
      maxLength={MOST_LETTERS}
      autoComplete="address-level2"
      onChange={(event) => setText(event.target.value)}
      onBlur={() => onChange(text.trim())}
      onKeyDown={(event) => event.key === "Enter" && onChange(text.trim())}
    />
  );
}

interface Props {
  wishes: Wishes;
  onChange: (change: Partial<Wishes>) => void;
  wrongPlace?: string; // why the weather of the place is not known
  used?: UsedWeather | null; // the weather that the outfits are for
  isPersonal: boolean; // something is known of what the person likes
}

// What the outfits are for. Only who has an account has a wardrobe.
export function WishForm({ wishes, onChange, wrongPlace, used, isPersonal }: Props) {
  const isUser = useMe()?.kind === "user";
  const known = useKnownValues();
  const listed = (values: string[] = []) => [["", t.any], ...values.map((one) => [one, one])] as [string, string][];
  return (
    <form className="outfit-wishes" aria-label={t.wishes} onSubmit={(event) => event.preventDefault()}>
      {isUser && <SelectField label={t.from} value={wishes.from} options={FROM.map((one) => [one, t.froms[one]])} onChange={(from) => onChange({ from })} />}
      <SelectField label={t.occasion} value={wishes.occasion} options={listed(known.occasion)} onChange={(occasion) => onChange({ occasion })} />
      <SelectField label={t.season} value={wishes.season} options={listed(known.season?.filter((one) => one !== "all season"))} onChange={(season) => onChange({ season })} />
      <SelectField<Wishes["feel"]>
        label={t.weather}
        value={wishes.feel}
        options={[["", t.any], ...FEELS.map((one): [Feel, string] => [one, t.feels[one]]), ["place", t.ofPlace]]}
        onChange={(feel) => onChange({ feel })}
      />
      {wishes.feel === "place" ? (
        <Place place={wishes.place} wrong={wrongPlace} used={used} onChange={(place) => onChange({ place })} />
      ) : (
        <label className="outfit-rain">
          <input type="checkbox" checked={wishes.rain} onChange={(event) => onChange({ rain: event.target.checked })} /> {t.rain}
        </label>
      )}
      {(isPersonal || !wishes.taste) && (
        <label className="outfit-rain">
          <input type="checkbox" role="switch" checked={wishes.taste} onChange={(event) => onChange({ taste: event.target.checked })} /> {t.taste}
        </label>
      )}
    </form>
  );
}
