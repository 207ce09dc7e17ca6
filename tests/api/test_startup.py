"""Starting and stopping: errors name their cause, and running requests finish."""

import os
import re
import signal
import socket
import subprocess
import threading

import pytest
import requests

import fit_process
import image_files
from checks import results
from fit_process import Server, environment, free_port, run, wait_until


def failed_start(data, popen_options=None, **settings):
    server = Server(data, popen_options=popen_options, **settings)
    server.start(wait=False)
    status = server.process.wait(60 * fit_process.PATIENCE)
    return status, server.output()


def test_a_port_in_use_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        status, output = failed_start(tmp_path, APP_PORT=taken.getsockname()[1])
    assert status == 1
    assert "APP_PORT" in output and "in use" in output


def test_an_address_of_another_machine_is_named(tmp_path):
    status, output = failed_start(tmp_path, APP_HOST="203.0.113.7")
    assert status == 1 and "APP_HOST" in output


def test_two_servers_do_not_share_a_port(tmp_path):
    with Server(tmp_path) as first:
        status, output = failed_start(tmp_path, APP_PORT=first.port)
        assert status == 1 and "APP_PORT" in output
        assert first.get("/live").status_code == 200


def test_port_zero_picks_and_logs_a_free_port(tmp_path):
    server = Server(tmp_path, APP_PORT="0").start(wait=False)
    try:
        def url():
            return re.search(r"http://127\.0\.0\.1:(\d+)", server.output())

        wait_until(lambda: url() or server.process.poll() is not None, "the start")
        assert url() and int(url()[1]) > 0, server.output()
        assert requests.get(f"{url()[0]}/live", timeout=30).status_code == 200
    finally:
        assert server.stop() == 0


def test_the_configured_origin_may_call(tmp_path):
    shop = {"Origin": "https://shop.example"}
    with Server(tmp_path, ALLOWED_ORIGINS="https://shop.example") as server:
        assert server.get("/live", headers=shop).headers["Access-Control-Allow-Origin"] == "https://shop.example"
        assert "Access-Control-Allow-Origin" not in server.get("/live").headers
        preflight = requests.options(f"{server.url}/api/v1/search", headers=shop, timeout=30)
        assert preflight.status_code == 204 and "Content-Length" not in preflight.headers
        assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
        assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]


def test_other_origins_may_not_call_by_default(server):
    assert "Access-Control-Allow-Origin" not in server.get("/live").headers


@pytest.mark.parametrize("settings, name", [
    ({"APP_PORT": "http"}, "APP_PORT"),
    ({"APP_PORT": "70000"}, "APP_PORT"),
    ({"EMBEDDING_PROVIDER": "magic"}, "EMBEDDING_PROVIDER"),
    ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
    ({"DATABASE_URL": "sqlite:////proc/none/fit.db"}, "DATABASE_URL"),
    ({"STORAGE_PATH": "/proc/none/storage"}, "STORAGE_PATH"),
    ({"LOG_LEVEL": "loud"}, "LOG_LEVEL"),
    ({"ALLOWED_ORIGINS": "https://shop.example/path"}, "ALLOWED_ORIGINS"),
    ({"ALLOWED_HOSTS": "http://fit.example"}, "ALLOWED_HOSTS"),
])
def test_bad_settings_stop_the_start_and_are_named(tmp_path, settings, name):
    settings = {"APP_PORT": free_port()} | settings
    done = subprocess.run([str(__import__("fit_process").BINARY), "serve"], env=environment(tmp_path) | {k: str(v) for k, v in settings.items()},
                          cwd=tmp_path, capture_output=True, text=True, timeout=60 * fit_process.PATIENCE)
    assert done.returncode in (1, 2), done.stderr
    assert name.lower() in done.stderr.lower().replace("-", "_"), done.stderr


def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / "fit.db").write_bytes(b"this is no database, whatever its name says" * 100)
    status, output = failed_start(tmp_path)
    assert status == 1 and "DATABASE_URL" in output
    assert (tmp_path / "fit.db").read_bytes().startswith(b"this is no database")


def test_a_missing_model_is_named(tmp_path):
    status, output = failed_start(tmp_path, EMBEDDING_PROVIDER="onnx", EMBEDDING_MODEL="clip-vit-b32")
    assert status == 1
    assert "clip-vit-b32" in output and "fit model pull" in output


def as_nobody():
    """Popen options under which permissions hold even when the tests run as root."""
    return {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}


@pytest.fixture
def read_only(tmp_path):
    """A data folder with a catalogue in it that may only be read."""
    data = tmp_path / "data"
    data.mkdir()
    run(data, "sample", "--items", 5, "--seed", 1)
    folder = tmp_path
    while folder != folder.parent and folder.stat().st_uid == os.geteuid() and folder.name:
        folder.chmod(folder.stat().st_mode | 0o055)
        folder = folder.parent
        if folder.name in ("tmp", ""):
            break
    for path in [data, *data.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield data
    for path in [data, *data.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_read_only_folder_is_named(read_only):
    server = Server(read_only, popen_options=as_nobody())
    try:
        server.start(wait=False)
        status = server.process.wait(60 * fit_process.PATIENCE)
    except PermissionError:
        pytest.skip("the program cannot be run by another user here")
    output = server.output()
    assert status == 1, output
    assert "DATABASE_URL" in output or "STORAGE_PATH" in output, output


def test_sigterm_finishes_running_requests(tmp_path):
    run(tmp_path, "sample", "--items", 10, "--seed", 1)
    server = Server(tmp_path).start()
    responses = []
    done = threading.Event()

    def search():
        while not done.is_set():
            try:
                responses.append(server.search_by_image(image_base64=image_files.text(image_files.jpeg()), limit=1).status_code)
            except requests.ConnectionError:
                return

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: len(responses) >= 20, "serving 20 requests")
        status = server.stop()
    finally:
        done.set()
    for thread in threads:
        thread.join()
    assert status == 0, server.output()
    assert len(responses) >= 20 and set(responses) <= {200, 503}
    assert not list((tmp_path / "storage").glob("scratch/*")), "scratch files were left behind"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_stop_the_server_cleanly(tmp_path, number):
    server = Server(tmp_path).start()
    server.process.send_signal(number)
    assert server.process.wait(fit_process.STOP_LIMIT_S) == 0


def test_scratch_files_of_a_killed_server_are_removed(tmp_path):
    server = Server(tmp_path).start()
    scratch = tmp_path / "storage" / "scratch"
    left = list(scratch.iterdir())
    assert left
    server.kill()
    with Server(tmp_path):
        assert not left[0].exists()


def test_an_empty_catalogue_returns_no_results(tmp_path):
    with Server(tmp_path) as server:
        assert results(server.search_by_image(image_base64=image_files.text(image_files.jpeg()))) == []


def test_a_restart_returns_the_same_results(tmp_path):
    run(tmp_path, "sample", "--items", 30, "--seed", 3)
    responses = []
    for _ in range(2):
        with Server(tmp_path) as server:
            responses.append(results(server.search_by_image(image_base64=image_files.text(image_files.jpeg()))))
    assert responses[0] == responses[1] and len(responses[0]) == 20
