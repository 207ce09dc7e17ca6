"""QUEUE_BACKEND=redis: Redis says where jobs wait, and can be flushed, killed and restarted without the loss of a job."""

import pytest

import fit_process
import redis_process
from fit_process import Server, wait_until
from test_worker import count, send, states, worker


@pytest.fixture
def queue_redis(tmp_path):
    if not redis_process.PROGRAM.exists():
        pytest.skip("redis-server is not installed")
    folder = tmp_path / "redis"
    folder.mkdir()
    with redis_process.Redis(folder, append_only=True) as running:
        yield running


def settings_of(redis):
    return {"QUEUE_BACKEND": "redis", "REDIS_URL": redis.url}


def metric(server, name):
    line, = (line for line in server.get("/metrics").text.splitlines() if line.startswith(name + " "))
    return float(line.split()[1])


def test_a_worker_hears_of_jobs_by_redis(tmp_path, queue_redis):
    settings = settings_of(queue_redis)
    with Server(tmp_path, WORKERS=0, **settings) as server, worker(tmp_path, **settings):
        assets = send(server, *range(5))
        wait_until(lambda: states(server, assets) == {"done"}, "the work of the worker")
        queues = queue_redis.command("KEYS fit:jobs:*queue:asset")
        assert queues.startswith("*1"), queues
        stream = queues.split("\r\n")[2]
        wait_until(lambda: queue_redis.command(f"XLEN {stream}") == ":0\r\n", "the end of the tickets")


def test_a_redis_that_is_flushed_or_killed_loses_no_job(tmp_path, queue_redis):
    settings = settings_of(queue_redis)
    with Server(tmp_path, WORKERS=0, **settings) as server:
        waiting = send(server, *range(4))
        queue_redis.command("FLUSHALL")
        with worker(tmp_path, **settings):
            wait_until(lambda: states(server, waiting) == {"done"}, "the work after a flush")
            queue_redis.kill()
            without = send(server, *range(10, 14))
            wait_until(lambda: states(server, without) == {"done"}, "the work without Redis")
            queue_redis.start()
            after = send(server, *range(20, 24))
            wait_until(lambda: states(server, after) == {"done"}, "the work after the restart")
        assert count(server, "done") == 12 and count(server, "dead") == 0


def test_a_flush_is_said_in_the_log_and_counted(tmp_path, queue_redis):
    with Server(tmp_path, **settings_of(queue_redis)) as server:
        assert wait_done(server, send(server, 1))
        queue_redis.command("FLUSHALL")
        wait_until(lambda: metric(server, "queue_redis_rebuilt_total") >= 1, "the warning")
        assert wait_done(server, send(server, 2))
        assert "Redis has lost a queue" in server.output()
        wait_until(lambda: metric(server, "queue_redis_used") == 1, "the use of Redis")


def wait_done(server, assets):
    wait_until(lambda: states(server, assets) == {"done"}, "the work")
    return True


def test_settings_that_cannot_work_are_refused(tmp_path, redis):
    for settings, text in (({"QUEUE_BACKEND": "redis"}, "REDIS_URL"),
                           ({"QUEUE_BACKEND": "redis", "REDIS_URL": redis.url}, "appendonly yes")):
        for command in ("worker", "serve"):
            refused = fit_process.run(tmp_path, command, check=False, **settings)
            assert refused.returncode == 1 and text in refused.stderr, refused.stderr
