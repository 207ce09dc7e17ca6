// The calls of the API about experiments.
import { call, json, removeAt } from "./client";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type Experiment = Schemas["Experiment"];
export type ExperimentWrite = Schemas["ExperimentWrite"];
export type ExperimentPatch = Schemas["ExperimentPatch"];
export type ExperimentResults = Schemas["ExperimentResults"];
export type ExperimentVariant = Schemas["ExperimentVariant"];
export type MetricResult = NonNullable<Schemas["ExperimentMetricResult"]>;
export type ShadowResults = Schemas["ShadowResults"];
export type Mode = Experiment["mode"];
export type Metric = Experiment["metric"];

export const MODES: readonly Mode[] = ["split", "interleaving", "shadow"];
export const METRICS: readonly Metric[] = ["clicks_per_search", "saves_per_search", "buys_per_search", "searches_with_click", "seconds_to_click"];
// Within one search, only what is counted by item can be compared.
export const metricsOf = (mode: Mode) => (mode === "interleaving" ? METRICS.slice(0, 3) : METRICS);

const ROOT = "/api/v1/experiments";
const at = (id: string) => `${ROOT}/${encodeURIComponent(id)}`;

export const experiments = {
  list: (signal?: AbortSignal) => call<Schemas["ExperimentList"]>(ROOT, { signal }),
  one: (id: string, signal?: AbortSignal) => call<Experiment>(at(id), { signal }),
  add: (experiment: ExperimentWrite) => call<Experiment>(ROOT, { method: "POST", ...json(experiment) }),
  change: (id: string, patch: ExperimentPatch) => call<Experiment>(at(id), { method: "PATCH", ...json(patch) }),
  remove: (id: string) => removeAt(at(id)),
};
