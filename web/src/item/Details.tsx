import { useState, type ReactNode } from "react";
import type { Item } from "../api/client";
import { PROPERTIES } from "../search/state";
import { swatch } from "../shell/format";
import { texts, valueName } from "../texts";

const t = texts.item;

function Colour({ value }: { value: string }) {
  const colour = swatch(value);
  return (
    colour && (
      <svg className="dot" viewBox="0 0 12 12" aria-hidden>
        <circle cx="6" cy="6" r="5.5" fill={colour} />
      </svg>
    )
  );
}

interface Detail {
  key: string;
  name: string;
  value: string;
  mark?: ReactNode;
  origin: string;
}

// What is known of an item, and on request who says so.
export function Details({ item }: { item: Item }) {
  const [hasOrigins, setHasOrigins] = useState(false);
  const own: [name: string, value: string | null][] = [
    [texts.filters.brand, item.brand],
    [texts.filters.size, item.size],
  ];
  const details: Detail[] = own.flatMap(([name, value]) => (value ? [{ key: name, name, value, origin: t.origin.seller ?? "" }] : []));
  for (const name of PROPERTIES) {
    const value = item.properties[name];
    if (!value) continue;
    const origin = item.property_origins[name]?.origin ?? "";
    details.push({ key: name, name: texts.properties[name], value: valueName(value, name), mark: name.endsWith("color") && <Colour value={value} />, origin: t.origin[origin] ?? origin });
  }
  if (details.length === 0) return <p className="soft">{t.noProperties}</p>;
  return (
    <>
      <dl className="properties">
        {details.map(({ key, name, value, mark, origin }) => (
          <div key={key}>
            <dt>{name}</dt>
            <dd>
              {mark}
              <span className="detail">{value}</span>
              {hasOrigins && origin && <small>{origin}</small>}
            </dd>
          </div>
        ))}
      </dl>
      <button type="button" className="text-button" aria-expanded={hasOrigins} onClick={() => setHasOrigins((now) => !now)}>
        {hasOrigins ? t.hideOrigins : t.showOrigins}
      </button>
    </>
  );
}
