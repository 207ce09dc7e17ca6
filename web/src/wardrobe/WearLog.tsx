import { X } from "lucide-react";
import { useState, type SubmitEvent } from "react";
import { wardrobe, type Garment } from "../api/wardrobe";
import { Changes } from "../shell/Changes";
import { Field, textOf } from "../shell/Field";
import { pageTexts } from "../pageTexts";
import { formatDay, today, useWardrobeChange } from "./shared";

const t = pageTexts.wardrobe;
const SHOWN = 10;

function Day({ id, day }: { id: string; day: string }) {
  const undoing = useWardrobeChange(() => wardrobe.undoWear(id, day));
  const name = t.unwear(formatDay(day));
  return (
    <li className="day">
      <time dateTime={day}>{formatDay(day)}</time>
      <Changes>
        <button type="button" className="icon-button small" aria-label={name} title={name} disabled={undoing.isPending} onClick={() => undoing.mutate(undefined)}>
          <X size={16} aria-hidden />
        </button>
      </Changes>
    </li>
  );
}

// The days on which a garment was worn, the latest first.
export function WearLog({ garment }: { garment: Garment }) {
  const [all, setAll] = useState(false);
  const adding = useWardrobeChange((day: string) => wardrobe.wear(garment.id, day));
  const days = [...(garment.worn_on ?? [])].sort().reverse();
  const wears = garment.worn_on ? days.length : garment.wears; // lists have no days
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    adding.mutate(textOf(new FormData(form), "day"), { onSuccess: () => form.reset() });
  };
  return (
    <section aria-labelledby="wear-log">
      <h2 id="wear-log">{t.worn}</h2>
      <p className={wears === 0 ? "soft" : "wear-count"}>{wears === 0 ? t.neverYet : t.wears(wears)}</p>
      {days.length > 0 && (
        <ul className="days" aria-label={t.days}>
          {days.slice(0, all ? undefined : SHOWN).map((day) => (
            <Day key={day} id={garment.id} day={day} />
          ))}
        </ul>
      )}
      {!all && days.length > SHOWN && (
        <button type="button" className="text-button" onClick={() => setAll(true)}>
          {t.allDays(days.length)}
        </button>
      )}
      <Changes>
        <form onSubmit={submit} className="day-form">
          <Field label={t.day} name="day" type="date" required max={today()} />
          <button type="submit" className="button" disabled={adding.isPending}>
            {t.addDay}
          </button>
        </form>
      </Changes>
    </section>
  );
}
