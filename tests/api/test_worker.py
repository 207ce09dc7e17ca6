"""Work on jobs outside of the server: fit worker, killed workers, tenants, and servers that leave jobs to others."""

import contextlib
import os
import signal
import subprocess

import fit_process
import image_files
from fit_process import BINARY, Server, environment, wait_until


@contextlib.contextmanager
def worker(data, *arguments, **settings):
    """`fit worker` until the end of the block."""
    process = subprocess.Popen([BINARY, "worker", *arguments], env=environment(data, **settings), cwd=data,
                               stderr=subprocess.PIPE, text=True)
    try:
        yield process
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=fit_process.STOP_LIMIT_S)
        assert process.returncode == 0, errors
    finally:
        process.kill()
        process.communicate()


def send(server, *numbers, **options):
    """Sends photos and returns the ids of their assets."""
    files = [("files", (f"{number}.jpg", image_files.jpeg(number))) for number in numbers]
    response = server.post("/api/v1/ingest", files=files, **options)
    assert response.status_code == 202, response.text
    return [job["asset_id"] for job in response.json().get("jobs", [response.json()])]


def states(server, assets, **options):
    return {server.get(f"/api/v1/assets/{asset}", **options).json()["state"] for asset in assets}


def count(server, state):
    return len(server.get(f"/api/v1/jobs?state={state}&limit=1000").json()["jobs"])


def test_a_worker_does_what_a_server_leaves_to_others(tmp_path):
    with Server(tmp_path, WORKERS=0) as server:
        assets = send(server, *range(5))
        assert count(server, "waiting") == 5
        with worker(tmp_path, "--workers", "2"):
            wait_until(lambda: states(server, assets) == {"done"}, "the work of the worker")
        more = send(server, 100)
        assert states(server, more) == {"queued"}, "the worker has ended"
        server.post("/api/v1/queues/asset/pause")
        with worker(tmp_path, "--queues", "asset"):
            assert count(server, "waiting") == 1
            server.post("/api/v1/queues/asset/resume")
            wait_until(lambda: states(server, more) == {"done"}, "the work after the pause")
        assert count(server, "done") == 6 and count(server, "dead") == 0


def test_jobs_of_a_killed_worker_are_done_by_another(tmp_path):
    with Server(tmp_path, WORKERS=0) as server:
        assets = send(server, *range(20))
        with contextlib.suppress(AssertionError), worker(tmp_path) as first:
            wait_until(lambda: count(server, "done") >= 3, "the first jobs")
            os.kill(first.pid, signal.SIGKILL)
        with worker(tmp_path):
            wait_until(lambda: states(server, assets) == {"done"}, "the work of the other worker", limit_s=120)
            # A job whose end the first worker could not record is taken again after its lease.
            wait_until(lambda: count(server, "done") == 20, "the ends of all jobs", limit_s=120)


def test_a_server_that_is_alone_goes_on_at_once_after_a_crash(tmp_path):
    server = Server(tmp_path, QUEUE_BACKEND="inproc").start()
    try:
        assets = send(server, *range(10))
    finally:
        server.kill()
    with Server(tmp_path, QUEUE_BACKEND="inproc") as server:
        wait_until(lambda: states(server, assets) == {"done"}, "the work after the crash")


def test_jobs_of_a_tenant_do_not_wait_for_its_next_request(tmp_path):
    with Server(tmp_path, WORKERS=0) as server:
        assert server.post("/api/v1/tenants", json={"name": "shop"}).status_code == 201
        of_shop = {"X-Tenant": "shop"}
        assets = send(server, 1, 2, headers=of_shop)
        assert server.get("/api/v1/jobs").json()["jobs"] == [], "the jobs of another tenant"
    with Server(tmp_path) as server:
        wait_until(lambda: "fit_tenants_open 1" in server.get("/metrics").text, "the opening of the tenant")
        wait_until(lambda: states(server, assets, headers=of_shop) == {"done"}, "the work on the tenant's jobs")


def test_bad_input_is_a_dead_letter_with_its_reason_and_keeps_nobody_waiting(tmp_path):
    with Server(tmp_path, WORKERS=0) as server:
        photo = image_files.jpeg(5)
        response = server.post("/api/v1/ingest", files=[("files", ("cut.jpg", photo[:len(photo) // 2]))])
        assert response.status_code == 202, response.text
        broken, good = response.json()["asset_id"], send(server, 6)
        with worker(tmp_path):
            wait_until(lambda: states(server, good) == {"done"}, "the good photo")
            wait_until(lambda: states(server, [broken]) == {"failed"}, "the cut photo")
        dead, = server.get("/api/v1/admin/dlq").json()["jobs"]
        assert dead["error"]["class"] == "bad_input" and dead["attempt"] == 1
        again = server.post(f"/api/v1/admin/dlq/{dead['id']}/retry").json()
        assert again["retried_from"] == dead["id"]
