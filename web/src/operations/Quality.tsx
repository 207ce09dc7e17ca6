import { locale } from "../language/language";
import { texts } from "../texts";
import { quantile, sum, type Metrics } from "./prometheus";

const percent = (value: number) => value.toLocaleString(locale(), { style: "percent", maximumFractionDigits: 1 });
const decimal = (value: number) => value.toLocaleString(locale(), { maximumFractionDigits: 3 });
const PAGES = "fit_first_pages_total";

// The names and values that the server has measured so far. Some need the setting RECALL_PROBE.
function factsOf(metrics: Metrics): [string, string][] {
  const q = texts.operations.qualities;
  const facts: [string, string][] = [];
  const share = (name: string, part: number, all: number) => all > 0 && facts.push([name, percent(part / all)]);
  const pages = (...outcomes: string[]) => sum(metrics, PAGES, (labels) => outcomes.includes(labels.outcome ?? ""));
  share(q.empty, pages("empty"), sum(metrics, PAGES));
  share(q.irrelevant, pages("irrelevant"), pages("irrelevant", "relevant"));
  const similarity = quantile(0.5, "fit_first_result_similarity", undefined, metrics);
  if (similarity !== null) facts.push([q.similarity, decimal(similarity)]);
  const hits = sum(metrics, "fit_cache_hits_total");
  share(q.cached, hits, hits + sum(metrics, "fit_cache_misses_total"));
  for (const { labels, value } of metrics.get("fit_recall_ratio") ?? []) {
    facts.push([q.recall(q.kinds[labels.kind ?? ""] ?? labels.kind ?? "", q.selectivities[labels.selectivity ?? ""] ?? ""), percent(value)]);
  }
  const gauge = (name: string, metric: string, shown: (value: number) => string) => {
    for (const { value } of metrics.get(metric) ?? []) facts.push([name, shown(value)]);
  };
  gauge(q.queryDrift, "fit_query_drift_ratio", decimal);
  gauge(q.catalogueDrift, "fit_catalogue_drift_ratio", decimal);
  gauge(q.consistency, "fit_embedding_consistency_ratio", decimal);
  const confidences = (metrics.get("fit_property_confidence_ratio") ?? []).map((one) => one.value);
  if (confidences.length > 0) facts.push([q.confidence, percent(confidences.reduce((total, one) => total + one, 0) / confidences.length)]);
  return facts;
}

export function Quality({ metrics }: { metrics: Metrics }) {
  const facts = factsOf(metrics);
  if (facts.length === 0) return null;
  return (
    <section className="panel part">
      <h2>{texts.operations.quality}</h2>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
