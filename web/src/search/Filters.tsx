import { ChevronDown } from "lucide-react";
import { useEffect, useId, useState, type ReactNode } from "react";
import { useMe } from "../access/me";
import { deviceId } from "../api/device";
import type { Facet } from "../api/client";
import { swatch, symbolOf } from "../shell/format";
import { amountOf } from "./amount";
import { FacetValue } from "./FacetValue";
import { SizeValues } from "./SizeValues";
import { nameOf, texts, valueName } from "../texts";
import { toggleValue, type ChangeState, type PriceRange, type SearchState, type ValueFilter } from "./state";

interface Props {
  state: SearchState;
  facets: Record<string, Facet>;
  searching: boolean;
  heading?: boolean; // when no dialog provides one
  currency: string | null; // of the prices, where it is known
  onChange: ChangeState;
}

const ORDER: ValueFilter[] = [
  "category",
  "subcategory",
  "primary_color",
  "brand",
  "size",
  "condition",
  "material",
  "pattern",
  "style",
  "fit",
  "gender",
  "season",
  "occasion",
  "sleeve_length",
  "neckline",
  "garment_length",
  "closure",
  "secondary_color",
  "source",
];
const OPEN_AT_FIRST: ValueFilter[] = ["category", "primary_color"];
const SHOWN = 7;
const LONG = 12; // values, of which one is looked for by typing

function Values({ name, facet, state, onChange }: { name: ValueFilter; facet: Facet | undefined; state: SearchState; onChange: ChangeState }) {
  const [all, setAll] = useState(false);
  const [typed, setTyped] = useState("");
  const chosen = state.filters?.[name] ?? [];
  const counted = facet?.values ?? [];
  // Chosen values stay in the list when no item has them any more.
  const values = [...counted, ...chosen.filter((value) => !counted.some((one) => one.value === value)).map((value) => ({ value, count: 0 }))];
  const wanted = typed.trim().toLowerCase();
  const shown = all ? values.filter(({ value }) => [value, valueName(value, name)].some((one) => one.toLowerCase().includes(wanted))) : values.filter((one, index) => index < SHOWN || chosen.includes(one.value));
  const colours = name === "primary_color" || name === "secondary_color";
  return (
    <>
      {all && values.length > LONG && (
        <input className="input find-value" type="search" aria-label={texts.filters.find(nameOf(name))} placeholder={texts.filters.find(nameOf(name))} value={typed} onChange={(event) => setTyped(event.target.value)} />
      )}
      <ul className="values">
        {shown.map(({ value, count }) => (
          <FacetValue
            key={value}
            name={valueName(value, name)}
            count={count}
            colour={colours ? swatch(value) : undefined}
            chosen={chosen.includes(value)}
            onToggle={() => onChange((now) => toggleValue(now, name, value), { stay: true })}
          />
        ))}
      </ul>
      {values.length > SHOWN && (
        <button type="button" className="text-button" onClick={() => setAll((now) => !now)}>
          {all ? texts.filters.fewer : texts.filters.more}
        </button>
      )}
      {facet && facet.missing > 0 && all && <p className="soft small">{texts.filters.missing(facet.missing)}</p>}
    </>
  );
}

// An end of the price range, as it is typed. What is no amount is taken back. `hint`: what the slider shows.
function Amount({ name, currency, value, hint, onChoose }: { name: string; currency: string | null; value: number | null; hint: number; onChoose: (value: number | null) => void }) {
  const given = value === null ? "" : String(value);
  const [typed, setTyped] = useState(given);
  // eslint-disable-next-line react-hooks/set-state-in-effect
  useEffect(() => setTyped(given), [given]);
  const take = () => {
    const amount = amountOf(typed);
    if (amount === undefined) setTyped(given);
    else if (amount !== value) onChoose(amount);
  };
  return (
    <label className="amount">
      <span className="soft small">{name}</span>
      <span className="amount-field">
        {currency && <span aria-hidden>{symbolOf(currency)}</span>}
        <input
          inputMode="decimal"
          autoComplete="off"
          maxLength={9}
          aria-label={texts.filters.amount(name, currency)}
          placeholder={String(hint)}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={take}
          onKeyDown={(event) => event.key === "Enter" && take()}
        />
      </span>
    </label>
  );
}

interface SliderProps {
  low: number;
  high: number;
  value: [number, number];
  onMove: (value: [number, number]) => void;
  onCommit: (value: [number, number]) => void;
}

// Two ranges of the browser's own, one above the other: only their thumbs take the pointer.
function PriceSlider({ low, high, value, onMove, onCommit }: SliderProps) {
  const share = (price: number) => ((price - low) / (high - low)) * 100;
  const thumb = (index: 0 | 1, label: string) => (
    <input
      type="range"
      className="slider-thumb"
      aria-label={label}
      min={low}
      max={high}
      step={high - low > 40 ? 1 : 0.5}
      value={value[index]}
      onChange={(event) => {
        const to = Number(event.target.value);
        onMove(index === 0 ? [Math.min(to, value[1]), value[1]] : [value[0], Math.max(to, value[0])]);
      }}
      onPointerUp={() => onCommit(value)}
      onKeyUp={() => onCommit(value)}
      onBlur={() => onCommit(value)}
    />
  );
  return (
    <div className="slider">
      <svg className="slider-track" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden>
        <rect className="slider-rest" width="100" height="4" />
        <rect className="slider-range" x={share(value[0])} width={share(value[1]) - share(value[0])} height="4" />
      </svg>
      {thumb(0, texts.filters.priceLow)}
      {thumb(1, texts.filters.priceHigh)}
    </div>
  );
}

interface PriceProps {
  state: SearchState;
  facet: Facet | undefined;
  currency: string | null;
  onChange: ChangeState;
}

