import { locale } from "../language/language";
import { swatch } from "../shell/format";

interface Props {
  title: string;
  counts: Record<string, number>;
  nameOf: (value: string) => string;
  coloured?: boolean; // the values are colours
}

const MOST = 8;

// How many garments have each value: a bar for each, the longest first.
export function CountBars({ title, counts, nameOf, coloured = false }: Props) {
  const rows = Object.entries(counts).filter(([, count]) => count > 0);
  rows.sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
  const most = rows[0]?.[1] ?? 1;
  if (rows.length === 0) return null;
  return (
    <div className="count-chart">
      <h3>{title}</h3>
      <ul className="count-bars" aria-label={title}>
        {rows.slice(0, MOST).map(([value, count]) => (
          <li key={value}>
            <span className="count-name">
              {coloured && (
                <svg className="dot" viewBox="0 0 12 12" aria-hidden>
                  <circle cx="6" cy="6" r="5.5" fill={swatch(value) ?? "none"} />
                </svg>
              )}
              {nameOf(value)}
            </span>
            <svg className="count-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden>
              <rect width={(count / most) * 100} height="10" />
            </svg>
            <span className="count-number">{count.toLocaleString(locale())}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
