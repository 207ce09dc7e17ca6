"""What the manifests of deploy/ are held against: the settings and the routes of the program, and its container image."""

import functools
import json
import os
import pathlib
import re
import subprocess

CLONE = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = CLONE / "deploy"
FIT = os.environ["FIT_BINARY"]


@functools.cache
def known_settings():
    """The environment variables that the program reads as settings, with their defaults, as `fit config` lists them."""
    shown = subprocess.run([FIT, "config"], env={"PATH": os.environ["PATH"]}, cwd="/", check=True, capture_output=True,
                           text=True).stdout
    names = set(re.findall(r"^([A-Z][A-Z0-9_]+) ", shown, re.M))
    assert {"APP_PORT", "DATABASE_URL", "TRUSTED_PROXIES"} <= names
    return names


@functools.cache
def routes():
    """The paths that a GET may ask for."""
    paths = json.loads((CLONE / "src/http/openapi.json").read_text())["paths"]
    return {path for path, methods in paths.items() if "get" in methods}


@functools.cache
def image_environment():
    """The variables that the container image sets."""
    line = next(line for line in (DEPLOY / "Dockerfile").read_text().splitlines() if line.startswith("ENV APP_HOST"))
    return dict(pair.split("=", 1) for pair in line.split()[1:])


def image_user():
    """The user and the group of the container image."""
    user, group = re.search(r"^USER (\d+):(\d+)$", (DEPLOY / "Dockerfile").read_text(), re.M).groups()
    return int(user), int(group)


def check_settings(values, others=()):
    """Checks that each variable is a setting that the program accepts with this value, or one of `others`, which the
    platform or a library reads. Values with placeholders are checked by name only."""
    for name in values:
        assert name in known_settings() or name in others, f"{name} is no setting of the program"
    given = {name: str(value) for name, value in values.items() if name not in others and "${" not in str(value)}
    done = subprocess.run([FIT, "config"], env={"PATH": os.environ["PATH"], **given}, cwd="/", capture_output=True,
                          text=True)
    assert done.returncode == 0, done.stderr
    for name in given:
        assert re.search(rf"^{name} .* environment ", done.stdout, re.M), name


def check_grace(seconds):
    """Checks that the platform waits longer between SIGTERM and SIGKILL than the program needs to end."""
    assert seconds >= 40, "SHUTDOWN_TIMEOUT is 30 s"
