"""Jobs, queues and dead letters by the API and the command line."""

import datetime
import json

import pytest

import fit_process
import job_table
from fit_process import Server, wait_until
from job_table import KIND, OTHER_KIND

ROOT = "the-key-of-the-environment"


def time_text(seconds):
    time = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return time.isoformat().replace("+00:00", "Z")


def ids(answer):
    assert answer.status_code == 200, answer.text
    return [job["id"] for job in answer.json()["jobs"]]


def test_jobs_are_listed_and_shown(empty_server):
    data = empty_server.data
    waiting = job_table.add(data, submitter="key:7")
    done = job_table.add(data, kind=OTHER_KIND, state="done")
    dead = job_table.add(data, state="dead", error_class="bad_input")
    assert ids(empty_server.get("/api/v1/jobs")) == [dead, done, waiting]
    assert ids(empty_server.get(f"/api/v1/jobs?kind={KIND}")) == [dead, waiting]
    assert ids(empty_server.get("/api/v1/jobs?state=done")) == [done]
    assert ids(empty_server.get("/api/v1/jobs?error_class=bad_input")) == [dead]
    assert ids(empty_server.get("/api/v1/jobs?submitter=key:7")) == [waiting]
    first = empty_server.get("/api/v1/jobs?limit=2").json()
    assert [job["id"] for job in first["jobs"]] == [dead, done]
    assert ids(empty_server.get(f"/api/v1/jobs?limit=2&before={first['next_before']}")) == [waiting]

    answer = empty_server.get(f"/api/v1/jobs/{dead}")
    job = answer.json()
    assert job["state"] == "dead" and job["payload"] == {"asset": 1}
    assert job["error"] == {"class": "bad_input", "code": "malformed", "message": "is no image", "field": "file"}
    assert job["failed_attempts"][0]["error"] == job["error"]
    assert "private" not in answer.text
    assert empty_server.get("/api/v1/jobs/999999").status_code == 404


@pytest.mark.parametrize("query, field", [
    ("state=asleep", "state"), ("error_class=odd", "error_class"), ("kind=A%20B", "kind"), ("limit=0", "limit"),
    ("limit=1001", "limit"), ("limit=x", "limit"), ("before=-1", "before"), ("from=yesterday", "from"),
    ("until=", "until"), ("submitter=%00", "submitter"), ("colour=red", "colour")])
def test_bad_parameters_are_named(server, query, field):
    for path in ("/api/v1/jobs", "/api/v1/admin/dlq"):
        if field == "state" and path.endswith("dlq"):
            continue
        answer = server.get(f"{path}?{query}")
        assert answer.status_code == 422, answer.text
        assert field in answer.json()["detail"]


def test_callers_see_their_own_jobs(tmp_path):
    with Server(tmp_path, API_KEY=ROOT) as server:
        root = {"X-API-Key": ROOT}
        key = server.post("/api/v1/keys", json={"name": "one", "scopes": ["ingest"]}, headers=root).json()
        own = {"X-API-Key": key["secret"]}
        mine = job_table.add(tmp_path, submitter=f"key:{key['id']}")
        other = job_table.add(tmp_path, submitter="key:999")
        assert ids(server.get("/api/v1/jobs", headers=own)) == [mine]
        assert ids(server.get("/api/v1/jobs", headers=root)) == [other, mine]
        assert server.get("/api/v1/jobs?submitter=key:999", headers=own).status_code == 403
        assert server.get(f"/api/v1/jobs/{mine}", headers=own).status_code == 200
        assert server.get(f"/api/v1/jobs/{other}", headers=own).status_code == 404
        assert server.post(f"/api/v1/jobs/{other}/cancel", headers=own).status_code == 404
        assert server.post(f"/api/v1/jobs/{mine}/cancel", headers=own).json()["state"] == "cancelled"
        for path in ("/api/v1/queues", "/api/v1/admin/dlq"):
            assert server.get(path, headers=own).status_code == 403
        server.post(f"/api/v1/queues/{KIND}/pause", headers=root)
        wait_until(lambda: "queues.pause" in server.get("/api/v1/audit?action=queues", headers=root).text, "the audit log")


