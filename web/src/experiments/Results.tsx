import type { Experiment, ExperimentResults, Metric, MetricResult, ShadowResults } from "../api/experiments";
import { METRICS } from "../api/experiments";
import { locale } from "../language/language";
import { Facts } from "../shell/Facts";
import { percent } from "../shell/format";
import { pageTexts } from "../pageTexts";

const t = pageTexts.experiments;
const WIDTH = 120; // of the drawing of an interval

export function metricText(metric: Metric, value: number): string {
  if (metric === "searches_with_click") return `${(value * 100).toFixed(1)} %`;
  return metric === "seconds_to_click" ? `${value.toFixed(1)} s` : value.toFixed(3);
}

const signed = (metric: Metric, value: number) => `${value < 0 ? "−" : "+"}${metricText(metric, Math.abs(value))}`;

// The interval as a bar about the line of no difference.
function Interval({ low, high }: { low: number; high: number }) {
  const most = Math.max(Math.abs(low), Math.abs(high), Number.EPSILON) * 1.1;
  const at = (value: number) => WIDTH / 2 + (value / most) * (WIDTH / 2);
  const side = low > 0 ? "above" : high < 0 ? "below" : "around";
  return (
    <svg className={`interval ${side}`} viewBox={`0 0 ${WIDTH} 16`} width={WIDTH} height="16" aria-hidden>
      <rect x={at(low)} y="5" width={Math.max(at(high) - at(low), 2)} height="6" rx="3" />
      <line x1={WIDTH / 2} x2={WIDTH / 2} y1="0" y2="16" />
    </svg>
  );
}

function MetricRow({ metric, result, decides }: { metric: Metric; result: MetricResult; decides: boolean }) {
  const { interval } = result;
  const [low, high] = interval ?? [];
  return (
    <tr className={decides ? "decides" : undefined}>
      <th scope="row">
        {t.metrics[metric]}
        {decides && <small className="soft">{t.decides}</small>}
      </th>
      <td data-column={t.columns[1]}>{metricText(metric, result.a)}</td>
      <td data-column={t.columns[2]}>{metricText(metric, result.b)}</td>
      <td data-column={t.columns[3]}>{signed(metric, result.difference)}</td>
      <td data-column={t.columns[4]}>
        {low === undefined || high === undefined ? (
          <span className="soft">{t.tooFew}</span>
        ) : (
          <span className="interval-cell">
            <Interval low={low} high={high} /> {t.between(signed(metric, low), signed(metric, high))}
          </span>
        )}
      </td>
    </tr>
  );
}

const pairText = (value: ExperimentResults["people"]) => (typeof value === "number" ? value.toLocaleString(locale()) : t.pair(value.a, value.b));

function verdict({ state, mode, metric }: Experiment, { winner }: ExperimentResults): string {
  if (winner) return t.winner(winner.toUpperCase(), t.metrics[metric].toLowerCase());
  return state === "running" ? t.noWinnerYet(mode === "interleaving") : t.noWinner;
}

function Compared({ experiment, results }: { experiment: Experiment; results: ExperimentResults }) {
  const known = [experiment.metric, ...METRICS.filter((one) => one !== experiment.metric)].flatMap((metric) => {
    const result = results.metrics[metric];
    return result ? [{ metric, result }] : [];
  });
  return (
    <>
      <p className={results.winner ? "verdict won" : "verdict"}>{verdict(experiment, results)}</p>
      <Facts
        className="facts"
        facts={[
          [t.people, pairText(results.people)],
          [t.searches, pairText(results.searches)],
        ]}
      />
      {known.length > 0 && (
        <table className="metric-table" aria-label={t.resultsOf(experiment.name)}>
          <thead>
            <tr>
              {t.columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {known.map(({ metric, result }) => (
              <MetricRow key={metric} metric={metric} result={result} decides={metric === experiment.metric} />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

const share = (value: number | null) => (value === null ? null : `${percent(value)} %`);
const times = (value: ShadowResults["mean_ms"]) => (value === null ? null : t.times(value.a, value.b));

function Shadow({ results }: { results: ShadowResults }) {
  return (
    <>
      {results.compared === 0 && <p className="verdict">{t.nothingYet}</p>}
      <Facts
        className="facts"
        facts={[
          [t.compared, results.compared.toLocaleString(locale())],
          [t.overlap, share(results.overlap_at_10)],
          [t.rankOverlap, share(results.rank_biased_overlap)],
          [t.meanTime, times(results.mean_ms)],
          [t.slowest, times(results.slowest_ms)],
          [t.failed, results.failed > 0 ? results.failed.toLocaleString(locale()) : null],
          [t.dropped, results.dropped > 0 ? results.dropped.toLocaleString(locale()) : null],
        ]}
      />
    </>
  );
}

// What an experiment has found so far.
export function Results({ experiment }: { experiment: Experiment }) {
  const { results } = experiment;
  if (!results) return null;
  return "compared" in results ? <Shadow results={results} /> : <Compared experiment={experiment} results={results} />;
}
