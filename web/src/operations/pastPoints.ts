// The data of the charts of a longer time, which the server has kept.
import type { Alarm, MetricHistory } from "../api/metricHistory";
import type { Point } from "./history";

const MISSED_STEPS = 2.5; // after so many steps without a point the server did not run

export interface Event {
  at: number; // seconds
  kind: "start" | "alarm" | "alarmEnd";
  name: string; // the version that was started, or the rule
}

const seconds = (time: string) => Date.parse(time) / 1000;

// What the charts draw where nothing was measured: a gap.
const nothing = (at: number): Point => ({ at, all: null, searches: null, refused: null, failed: null, median: null, p95: null, inFlight: null, queued: null, cores: null, memory: null });

export function pastPoints({ points, step_s }: MetricHistory): Point[] {
  const past: Point[] = [];
  for (const one of points) {
    const at = seconds(one.at);
    const before = past.at(-1)?.at;
    if (before !== undefined && at - before > MISSED_STEPS * step_s) past.push(nothing(before + step_s));
    past.push({
      at,
      all: one.requests_per_s,
      searches: one.searches_per_s,
      refused: one.client_errors_per_s,
      failed: one.server_errors_per_s,
      median: one.search_median_ms,
      p95: one.search_p95_ms,
      inFlight: one.in_flight,
      queued: one.queued,
      cores: one.cores,
      memory: one.memory_bytes,
    });
  }
  return past;
}

// What happened in the time of the points, the earliest first.
export function eventsOf(history: MetricHistory, alarms: Alarm[], points: Point[]): Event[] {
  const [first, last] = [points[0]?.at, points.at(-1)?.at];
  if (first === undefined || last === undefined) return [];
  const all: Event[] = history.starts.map((one) => ({ at: seconds(one.at), kind: "start", name: one.version }));
  for (const one of alarms) {
    all.push({ at: seconds(one.started_at), kind: "alarm", name: one.rule });
    if (one.ended_at) all.push({ at: seconds(one.ended_at), kind: "alarmEnd", name: one.rule });
  }
  // The first point is a step after the start of the server, or a little later.
  return all.filter(({ at }) => at >= first - 2 * history.step_s && at <= last).sort((a, b) => a.at - b.at);
}