def test_a_job_is_cancelled(empty_server):
    waiting = job_table.add(empty_server.data)
    running = job_table.add(empty_server.data, state="running", lease_until=2**62)
    assert empty_server.post(f"/api/v1/jobs/{waiting}/cancel").json()["state"] == "cancelled"
    again = empty_server.post(f"/api/v1/jobs/{waiting}/cancel")
    assert again.status_code == 409 and "cancelled" in again.json()["detail"]
    asked = empty_server.post(f"/api/v1/jobs/{running}/cancel").json()
    assert asked["state"] == "running" and asked["cancel_requested"]
    assert empty_server.post("/api/v1/jobs/999999/cancel").status_code == 404


def queue(server, name=KIND):
    queues = {one["name"]: one for one in server.get("/api/v1/queues").json()["queues"]}
    return queues.get(name)


def test_a_queue_is_paused_and_resumed(empty_server):
    job_table.add(empty_server.data)
    job_table.add(empty_server.data, state="dead", error_class="transient")
    assert queue(empty_server)["waiting"] == 1 and queue(empty_server)["dead"] == 1
    assert queue(empty_server)["oldest_waiting_at"] and not queue(empty_server)["paused"]
    path = f"/api/v1/queues/{KIND}"
    assert empty_server.post(path + "/pause").json()["paused"]
    assert queue(empty_server)["paused_until"] is None
    until = time_text(3600)
    paused = empty_server.post(path + "/pause", json={"until": until, "reason": "a repair"}).json()
    assert paused["paused_until"] == until and paused["pause_reason"] == "a repair"
    assert queue(empty_server) == paused
    assert not empty_server.post(path + "/resume").json()["paused"]
    for body, field in (({"until": time_text(-5)}, "until"), ({"until": "soon"}, "until"), ({"why": "x"}, "why"),
                        ({"reason": 5}, "reason")):
        refused = empty_server.post(path + "/pause", json=body)
        assert refused.status_code == 422 and field in refused.json()["detail"]
    assert empty_server.post(path + "/pause", data="{", headers={"Content-Type": "application/json"}).status_code == 400
    assert empty_server.post("/api/v1/queues/No%20Queue/pause").status_code == 422
    assert not queue(empty_server)["paused"]


def test_dead_letters_are_found_retried_and_discarded(empty_server):
    data = empty_server.data
    first = job_table.add(data, state="dead", error_class="bad_input", priority=7, submitter="key:3", max_attempts=2)
    second = job_table.add(data, kind=OTHER_KIND, state="dead", error_class="transient")
    job_table.add(data)
    assert ids(empty_server.get("/api/v1/admin/dlq")) == [second, first]
    assert ids(empty_server.get(f"/api/v1/admin/dlq?kind={OTHER_KIND}")) == [second]
    assert ids(empty_server.get("/api/v1/admin/dlq?error_class=bad_input")) == [first]
    assert ids(empty_server.get("/api/v1/admin/dlq?from=" + time_text(60))) == []
    assert ids(empty_server.get("/api/v1/admin/dlq?until=" + time_text(60))) == [second, first]
    assert empty_server.get(f"/api/v1/admin/dlq/{first}").json()["failed_attempts"]

    made = empty_server.post(f"/api/v1/admin/dlq/{first}/retry")
    assert made.status_code == 201, made.text
    job = made.json()
    assert job["retried_from"] == first and job["state"] == "waiting"
    assert (job["priority"], job["submitter"], job["max_attempts"]) == (7, "key:3", 2)
    assert empty_server.get(f"/api/v1/jobs/{job['id']}").json()["payload"] == {"asset": 1}
    assert empty_server.get(f"/api/v1/jobs/{first}").json()["retried_as"] == job["id"]
    assert empty_server.get(f"/api/v1/admin/dlq/{first}").status_code == 404
    assert empty_server.post(f"/api/v1/admin/dlq/{first}/retry").status_code == 409
    assert empty_server.delete(f"/api/v1/admin/dlq/{second}").status_code == 204
    assert empty_server.get(f"/api/v1/jobs/{second}").json()["state"] == "discarded"
    assert empty_server.delete(f"/api/v1/admin/dlq/{second}").status_code == 409
    assert empty_server.delete("/api/v1/admin/dlq/999999").status_code == 404
    assert ids(empty_server.get("/api/v1/admin/dlq")) == []


