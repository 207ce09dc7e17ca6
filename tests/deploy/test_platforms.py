"""Holds the manifests for Fly.io and Railway against the settings and routes of the program, and starts the program as
they say. Run by ./dev test-deploy."""

import contextlib
import json
import os
import pathlib
import re
import shlex
import shutil
import socket
import subprocess
import time
import tomllib

import pytest
import requests

from manifests import DEPLOY, FIT, check_grace, check_settings, image_environment, routes

FLY = DEPLOY / "fly/fly.toml"
RAILWAY = DEPLOY / "railway"
LIMIT_S = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def started(command, folder, **environment):
    """Runs the command in a folder of its own until the block ends."""
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "EMBEDDING_PROVIDER": "palette", "WORKERS": "0", **environment}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, env=env, cwd=folder, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            assert process.wait(LIMIT_S) == 0, (folder / "log").read_text()


def wait_for(url, log, **options):
    """Asks until the response has the status 200."""
    deadline = time.monotonic() + LIMIT_S
    answer = "none"
    while time.monotonic() < deadline:
        with contextlib.suppress(requests.ConnectionError):
            response = requests.get(url, timeout=5, proxies={"http": None}, **options)
            if response.status_code == 200:
                return response
            answer = f"{response.status_code} {response.text[:300]}"
        time.sleep(0.1)
    raise AssertionError(f"the last answer is {answer}; {log.read_text()[-3000:]}")


@pytest.fixture(scope="module")
def fly():
    return tomllib.loads(FLY.read_text())


def seconds(text):
    amount, unit = re.fullmatch(r"(\d+)(s|m)", text).groups()
    return int(amount) * (60 if unit == "m" else 1)


def test_fly_has_the_parts_of_its_reference(fly):
    """The keys that https://fly.io/docs/reference/configuration/ has; flyctl ignores a key that it does not know."""
    assert set(fly) <= {"app", "primary_region", "kill_signal", "kill_timeout", "build", "deploy", "env", "mounts",
                        "http_service", "vm"}
    assert set(fly["http_service"]) <= {"processes", "internal_port", "force_https", "auto_stop_machines",
                                        "auto_start_machines", "min_machines_running", "concurrency", "checks"}
    for check in fly["http_service"]["checks"]:
        assert set(check) <= {"method", "path", "interval", "timeout", "grace_period", "headers", "protocol"}
    for mount in fly["mounts"]:
        assert set(mount) <= {"source", "destination", "initial_size", "snapshot_retention", "processes"}


def test_fly_agrees_with_the_program(fly):
    check_settings(fly["env"])
    service = fly["http_service"]
    assert service["internal_port"] == int(fly["env"]["APP_PORT"]) == int(image_environment()["APP_PORT"])
    assert service["force_https"] and fly["env"]["PUBLIC_URL"] == f"https://{fly['app']}.fly.dev"
    for check in service["checks"]:
        assert check["path"] in routes() and check["path"] == "/ready"
        assert seconds(check["timeout"]) < seconds(check["interval"])
    assert fly["kill_signal"] == "SIGTERM"
    check_grace(seconds(fly["kill_timeout"]))
    assert (FLY.parent / fly["build"]["dockerfile"]).resolve() == DEPLOY / "Dockerfile"


def test_fly_keeps_what_must_survive_on_a_volume(fly):
    mount = fly["mounts"][0]
    assert mount["destination"] == fly["env"]["STORAGE_PATH"] == image_environment()["STORAGE_PATH"]
    assert image_environment()["DATABASE_URL"].startswith(f"sqlite:///{mount['destination']}/")
    assert mount["processes"] == fly["http_service"]["processes"]
    # A machine without requests still works on jobs.
    assert fly["http_service"]["auto_stop_machines"] == "off"


def test_fly_names_its_primary_region(fly):
    assert re.fullmatch(r"[a-z]{3}", fly["primary_region"])
    commands = (DEPLOY.parent / "docs/deploy/clouds.md").read_text()
    regions = re.search(r"fly scale count \d+ --region (\S+)", commands)[1].split(",")
    assert len(regions) >= 2 and regions[0] == fly["primary_region"]


