import { describe, expect, it } from "vitest";
import { pointOf, routesOf } from "./history";
import { parseMetrics, quantile, sum } from "./prometheus";

const text = (n: number) => `# HELP fit_http_requests_total Requests answered
# TYPE fit_http_requests_total counter
fit_http_requests_total{method="POST",route="/api/v1/search",status="200"} ${10 * n}
fit_http_requests_total{method="POST",route="/api/v1/search",status="422"} ${n}
fit_http_requests_total{method="GET",route="/metrics",status="200"} ${100 * n}
fit_http_request_duration_seconds_count{route="/api/v1/search"} ${10 * n}
fit_http_request_duration_seconds_sum{route="/api/v1/search"} ${0.1 * n}
fit_http_request_duration_seconds_bucket{route="/api/v1/search",le="0.01"} ${5 * n}
fit_http_request_duration_seconds_bucket{route="/api/v1/search",le="0.02"} ${9 * n}
fit_http_request_duration_seconds_bucket{route="/api/v1/search",le="+Inf"} ${10 * n}
fit_http_requests_in_flight 3
fit_odd{name="a \\"b\\" c"} 1e-3
`;

describe("Prometheus' text", () => {
  it("is read with its labels", () => {
    const metrics = parseMetrics(text(1));
    expect(sum(metrics, "fit_http_requests_total", ({ route }) => route === "/api/v1/search")).toBe(11);
    expect(metrics.get("fit_odd")?.[0]).toEqual({ labels: { name: 'a "b" c' }, value: 0.001 });
    expect(sum(metrics, "nothing")).toBe(0);
    expect(parseMetrics("rubbish {{{\n\n").size).toBe(0);
  });
  it("gives quantiles between two readings", () => {
    const [before, after] = [parseMetrics(text(1)), parseMetrics(text(3))];
    expect(quantile(0.5, "fit_http_request_duration_seconds", before, after)).toBeCloseTo(0.01);
    expect(quantile(0.7, "fit_http_request_duration_seconds", before, after)).toBeCloseTo(0.015);
    expect(quantile(0.99, "fit_http_request_duration_seconds", before, after)).toBeCloseTo(0.02);
    expect(quantile(0.5, "fit_http_request_duration_seconds", after, after)).toBeNull();
  });
  it("becomes a point of the charts, without this page's own questions", () => {
    const point = pointOf({ at: 10, metrics: parseMetrics(text(1)) }, { at: 12, metrics: parseMetrics(text(3)) });
    expect(point).toMatchObject({ all: 11, searches: 11, refused: 1, failed: 0, inFlight: 2 });
    expect(point.median).toBeCloseTo(10);
    expect(routesOf(parseMetrics(text(1)))).toEqual([{ route: "/api/v1/search", requests: 11, mean: 10, p95: 20 }]);
  });
});
