// The call of the API about trends.
import { call } from "./client";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type Trend = Schemas["Trend"];
export type TrendList = Schemas["TrendList"];
export type TrendReport = Schemas["TrendReport"];

export const TREND_WINDOWS = ["7d", "28d", "90d"] as const;
export type TrendWindow = (typeof TREND_WINDOWS)[number];

export const trends = {
  of: (window: TrendWindow, signal?: AbortSignal) => call<TrendReport>(`/api/v1/trends?${new URLSearchParams({ window })}`, { signal }),
};
