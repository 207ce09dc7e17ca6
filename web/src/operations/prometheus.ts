// Parses the subset of Prometheus' text format that this server writes.

export interface Sample {
  labels: Record<string, string>;
  value: number;
}
export type Metrics = Map<string, Sample[]>;

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

export function parseMetrics(text: string): Metrics {
  const metrics: Metrics = new Map();
  for (const line of text.split("\n")) {
    if (line.startsWith("#")) continue;
    const match = LINE.exec(line);
    if (!match) continue;
    const [, name = "", inner = "", number = ""] = match;
    const labels: Record<string, string> = {};
    for (const [, key = "", value = ""] of inner.matchAll(LABEL)) labels[key] = value.replace(/\\(.)/g, (_, c: string) => (c === "n" ? "\n" : c));
    const value = number === "+Inf" ? Infinity : Number(number);
    if (Number.isNaN(value)) continue;
    const list = metrics.get(name);
    if (list) list.push({ labels, value });
    else metrics.set(name, [{ labels, value }]);
  }
  return metrics;
}

export type Match = (labels: Record<string, string>) => boolean;

export function sum(metrics: Metrics, name: string, match: Match = () => true): number {
  return (metrics.get(name) ?? []).reduce((total, one) => (match(one.labels) ? total + one.value : total), 0);
}

// The quantile of the observations between two readings, in the histogram's unit, computed as Prometheus' histogram_quantile().
export function quantile(q: number, name: string, before: Metrics | undefined, after: Metrics, match: Match = () => true): number | null {
  const buckets = new Map<number, number>();
  const add = (metrics: Metrics, sign: number) => {
    for (const { labels, value } of metrics.get(`${name}_bucket`) ?? []) {
      if (!match(labels)) continue;
      const end = labels.le === "+Inf" ? Infinity : Number(labels.le);
      buckets.set(end, (buckets.get(end) ?? 0) + sign * value);
    }
  };
  add(after, 1);
  if (before) add(before, -1);
  const ends = [...buckets.entries()].sort((a, b) => a[0] - b[0]);
  const total = ends[ends.length - 1]?.[1] ?? 0;
  if (total <= 0) return null;
  const rank = q * total;
  let low = 0;
  let below = 0;
  for (const [end, count] of ends) {
    if (count >= rank) return end === Infinity ? low : low + (end - low) * ((rank - below) / Math.max(1e-9, count - below));
    low = end;
    below = count;
  }
  return low;
}
