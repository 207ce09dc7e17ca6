import "../styles/catalogue.css";
import "../styles/wardrobe.css";
import "../styles/saved.css";
import { useQuery } from "@tanstack/react-query";
import { Link } from "../routing/router";
import { ChevronLeft, ChevronRight, Plus, X } from "lucide-react";
import { useState } from "react";
import { savedOutfits, type SavedOutfit } from "../api/savedOutfits";
import { lazyPart } from "../shell/lazyPart";
import { ReadFailure } from "../shell/Messages";
import { texts } from "../texts";
import { today } from "../wardrobe/shared";
import { OutfitPicture } from "./OutfitPicture";
import { OutfitTabs } from "./OutfitTabs";
import { addDays, addMonths, formatLongDay, formatMonth, formatWeekday, monthOf, weekOf } from "./plan";
import { useRemoved } from "./removing";
import { nameOfOutfit, SAVED, useSavedChange } from "./shared";

const ChooseOutfit = lazyPart(() => import("./ChooseOutfit"));
const t = texts.saved;
const VIEWS = ["week", "month"] as const;
type View = (typeof VIEWS)[number];
const MOST_IN_CELL = 2;

// The outfits that are planned for a day of `days`, by the day.
function usePlan(days: string[]) {
  const [from = "", to = ""] = [days[0], days.at(-1)];
  const removed = useRemoved();
  const query = useQuery({
    queryKey: [...SAVED, "planned", from, to],
    queryFn: ({ signal }) => savedOutfits.planned(from, to, signal),
    staleTime: 0,
    placeholderData: (last) => last,
  });
  const shown = (query.data?.outfits ?? []).filter(({ id }) => !removed.has(id));
  return { query, of: (day: string) => shown.filter((outfit) => outfit.planned_for.includes(day)) };
}

function PlannedOutfit({ outfit, day }: { outfit: SavedOutfit; day: string }) {
  const name = nameOfOutfit(outfit);
  const label = t.unplanNamed(name, formatLongDay(day));
  const removing = useSavedChange(() => savedOutfits.change(outfit.id, { planned_for: outfit.planned_for.filter((one) => one !== day) }));
  return (
    <li className="planned-outfit">
      <Link to="/outfits/saved/$id" params={{ id: outfit.id }} className="planned-link">
        <OutfitPicture address={outfit.picture_url} />
        <span>{name}</span>
      </Link>
      <button type="button" className="icon-button small" aria-label={label} title={label} disabled={removing.isPending} onClick={() => removing.mutate(undefined)}>
        <X size={16} aria-hidden />
      </button>
    </li>
  );
}

interface DaysProps {
  days: string[];
  of: (day: string) => SavedOutfit[];
  onOpen: (day: string) => void;
}

function Week({ days, of, onOpen }: DaysProps) {
  return (
    <ol className="plan-week" aria-label={t.views.week}>
      {days.map((day) => (
        <li key={day} className="plan-day" aria-current={day === today() ? "date" : undefined}>
          <h2>{formatLongDay(day)}</h2>
          <ul className="planned-outfits">
            {of(day).map((outfit) => (
              <PlannedOutfit key={outfit.id} outfit={outfit} day={day} />
            ))}
          </ul>
          <button type="button" className="text-button" aria-label={t.planFor(formatLongDay(day))} onClick={() => onOpen(day)}>
            <Plus size={16} aria-hidden /> {t.plan}
          </button>
        </li>
      ))}
    </ol>
  );
}

function Month({ days, of, month, onOpen }: DaysProps & { month: string }) {
  return (
    <div className="plan-month">
      {days.slice(0, 7).map((day) => (
        <span key={day} className="plan-weekday" aria-hidden>
          {formatWeekday(day)}
        </span>
      ))}
      {days.map((day) => {
        const planned = of(day);
        return (
          <button
            key={day}
            type="button"
            className={day.slice(0, 7) === month ? "plan-cell" : "plan-cell other"}
            aria-current={day === today() ? "date" : undefined}
            aria-label={t.dayWith(formatLongDay(day), planned.length)}
            onClick={() => onOpen(day)}
          >
            <span className="plan-number">{Number(day.slice(8))}</span>
            <span className="plan-pictures">
              {planned.slice(0, MOST_IN_CELL).map((outfit) => (
                <OutfitPicture key={outfit.id} address={outfit.picture_url} />
              ))}
            </span>
            {planned.length > MOST_IN_CELL && <small>{t.others(planned.length - MOST_IN_CELL)}</small>}
          </button>
        );
      })}
    </div>
  );
}

// Which outfit is worn when: a week with its days below each other, or a month of which a day leads to its week.
export function PlanPage() {
  const [view, setView] = useState<View>("week");
  const [day, setDay] = useState(() => today());
  const [opened, setOpened] = useState<string>();
  const days = view === "week" ? weekOf(day) : monthOf(day);
  const { query, of } = usePlan(days);
  const step = (by: number) => setDay(view === "week" ? addDays(day, 7 * by) : addMonths(day, by));
  const showWeek = (one: string) => {
    setDay(one);
    setView("week");
  };
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t.planTitle}</h1>
        <p className="soft">{t.planLead}</p>
      </header>
      <OutfitTabs />
      <div className="plan-head">
        <div className="row">
          <button type="button" className="icon-button" aria-label={t.earlier[view]} title={t.earlier[view]} onClick={() => step(-1)}>
            <ChevronLeft size={20} aria-hidden />
          </button>
          <p className="plan-title" aria-live="polite">
            {formatMonth(view === "week" ? (days[3] ?? day) : day)}
          </p>
          <button type="button" className="icon-button" aria-label={t.later[view]} title={t.later[view]} onClick={() => step(1)}>
            <ChevronRight size={20} aria-hidden />
          </button>
          <button type="button" className="button" onClick={() => setDay(today())}>
            {t.today}
          </button>
        </div>
        <div className="row" role="group" aria-label={t.view}>
          {VIEWS.map((one) => (
            <button key={one} type="button" className="chip" aria-pressed={view === one} onClick={() => setView(one)}>
              {t.views[one]}
            </button>
          ))}
        </div>
      </div>
      <ReadFailure query={query} />
      <div aria-busy={query.isFetching}>
        {view === "week" ? <Week days={days} of={of} onOpen={setOpened} /> : <Month days={days} of={of} month={day.slice(0, 7)} onOpen={showWeek} />}
      </div>
      {opened && <ChooseOutfit day={opened} onClose={() => setOpened(undefined)} onFail={() => setOpened(undefined)} />}
    </div>
  );
}
