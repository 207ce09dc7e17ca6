"""Reports of unexpected errors and crashes, as envelopes to a server of the test."""

import signal
import sqlite3

import pytest

import fit_process
import job_table
from fit_process import Server, wait_until
from receivers import ErrorReceiver

PRIVATE = "anna@shop.example"


def reporting(data, receiver, **settings):
    # Nothing else may look at the tables that tests hide.
    quiet = {"ALERT_RULES_INTERVAL": 0, "CLUSTERS": "false"}
    return Server(data, **{"SENTRY_DSN": receiver.dsn, "SENTRY_ENVIRONMENT": "staging"} | quiet | settings)


def events(receiver, count):
    wait_until(lambda: len(receiver.requests) >= count, f"{count} reports")
    return receiver.events()


def rename(data, table, name):
    """Renames a table of a SQLite catalogue, without a look at its triggers, which have a tokenizer of the program."""
    with sqlite3.connect(f"{data}/fit.db", timeout=60) as database:
        database.execute("PRAGMA legacy_alter_table=ON")
        database.execute(f"ALTER TABLE {table} RENAME TO {name}")
    database.close()


@pytest.fixture
def receiver():
    with ErrorReceiver() as running:
        yield running


def test_an_unexpected_error_is_reported_without_what_is_personal(tmp_path, receiver):
    with reporting(tmp_path, receiver, TRACING_ENABLED="true", OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1") as server:
        # What the client does wrong, and what is not there, is no error of the program.
        assert server.get("/api/v1/items/999999").status_code == 404
        assert server.search(text="").status_code == 422
        rename(tmp_path, "alert_rules", "hidden_rules")
        answer = server.get("/api/v1/alert-rules", headers={"X-Request-ID": "request-9", "Cookie": f"mail={PRIVATE}",
                                                            "User-Agent": PRIVATE})
        assert answer.status_code == 500
        event, = events(receiver, 1)
        assert event["environment"] == "staging" and event["level"] == "error" and event["logger"] == "http"
        assert event["message"]["formatted"] == "request failed"
        assert event["tags"] == {"request_id": "request-9", "route": "/api/v1/alert-rules", "status": "500"}
        assert event["contexts"]["trace"]["trace_id"] == answer.json()["trace_id"]
        assert "alert_rules" in event["exception"]["values"][0]["value"]
        sent = receiver.requests[0][2].decode()
        assert PRIVATE not in sent and "127.0.0.1" not in sent and str(tmp_path) not in sent
        rename(tmp_path, "hidden_rules", "alert_rules")
        wait_until(lambda: "fit_error_reports_sent_total 1" in server.get("/metrics").text, "the report in the metrics")


def test_a_job_that_fails_for_good_is_reported_unless_its_input_is_bad(tmp_path, receiver):
    with reporting(tmp_path, receiver) as server:
        bad = job_table.add(tmp_path, kind="asset", payload='{"asset": 999}', max_attempts=1)
        wait_until(lambda: server.get(f"/api/v1/jobs/{bad}").json()["state"] == "dead", "the end of the job")
        rename(tmp_path, "assets", "hidden_assets")
        broken = job_table.add(tmp_path, kind="asset", payload='{"asset": "999"}', max_attempts=1)
        wait_until(lambda: server.get(f"/api/v1/jobs/{broken}").json()["state"] == "dead", "the end of the job")
        event, = [one for one in events(receiver, 1) if one["message"]["formatted"] == "a job failed for good"]
        assert event["tags"]["job"] == str(broken) and event["tags"]["kind"] == "asset" and event["tags"]["class"] == "transient"
        rename(tmp_path, "hidden_assets", "assets")


def test_a_crash_is_reported_by_the_next_start(tmp_path, receiver):
    server = reporting(tmp_path, receiver).start()
    server.process.send_signal(signal.SIGSEGV)
    assert server.process.wait(60) == -signal.SIGSEGV
    assert not receiver.requests
    with server:
        event, = events(receiver, 1)
        assert event["level"] == "fatal" and event["message"]["formatted"] == "the program has crashed"
        crash = event["exception"]["values"][0]
        assert crash["value"] == "SIGSEGV" and not crash["mechanism"]["handled"]
        frames = crash["stacktrace"]["frames"]
        assert len(frames) > 3 and all(frame["instruction_addr"].startswith("0x") for frame in frames)
        assert any("main" in frame.get("function", "") for frame in frames), "functions have their names"
        assert "an earlier process has crashed" in server.output() and "SIGSEGV" in server.output()
    with server:
        assert len(receiver.requests) == 1, "a crash is reported once"


def test_a_server_that_cannot_take_reports_costs_no_request(tmp_path):
    with ErrorReceiver(status=500) as refusing, reporting(tmp_path, refusing) as server:
        rename(tmp_path, "alert_rules", "hidden_rules")
        assert server.get("/api/v1/alert-rules").status_code == 500
        wait_until(lambda: "fit_error_reports_dropped_total 1" in server.get("/metrics").text, "the report that was dropped")
        rename(tmp_path, "hidden_rules", "alert_rules")
        assert server.get("/api/v1/alert-rules").status_code == 200


def test_an_address_that_is_none_stops_the_start_without_showing_it(tmp_path):
    done = fit_process.run(tmp_path, "serve", check=False, SENTRY_DSN="https://public-key-of-nobody@sentry.example",
                           APP_PORT=fit_process.free_port())
    assert done.returncode != 0 and "SENTRY_DSN" in done.stderr and "public-key" not in done.stderr
