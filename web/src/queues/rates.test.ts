import { expect, it } from "vitest";
import { parseMetrics } from "../operations/prometheus";
import { rateOf, withReading } from "./rates";

const reading = (at: number, done: number, failed = 0) => ({
  at,
  metrics: parseMetrics(`jobs_processed_total{queue="asset",status="done"} ${done}\njobs_processed_total{queue="asset",status="failed"} ${failed}\njobs_processed_total{queue="label",status="done"} 7`),
});

it("rates are those of the last minute", () => {
  let readings = withReading([], reading(0, 100));
  expect(rateOf(readings, "asset")).toBeUndefined();
  readings = withReading(readings, reading(30_000, 130, 2));
  expect(rateOf(readings, "asset")).toEqual({ done: 60, failed: 4 });
  expect(rateOf(readings, "label")).toEqual({ done: 0, failed: 0 });
  readings = withReading(readings, reading(90_000, 140, 2));
  expect(rateOf(readings, "asset")).toEqual({ done: 10, failed: 0 });
});

it("a server that has started again counts anew", () => {
  const readings = withReading([reading(0, 100)], reading(5_000, 3));
  expect(readings).toHaveLength(1);
  expect(rateOf(readings, "asset")).toBeUndefined();
});