function Price({ state, facet, currency, onChange }: PriceProps) {
  // The facet of the price leaves the chosen price out: it has the prices to choose from.
  const chosen = state.price;
  const low = Math.floor(facet?.min ?? 0);
  const high = Math.ceil(facet?.max ?? Math.max(chosen?.[1] ?? 0, chosen?.[0] ?? 0, 200));
  const clamp = (value: number) => Math.min(high, Math.max(low, value));
  const set: [number, number] = [clamp(chosen?.[0] ?? low), clamp(chosen?.[1] ?? high)];
  const [value, setValue] = useState(set);
  const [setLow, setHigh] = set;
  // eslint-disable-next-line react-hooks/set-state-in-effect
  useEffect(() => setValue([setLow, setHigh]), [setLow, setHigh]);
  const choose = (from: number | null, to: number | null) => {
    const range: PriceRange = currency ? [from, to, currency] : [from, to];
    onChange((now) => ({ ...now, price: from === null && to === null ? undefined : range }), { stay: true });
  };
  const commit = ([from, to]: [number, number]) => {
    if (from !== setLow || to !== setHigh) choose(from <= low ? null : from, to >= high ? null : to);
  };
  const histogram = facet?.histogram ?? [];
  const most = Math.max(1, ...histogram.map((one) => one.count));
  if (high <= low) return null;
  const x = (price: number) => ((price - low) / (high - low)) * 100;
  return (
    <div className="price">
      <svg className="histogram" viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden>
        {histogram.map((bar) => (
          <rect
            key={bar.from}
            x={x(bar.from)}
            width={Math.max(0.8, x(Math.min(bar.to, high)) - x(bar.from) - 0.6)}
            y={30 - (bar.count / most) * 30}
            height={(bar.count / most) * 30}
            className={bar.to > value[0] && bar.from < value[1] ? "in" : "out"}
          />
        ))}
      </svg>
      <PriceSlider low={low} high={high} value={value} onMove={setValue} onCommit={commit} />
      <div className="price-ends">
        <Amount name={texts.filters.priceFrom} currency={currency} value={chosen?.[0] ?? null} hint={value[0]} onChoose={(from) => choose(from, chosen?.[1] ?? null)} />
        <Amount name={texts.filters.priceTo} currency={currency} value={chosen?.[1] ?? null} hint={value[1]} onChoose={(to) => choose(chosen?.[0] ?? null, to)} />
      </div>
    </div>
  );
}

function OnOff({ title, hint, on, onTurn }: { title: string; hint: string; on: boolean; onTurn: (on: boolean) => void }) {
  return (
    <label className="switch-line">
      <span>
        {title}
        <small className="soft">{hint}</small>
      </span>
      <input type="checkbox" role="switch" className="switch" checked={on} onChange={(event) => onTurn(event.target.checked)} />
    </label>
  );
}

export default function Filters({ state, facets, searching, heading, currency, onChange }: Props) {
  const isUser = useMe()?.kind === "user";
  const hasTaste = isUser || deviceId() !== undefined; // others have given no feedback
  const isOpen = (name: ValueFilter) => OPEN_AT_FIRST.includes(name) || state.filters?.[name] !== undefined;
  const given = ORDER.filter((name) => (facets[name]?.values?.length ?? 0) > (name === "source" ? 1 : 0) || state.filters?.[name]);
  return (
    <div className="filters">
      {heading && <h2 className="hidden-text">{texts.filters.title}</h2>}
      {searching && (
        <>
          <OnOff
            title={texts.filters.weak}
            hint={texts.filters.weakHint}
            on={state.weak ?? false}
            onTurn={(on) => onChange((now) => ({ ...now, weak: on || undefined }), { stay: true })}
          />
          <OnOff
            title={texts.filters.duplicates}
            hint={texts.filters.duplicatesHint}
            on={state.copies ?? false}
            onTurn={(on) => onChange((now) => ({ ...now, copies: on || undefined }), { stay: true })}
          />
          {hasTaste && (
            <OnOff
              title={texts.filters.taste}
              hint={texts.filters.tasteHint}
              on={state.taste ?? false}
              onTurn={(on) => onChange((now) => ({ ...now, taste: on || undefined }), { stay: true })}
            />
          )}
        </>
      )}
      <div>
        {given.slice(0, 1).map((name) => (
          <Section key={name} name={name} opened={isOpen(name)}>
            <Values name={name} facet={facets[name]} state={state} onChange={onChange} />
          </Section>
        ))}
        {(facets.price?.max ?? state.price) && (
          <Section name="price" opened>
            <Price state={state} facet={facets.price} currency={currency} onChange={onChange} />
          </Section>
        )}
        {given.slice(1).map((name) => (
          <Section key={name} name={name} opened={isOpen(name)}>
            {name === "size" ? (
              <SizeValues facet={facets.size} category={facets.category} state={state} onChange={onChange} />
            ) : (
              <Values name={name} facet={facets[name]} state={state} onChange={onChange} />
            )}
          </Section>
        ))}
      </div>
    </div>
  );
}

function Section({ name, opened, children }: { name: ValueFilter | "price"; opened: boolean; children: ReactNode }) {
  const [open, setOpen] = useState(opened);
  const id = useId();
  return (
    <div className="section">
      <h3 className="section-head">
        <button type="button" className="section-button" aria-expanded={open} aria-controls={open ? id : undefined} onClick={() => setOpen((now) => !now)}>
          {nameOf(name)} <ChevronDown size={16} aria-hidden />
        </button>
      </h3>
      {open && (
        <div id={id} className="section-body">
          {children}
        </div>
      )}
    </div>
  );
}
