// The calls of the API about what the metrics of the server were.
import { call } from "./client";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type MetricHistory = Schemas["MetricHistory"];
export type Alarm = Schemas["RuleAlarm"];

export const RANGES = ["15m", "1h", "6h", "24h", "7d"] as const;
export type Range = (typeof RANGES)[number];

export const metricHistory = {
  of: (range: Range, signal?: AbortSignal) => call<MetricHistory>(`/api/v1/metrics/history?${new URLSearchParams({ range })}`, { signal }),
  alarms: (signal?: AbortSignal) => call<{ alerts: Alarm[] }>("/api/v1/alerts?limit=100", { signal }),
};
