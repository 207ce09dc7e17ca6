import { expect, it } from "vitest";
import type { MetricHistory } from "../api/metricHistory";
import { eventsOf, pastPoints } from "./pastPoints";

const at = (second: number) => new Date(second * 1000).toISOString();
const point = (second: number) => ({
  at: at(second), requests_per_s: 2, searches_per_s: 1, client_errors_per_s: 0, server_errors_per_s: 0,
  search_median_ms: null, search_p95_ms: 12, in_flight: 1, queued: 0, cores: 0.5, memory_bytes: 1000,
});
const history: MetricHistory = {
  step_s: 10,
  points: [point(1000), point(1010), point(1100)],
  starts: [{ at: at(500), version: "0.9.0" }, { at: at(989), version: "1.0.0" }, { at: at(1090), version: "1.1.0" }],
};

it("leaves a gap where the server did not run", () => {
  const points = pastPoints(history);
  expect(points.map((one) => one.at)).toEqual([1000, 1010, 1020, 1100]);
  expect(points[2]!.all).toBeNull();
  expect(points[3]).toMatchObject({ all: 2, searches: 1, median: null, p95: 12, cores: 0.5, memory: 1000 });
});

it("has the events of the time that is shown, in their order", () => {
  const alarm = { id: "1", rule_id: "1", rule: "Errors", condition: "", value: 1, notices: 0 } as const;
  const alarms = [
    { ...alarm, state: "firing", started_at: at(1099), ended_at: null } as const,
    { ...alarm, state: "resolved", started_at: at(900), ended_at: at(1005) } as const,
  ];
  expect(eventsOf(history, alarms, pastPoints(history))).toEqual([
    { at: 989, kind: "start", name: "1.0.0" },
    { at: 1005, kind: "alarmEnd", name: "Errors" },
    { at: 1090, kind: "start", name: "1.1.0" },
    { at: 1099, kind: "alarm", name: "Errors" },
  ]);
  expect(eventsOf({ ...history, points: [] }, alarms, [])).toEqual([]);
});
