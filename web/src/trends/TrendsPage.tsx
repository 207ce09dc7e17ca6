import "../styles/catalogue.css";
import "../styles/trends.css";
import { useQuery } from "@tanstack/react-query";
import { TrendingUp } from "lucide-react";
import { useState } from "react";
import { TREND_WINDOWS, trends, type Trend, type TrendList, type TrendWindow } from "../api/trends";
import { locale } from "../language/language";
import { Message, ReadFailure } from "../shell/Messages";
import { pageTexts } from "../pageTexts";
import { TrendCard } from "./TrendCard";

const t = pageTexts.trends;
const SOURCES = ["listings", "saves", "searches"] as const;
const WEEKS: Record<TrendWindow, number> = { "7d": 1, "28d": 4, "90d": 13 };

function Direction({ title, label, found, weeks }: { title: string; label: string; found: Trend[]; weeks: number }) {
  if (found.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul className="trends" aria-label={label}>
        {found.map((trend) => (
          <TrendCard key={`${trend.kind} ${trend.value}`} trend={trend} weeks={weeks} />
        ))}
      </ul>
    </>
  );
}

function Source({ name, list, weeks }: { name: (typeof SOURCES)[number]; list: TrendList; weeks: number }) {
  const title = t.sources[name];
  const isQuiet = list.rising.length === 0 && list.falling.length === 0;
  return (
    <section className="panel trend-source" aria-label={title}>
      <h2>{title}</h2>
      <p className="soft small">{t.events(list.count, list.count_before)}</p>
      {isQuiet && <p className="soft">{t.quiet}</p>}
      <Direction title={t.rising} label={t.listOf(title, t.rising)} found={list.rising} weeks={weeks} />
      <Direction title={t.falling} label={t.listOf(title, t.falling)} found={list.falling} weeks={weeks} />
    </section>
  );
}

// What rises and falls in the catalogue: bars of weekly counts, value by value.
export function TrendsPage() {
  const [period, setPeriod] = useState<TrendWindow>("28d");
  const query = useQuery({ queryKey: ["trends", period], queryFn: ({ signal }) => trends.of(period, signal) });
  const report = query.data;
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t.title}</h1>
        <p className="soft">{t.lead}</p>
      </header>
      <label className="trend-window">
        <span>{t.window}</span>
        <select className="input" value={period} onChange={(event) => setPeriod(TREND_WINDOWS.find((one) => one === event.target.value) ?? "28d")}>
          {TREND_WINDOWS.map((one) => (
            <option key={one} value={one}>
              {t.windows[one]}
            </option>
          ))}
        </select>
      </label>
      <ReadFailure query={query} />
      {report?.computed_at === null && (
        <Message icon={<TrendingUp size={32} />} title={t.none}>
          <p>{t.noneLead}</p>
        </Message>
      )}
      {report?.computed_at && (
        <>
          <p className="soft small">{t.computed(new Date(report.computed_at).toLocaleString(locale()))}</p>
          {SOURCES.map((name) => (
            <Source key={name} name={name} list={report[name]} weeks={WEEKS[period]} />
          ))}
        </>
      )}
    </div>
  );
}