def test_many_dead_letters_are_retried_at_a_rate(empty_server):
    path = "/api/v1/admin/dlq/retry"
    assert empty_server.get(path).status_code == 404
    for _ in range(4):
        job_table.add(empty_server.data, state="dead", error_class="transient")
    job_table.add(empty_server.data, kind=OTHER_KIND, state="dead", error_class="transient")
    for body, field in (({"per_second": 0}, "per_second"), ({"per_second": "fast"}, "per_second"),
                        ({"kind": "A"}, "kind"), ({"error_class": "odd"}, "error_class"), ({"all": True}, "all")):
        refused = empty_server.post(path, json=body)
        assert refused.status_code == 422 and field in refused.json()["detail"], refused.text

    slow = empty_server.post(path, json={"kind": KIND, "per_second": 0.001})
    assert slow.status_code == 202 and slow.json()["running"]
    wait_until(lambda: empty_server.get(path).json()["retried"] == 1, "the first retry")
    assert empty_server.post(path, json={}).status_code == 409
    stopped = empty_server.delete(path).json()
    assert not stopped["running"] and stopped["retried"] == 1
    assert empty_server.post(path, json={"kind": KIND, "per_second": 1000}).status_code == 202
    wait_until(lambda: not empty_server.get(path).json()["running"], "the retry of the rest")
    assert empty_server.get(path).json()["retried"] == 3
    assert queue(empty_server)["dead"] == 0 and queue(empty_server)["waiting"] == 4
    assert queue(empty_server, OTHER_KIND)["dead"] == 1


def test_metrics_and_health_show_the_queues(empty_server):
    job_table.add(empty_server.data)
    wait_until(lambda: f'queue_depth{{queue="{KIND}"}} 1' in empty_server.get("/metrics").text, "the count of jobs")
    metrics = empty_server.get("/metrics").text
    assert f'queue_oldest_age_seconds{{queue="{KIND}"}}' in metrics
    assert f'queue_dead_letters{{queue="{KIND}"}} 0' in metrics
    part = next(part for part in empty_server.get("/health").json()["parts"] if part["name"] == "queue")
    assert part["status"] == "ok" and part["state"]["queues"][0]["waiting"] == 1


def test_finished_jobs_are_pruned(tmp_path):
    with Server(tmp_path, JOB_RETENTION=1):
        pass
    old = job_table.add(tmp_path, state="done", finished_at=1)
    dead = job_table.add(tmp_path, state="dead", error_class="transient", finished_at=1)
    new = job_table.add(tmp_path, state="done")
    with Server(tmp_path, JOB_RETENTION=1) as server:
        wait_until(lambda: old not in ids(server.get("/api/v1/jobs")), "the removal")
        assert ids(server.get("/api/v1/jobs")) == [new, dead]


def test_the_command_line_works_on_jobs(tmp_path):
    fit_process.run(tmp_path, "jobs", "queues")
    dead = job_table.add(tmp_path, state="dead", error_class="bad_input")
    others = [job_table.add(tmp_path, state="dead", error_class="transient") for _ in range(3)]

    def fit(*arguments, **options):
        return fit_process.run(tmp_path, "jobs", *arguments, **options)

    assert KIND in fit("list", "--state", "dead").stdout
    listed = json.loads(fit("list", "--error-class", "bad_input", "--json").stdout)["jobs"]
    assert [job["id"] for job in listed] == [dead]
    shown = json.loads(fit("show", dead).stdout)
    assert shown["failed_attempts"][0]["error"]["detail"] == "a private detail"
    assert f"does job {dead} again" in fit("retry", dead).stdout
    assert f"job {others[0]} is discarded" in fit("discard", others[0]).stdout
    assert "2 dead letters" in fit("retry", "--all", "--error-class", "transient").stdout
    queues = json.loads(fit("queues", "--json").stdout)["queues"]
    assert queues[0]["waiting"] == 3 and queues[0]["dead"] == 0
    for arguments, text in ((("retry", dead), "only dead letters"), (("retry",), "--all"), (("show", "999999"), "no job"),
                            (("list", "--state", "odd"), "--state"), (("retry", "--queue", KIND, dead), "--all")):
        failed = fit(*arguments, check=False)
        assert failed.returncode == 1 and text in failed.stderr, failed.stderr


@pytest.mark.parametrize("settings, text", [
    ({"QUEUES": "no-such-queue"}, "QUEUES"), ({"QUEUE_BACKEND": "inproc"}, "QUEUE_BACKEND"), ({"WORKERS": 0}, "WORKERS")])
def test_a_worker_refuses_settings_without_a_meaning(tmp_path, settings, text):
    failed = fit_process.run(tmp_path, "worker", check=False, **settings)
    assert failed.returncode == 1 and text in failed.stderr
