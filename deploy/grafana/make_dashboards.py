#!/usr/bin/env python3
"""Writes the dashboards of Grafana, which dashboards/ holds as JSON. A test compares them.

usage: make_dashboards.py [FOLDER]     (default: dashboards/ beside this file)
"""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = {"type": "prometheus", "uid": "prometheus"}


def quantiles(metric, by="", where="", parts=(0.5, 0.95, 0.99)):
    """Queries of a histogram's quantiles: `by` splits them by a label."""
    labels = f"le, {by}" if by else "le"
    legend = f"{{{{{by}}}}} " if by else ""
    return [(f"histogram_quantile({part}, sum by ({labels}) (rate({metric}_bucket{where}[$__rate_interval])))",
             f"{legend}p{part * 100:g}") for part in parts]


def rate(metric, by="", where=""):
    total = f"sum by ({by})" if by else "sum"
    return [(f"{total} (rate({metric}{where}[$__rate_interval]))", f"{{{{{by}}}}}" if by else "all")]


def value(query, legend):
    return [(query, legend)]


# The panels of each dashboard: (title, unit of Grafana, queries with legends).
DASHBOARDS = {
    "overview": ("Overview", [
        ("Servers", "short", value('sum(up{job="fit"})', "up")),
        ("Items", "short", value("max(fit_items)", "items")),
        ("Requests", "reqps", rate("fit_http_requests_total", "status")),
        ("Errors", "percentunit", value('sum(rate(fit_http_requests_total{status=~"5.."}[$__rate_interval])) / '
                                        "sum(rate(fit_http_requests_total[$__rate_interval]))", "5xx")),
        ("Searches", "s", quantiles("fit_query_seconds")),
        ("Jobs that wait", "short", value("max by (queue) (queue_depth)", "{{queue}}")),
        ("Dead letters", "short", value("max by (queue) (queue_dead_letters)", "{{queue}}")),
        ("Images without a vector", "percentunit", value("fit_index_missing_ratio and on (instance, space) fit_space_serves == 1",
                                                         "{{instance}} {{space}}")),
    ]),
    "api": ("API", [
        ("Requests by route", "reqps", rate("fit_http_requests_total", "route")),
        ("Duration by route, p95", "s", quantiles("fit_http_request_duration_seconds", "route", parts=(0.95,))),
        ("In flight", "short", value("sum by (instance) (fit_http_requests_in_flight)", "{{instance}}")),
        ("Queued", "short", value("fit_http_queue_length", "{{instance}}")),
        ("Connections", "short", value("fit_http_connections", "{{instance}}")),
        ("Refused by rate limits", "reqps", rate("fit_http_rate_limited_total", "class")),
        ("Refused before a route", "reqps", rate("fit_http_refused_total", "reason")),
        ("Certificate ends in", "s", value("fit_tls_certificate_expiry_timestamp_seconds - time()", "{{instance}}")),
    ]),
    "search": ("Search", [
        ("Queries by kind", "reqps", rate("fit_query_seconds_count", "kind")),
        ("Duration by kind, p95", "s", quantiles("fit_query_seconds", "kind", parts=(0.95,))),
        ("Vector of the query", "s", quantiles("fit_search_embed_seconds")),
        ("Search from the vector on", "s", quantiles("fit_search_seconds")),
        ("One search of an index", "s", quantiles("fit_index_seconds", "space", parts=(0.5, 0.95))),
        ("Cache hits", "percentunit", value("sum by (kind) (rate(fit_cache_hits_total[$__rate_interval])) / "
                                            "(sum by (kind) (rate(fit_cache_hits_total[$__rate_interval])) + "
                                            "sum by (kind) (rate(fit_cache_misses_total[$__rate_interval])))", "{{kind}}")),
        ("Index", "bytes", value("fit_index_bytes", "{{instance}} {{space}}")),
        ("Images in the index", "short", value("fit_index_images", "{{instance}} {{space}}")),
        ("Images without a vector", "short", value("fit_index_missing", "{{instance}} {{space}}")),
    ]),
    "quality": ("Search quality", [
        ("Recall by kind and selectivity", "percentunit", value("min by (kind, selectivity) (fit_recall_ratio)", "{{kind}} {{selectivity}}")),
        ("Searches without results", "percentunit", value('sum by (kind) (rate(fit_first_pages_total{outcome="empty"}[$__rate_interval])) / '
                                                          "sum by (kind) (rate(fit_first_pages_total[$__rate_interval]))", "{{kind}}")),
        ("First pages without a relevant result", "percentunit",
         value('sum by (kind) (rate(fit_first_pages_total{outcome="irrelevant"}[$__rate_interval])) / '
               'sum by (kind) (rate(fit_first_pages_total{outcome=~"relevant|irrelevant"}[$__rate_interval]))', "{{kind}}")),
        ("Similarity of the first result, median", "short", quantiles("fit_first_result_similarity", "kind", parts=(0.5,))),
        ("Drift of queries and catalogue", "percentunit", [("max by (space) (fit_query_drift_ratio)", "queries, {{space}}"),
                                                           ("max by (space) (fit_catalogue_drift_ratio)", "catalogue, {{space}}")]),
        ("Fixed images embedded again", "short", value("min by (space) (fit_embedding_consistency_ratio)", "{{space}}")),
        ("Confidence of properties", "percentunit", value("min by (property) (fit_property_confidence_ratio)", "{{property}}")),
        ("Images without a vector", "percentunit", value("max by (space) (fit_index_missing_ratio)", "{{space}}")),
        ("Probes by outcome", "reqps", rate("fit_recall_probes_total", "outcome")),
    ]),
    "models": ("Models", [
        ("One run", "s", quantiles("fit_embed_model_seconds", "space", parts=(0.5, 0.95))),
        ("Wait for a run", "s", quantiles("fit_embed_wait_seconds", "space", parts=(0.5, 0.95))),
        ("Requests in one run", "short", quantiles("fit_embed_batch_size", "space", parts=(0.5, 0.95))),
        ("Rejected", "reqps", rate("fit_embed_rejected_total", "space")),
        ("Failed", "reqps", rate("fit_embed_failed_total", "space")),
        ("Decode an image", "s", quantiles("fit_picture_decode_seconds")),
        ("Captions by outcome", "reqps", rate("fit_caption_requests_total", "outcome")),
        ("Text embeddings by outcome", "reqps", rate("fit_text_embedding_requests_total", "outcome")),
    ]),
    "queue": ("Queue and sources", [
        ("Jobs that wait", "short", value("max by (queue) (queue_depth)", "{{queue}}")),
        ("Age of the oldest", "s", value("max by (queue) (queue_oldest_age_seconds)", "{{queue}}")),
        ("Attempts by outcome", "ops", rate("jobs_processed_total", "status")),
        ("Duration of an attempt, p95", "s", quantiles("job_processing_duration_seconds", "queue", parts=(0.95,))),
        ("Jobs at work", "short", value("active_workers", "{{instance}}")),
        ("Files to ingest", "reqps", rate("ingest_requests_total", "status")),
        ("Healthy sources", "short", value("fit_source_healthy", "{{source}}")),
        ("Listings of sources", "ops", rate("fit_source_listings_total", "outcome")),
        ("Alerts", "ops", rate("fit_alerts_total", "event")),
        ("Messages", "ops", rate("fit_notifications_total", "outcome")),
    ]),
    "database": ("Database and Redis", [
        ("Connections", "short", value("sum by (instance, state) (fit_database_connections)", "{{instance}} {{state}}")),
        ("Calls that wait", "short", value("sum by (for) (fit_database_waiting)", "{{for}}")),
        ("Queries, p95", "s", quantiles("fit_database_query_seconds", "kind", parts=(0.95,))),
        ("Lag of standbys", "s", value("fit_replica_lag_seconds", "{{instance}} {{replica}}")),
        ("Items written", "ops", rate("fit_items_written_total", "outcome")),
        ("Redis connected", "short", value("fit_redis_connected", "{{instance}}")),
        ("Calls to Redis, p95", "s", quantiles("fit_redis_seconds", "call", parts=(0.95,))),
        ("Failed calls to Redis", "ops", rate("fit_redis_failures_total")),
        ("Memory of caches", "bytes", value("fit_cache_memory_bytes", "{{instance}}")),
    ]),
    "system": ("System", [
        ("Cores in use", "short", value('rate(process_cpu_seconds_total{job=~"fit|fit-worker"}[$__rate_interval])', "{{instance}}")),
        ("Resident memory", "bytes", value('process_resident_memory_bytes{job=~"fit|fit-worker"}', "{{instance}}")),
        ("Open files of those allowed", "percentunit",
         value('process_open_fds{job=~"fit|fit-worker"} / process_max_fds{job=~"fit|fit-worker"}', "{{instance}}")),
        ("Free space of STORAGE_PATH", "bytes", value("fit_storage_free_bytes", "{{instance}}")),
        ("Disk in use", "percentunit", value("1 - fit_storage_free_bytes / fit_storage_size_bytes", "{{instance}}")),
        ("Age of the last backup", "s", value("time() - max(fit_backup_timestamp_seconds > 0)", "backup")),
        ("Damaged images", "short", value("max(fit_damaged_images)", "images")),
        ("Spans and reports that were dropped", "ops", [*rate("fit_trace_spans_dropped_total", "reason"),
                                                        ("sum (rate(fit_error_reports_dropped_total[$__rate_interval]))", "reports")]),
    ]),
}


def panel(number, title, unit, queries):
    return {
        "id": number + 1, "type": "timeseries", "title": title, "datasource": SOURCE,
        "gridPos": {"x": 12 * (number % 2), "y": 8 * (number // 2), "w": 12, "h": 8},
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi", "sort": "desc"}},
        "targets": [{"refId": chr(ord("A") + i), "datasource": SOURCE, "expr": query, "legendFormat": legend}
                    for i, (query, legend) in enumerate(queries)],
    }


def dashboard(name, title, panels):
    return {
        "uid": f"fit-{name}", "title": title, "tags": ["find-this-fit"], "schemaVersion": 39, "editable": True,
        "timezone": "browser", "refresh": "30s", "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": []}, "annotations": {"list": []},
        "panels": [panel(number, *one) for number, one in enumerate(panels)],
    }


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "dashboards"
    folder.mkdir(parents=True, exist_ok=True)
    for name, (title, panels) in DASHBOARDS.items():
        (folder / f"{name}.json").write_text(json.dumps(dashboard(name, title, panels), indent=1) + "\n")


if __name__ == "__main__":
    main()
