// How many attempts ended in a minute, by the counters of /metrics.
import { sum, type Metrics } from "../operations/prometheus";

export interface JobReading {
  at: number; // milliseconds
  metrics: Metrics;
}

export interface Rate {
  done: number; // a minute
  failed: number;
}

const WINDOW_MS = 60_000;

// Adds a reading to those of the last minute. A server that has started again begins to count anew.
export function withReading(readings: JobReading[], reading: JobReading): JobReading[] {
  const last = readings.at(-1);
  const total = ({ metrics }: JobReading) => sum(metrics, "jobs_processed_total");
  if (last && total(reading) < total(last)) return [reading];
  return [...readings.filter(({ at }) => reading.at - at <= WINDOW_MS), reading];
}

// The rates of a queue between the first and the last reading; undefined before there are two.
export function rateOf(readings: JobReading[], queue: string): Rate | undefined {
  const [first] = readings;
  const last = readings.at(-1);
  if (!first || !last || last.at <= first.at) return undefined;
  const minutes = (last.at - first.at) / 60_000;
  const rate = (status: string) => {
    const match = (labels: Record<string, string>) => labels.queue === queue && labels.status === status;
    return (sum(last.metrics, "jobs_processed_total", match) - sum(first.metrics, "jobs_processed_total", match)) / minutes;
  };
  return { done: rate("done"), failed: rate("failed") };
}