def test_the_release_command_and_the_server_of_fly_run(fly, tmp_path):
    port = free_port()
    settings = {**fly["env"], "STORAGE_PATH": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/fit.db",
                "APP_HOST": "127.0.0.1", "APP_PORT": str(port)}
    subprocess.run([FIT, *fly["deploy"]["release_command"].split()], env={"PATH": os.environ["PATH"], **settings},
                   cwd=tmp_path, check=True, capture_output=True)
    with started([FIT, "serve"], tmp_path, **settings):
        for check in fly["http_service"]["checks"]:
            wait_for(f"http://127.0.0.1:{port}{check['path']}", tmp_path / "log")
        # The proxy sends the name of the application.
        host = fly["env"]["PUBLIC_URL"].removeprefix("https://")
        wait_for(f"http://127.0.0.1:{port}/ready", tmp_path / "log", headers={"Host": host})


@pytest.fixture(scope="module")
def railway():
    return json.loads((RAILWAY / "railway.json").read_text())


@pytest.fixture(scope="module")
def railway_variables():
    lines = [line for line in (RAILWAY / "variables.env").read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_railway_agrees_with_the_program(railway, railway_variables):
    """The keys are those of https://docs.railway.com/config-as-code/reference."""
    assert set(railway["build"]) <= {"builder", "dockerfilePath", "watchPatterns"}
    deploy = railway["deploy"]
    assert set(deploy) <= {"startCommand", "preDeployCommand", "numReplicas", "requiredMountPath", "healthcheckPath",
                           "healthcheckTimeout", "restartPolicyType", "drainingSeconds"}
    assert railway["build"]["builder"] == "DOCKERFILE"
    assert DEPLOY.parent / railway["build"]["dockerfilePath"] == RAILWAY / "Dockerfile"
    check_settings(railway_variables, others={"RAILWAY_RUN_UID"})
    assert deploy["healthcheckPath"] in routes() and deploy["healthcheckPath"] == "/ready"
    assert deploy["requiredMountPath"] == railway_variables["STORAGE_PATH"] == image_environment()["STORAGE_PATH"]
    # Replicas cannot share a volume.
    assert deploy["numReplicas"] == 1
    check_grace(deploy["drainingSeconds"])


def test_the_image_for_railway_is_the_image_without_volume():
    """Railway refuses a Dockerfile with the instruction VOLUME."""
    def instructions(path):
        return [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    whole = instructions(DEPLOY / "Dockerfile")
    assert instructions(RAILWAY / "Dockerfile") == [line for line in whole if line != "VOLUME /data"] != whole
    name = "Dockerfile.dockerignore"
    assert (RAILWAY / name).read_text() == (DEPLOY / name).read_text()


def test_the_start_command_of_railway_runs(railway, railway_variables, tmp_path):
    """Railway sets PORT and asks for the health check by a name of its own."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/fit").symlink_to(FIT)
    port = free_port()
    settings = {name: value for name, value in railway_variables.items() if "${{" not in value}
    settings |= {"APP_HOST": "127.0.0.1", "PORT": str(port), "STORAGE_PATH": str(tmp_path), "RAILWAY_RUN_UID": "0",
                 "DATABASE_URL": f"sqlite:///{tmp_path}/fit.db", "PUBLIC_URL": "https://find-this-fit.up.railway.app",
                 "PATH": f"{tmp_path}/bin:{os.environ['PATH']}"}
    for command in railway["deploy"]["preDeployCommand"]:
        subprocess.run(shlex.split(command), env=settings, cwd=tmp_path, check=True, capture_output=True,
                       executable=shutil.which("fit", path=settings["PATH"]))
    with started(shlex.split(railway["deploy"]["startCommand"]), tmp_path, **settings) as process:
        url = f"http://127.0.0.1:{port}{railway['deploy']['healthcheckPath']}"
        wait_for(url, tmp_path / "log", headers={"Host": settings["ALLOWED_HOSTS"]})
        refused = requests.get(url, headers={"Host": "other.example"}, timeout=5, proxies={"http": None})
        assert refused.status_code == 421
        # The shell has replaced itself, so that SIGTERM reaches the program.
        assert pathlib.Path(f"/proc/{process.pid}/exe").resolve() == pathlib.Path(FIT).resolve()
