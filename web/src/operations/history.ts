// The data of the charts: differences between consecutive readings of /metrics over a few minutes.
import { quantile, sum, type Match, type Metrics } from "./prometheus";

export interface Reading {
  at: number; // seconds
  metrics: Metrics;
}

// null: nothing was measured.
export interface Point {
  at: number; // seconds
  all: number | null; // requests a second
  searches: number | null;
  refused: number | null; // a second
  failed: number | null;
  median: number | null; // ms of searches
  p95: number | null;
  inFlight: number | null;
  queued: number | null;
  cores: number | null; // of the processor, in use
  memory: number | null; // bytes
}

const OWN = new Set(["/metrics", "/health", "/live", "/ready", "/api/v1/metrics/history"]); // polled by this page and by monitoring
const SEARCH = new Set(["/api/v1/search", "/search_by_image"]);
export const isSearch: Match = ({ route = "" }) => SEARCH.has(route);
export const isTraffic: Match = ({ route = "" }) => !OWN.has(route);

export function pointOf(before: Reading, after: Reading): Point {
  const seconds = Math.max(0.001, after.at - before.at);
  const increase = (name: string, match?: Match) => Math.max(0, sum(after.metrics, name, match) - sum(before.metrics, name, match)) / seconds;
  const rate = (match: Match) => increase("fit_http_requests_total", match);
  const ms = (q: number) => {
    const value = quantile(q, "fit_http_request_duration_seconds", before.metrics, after.metrics, isSearch);
    return value === null ? null : value * 1000;
  };
  return {
    at: after.at,
    all: rate(isTraffic),
    searches: rate(isSearch),
    refused: rate((labels) => isTraffic(labels) && (labels.status ?? "").startsWith("4")),
    failed: rate((labels) => isTraffic(labels) && (labels.status ?? "").startsWith("5")),
    median: ms(0.5),
    p95: ms(0.95),
    // This page's own request is one of them.
    inFlight: Math.max(0, sum(after.metrics, "fit_http_requests_in_flight") - 1),
    queued: sum(after.metrics, "fit_http_queue_length"),
    cores: increase("process_cpu_seconds_total"),
    memory: sum(after.metrics, "process_resident_memory_bytes"),
  };
}

export interface RouteRow {
  route: string;
  requests: number;
  mean: number | null; // ms
  p95: number | null;
}

// Totals since the server started.
export function routesOf(metrics: Metrics): RouteRow[] {
  const routes = new Set((metrics.get("fit_http_requests_total") ?? []).filter(({ labels }) => isTraffic(labels)).map(({ labels }) => labels.route ?? ""));
  return [...routes]
    .map((route) => {
      const match: Match = (labels) => labels.route === route;
      const count = sum(metrics, "fit_http_request_duration_seconds_count", match);
      const p95 = quantile(0.95, "fit_http_request_duration_seconds", undefined, metrics, match);
      return {
        route,
        requests: sum(metrics, "fit_http_requests_total", match),
        mean: count > 0 ? (sum(metrics, "fit_http_request_duration_seconds_sum", match) / count) * 1000 : null,
        p95: p95 === null ? null : p95 * 1000,
      };
    })
    .sort((a, b) => b.requests - a.requests);
}
