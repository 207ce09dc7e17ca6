import { Link } from "../routing/router";
import type { Trend } from "../api/trends";
import { pageTexts } from "../pageTexts";
import { valueName } from "../texts";
import { WeekBars } from "./WeekBars";

const t = pageTexts.trends;

// A value whose share has changed. `weeks`: the length of the window.
export function TrendCard({ trend, weeks }: { trend: Trend; weeks: number }) {
  const isCluster = trend.kind === "cluster";
  const name = isCluster ? t.cluster(trend.value) : trend.kind === "brand" ? trend.value : valueName(trend.value);
  return (
    <li className="trend">
      <div className="trend-head">
        {trend.thumbnail_url && <img src={trend.thumbnail_url} alt="" loading="lazy" decoding="async" />}
        <div className="trend-name">
          <span className="soft small">{t.kinds[trend.kind]}</span>
          {isCluster ? (
            <Link to="/studio/clusters/$id" params={{ id: trend.value }}>
              {name}
            </Link>
          ) : (
            <strong>{name}</strong>
          )}
        </div>
        <span className="trend-growth">{t.growth(trend.growth)}</span>
      </div>
      <WeekBars weeks={trend.weeks} latest={weeks} label={t.bars(name, trend.weeks.slice(-weeks))} />
      <p className="soft small">
        {t.counts(trend.count, trend.count_before)} · {t.interval(trend.growth_low, trend.growth_high)}
        {typeof trend.growth_year_before === "number" && ` · ${t.yearBefore(trend.growth_year_before)}`}
      </p>
    </li>
  );
}
