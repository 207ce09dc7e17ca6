"""kill -9 of workers, of the server, of Redis and of the database at random moments: no job is lost, and the queue
drains."""

import contextlib
import pathlib
import signal
import subprocess
import sys
import time

import pytest
import requests

import fit_process
import image_files
import redis_process
from campaign import IS_LONG, chance, rounds
from fit_process import BINARY, Server, environment, wait_until

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
import postgres_cluster  # noqa: E402

# The test run has SQLite, and Redis on PostgreSQL; a long run has each.
BACKENDS = ["sqlite", "postgresql", "sqlite+redis", "postgresql+redis"] if IS_LONG else ["sqlite", "postgresql+redis"]


class Backend:
    """The servers behind the queue, and the settings that name them. Use as a context manager."""

    def __init__(self, name, folder):
        self.settings, self.redis, self.cluster = {}, None, None
        self.parts = contextlib.ExitStack()
        if "postgresql" in name:
            if not postgres_cluster.is_available():
                pytest.skip("PostgreSQL is not installed")
            self.cluster = self.parts.enter_context(postgres_cluster.PostgresCluster(durable=True))
            self.settings["DATABASE_URL"] = self.cluster.make_database("queue")
        if "redis" in name:
            if not redis_process.PROGRAM.exists():
                pytest.skip("redis-server is not installed")
            (folder / "redis").mkdir()
            self.redis = self.parts.enter_context(redis_process.Redis(folder / "redis", append_only=True))
            self.settings |= {"QUEUE_BACKEND": "redis", "REDIS_URL": self.redis.url}

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.parts.__exit__(*error)


class Worker:
    def __init__(self, data, **settings):
        self.process = subprocess.Popen([BINARY, "worker"], env=environment(data, **settings), cwd=data,
                                        stderr=subprocess.DEVNULL)

    def kill(self):
        self.process.kill()
        self.process.wait()


def send(server, numbers):
    """Sends photos; returns the ids of the assets that were acknowledged."""
    assets = []
    with contextlib.suppress(requests.RequestException):
        for number in numbers:
            answer = server.post("/api/v1/ingest", files=[("files", (f"{number}.jpg", image_files.jpeg(number)))])
            if answer.status_code == 503:
                continue  # the database has just restarted
            assert answer.status_code == 202, answer.text
            assets.append(answer.json()["asset_id"])
    return assets


@pytest.mark.parametrize("name", BACKENDS)
def test_killed_workers_lose_no_job(tmp_path, name):
    random = chance(f"workers {name}")
    with Backend(name, tmp_path) as backend:
        settings = {"WORKERS": 0} | backend.settings
        acknowledged = []
        server = Server(tmp_path, **settings).start()
        workers = [Worker(tmp_path, **backend.settings) for _ in range(2)]
        try:
            for number in range(rounds(4, 100)):
                acknowledged += send(server, range(number * 10, number * 10 + 10))
                # Random moments are what this test is about: there is nothing to wait for.
                time.sleep(random.uniform(0, 0.5))
                victim = random.choice([0, 1, 2, 3, 4])
                if victim == 2:
                    server.kill()
                    server = Server(tmp_path, **settings).start()
                elif victim == 3 and backend.redis:
                    backend.redis.command("FLUSHALL")
                    backend.redis.kill()
                    backend.redis.start()
                elif victim == 4 and backend.cluster:
                    backend.cluster.stop(signal.SIGQUIT)
                    backend.cluster.start()
                else:
                    workers[victim % 2].kill()
                    workers[victim % 2] = Worker(tmp_path, **backend.settings)
            for asset in acknowledged:
                wait_until(lambda asset=asset: server.get(f"/api/v1/assets/{asset}").json().get("state") == "done",
                           f"the work on asset {asset}", limit_s=120)

            def states():
                return {job["state"] for job in server.get("/api/v1/jobs?limit=1000").json()["jobs"]}
            # An asset is done before its job is. A job whose worker was killed meanwhile is taken again after its lease.
            wait_until(lambda: states() == {"done"}, "the ends of all jobs", limit_s=120)
        finally:
            for worker in workers:
                worker.kill()
            fit_process.assert_no_secrets(server.output(), "the log")
            server.kill()
