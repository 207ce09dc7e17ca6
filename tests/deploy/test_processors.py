"""Runs the program on emulated processors that lack instructions which this machine's has. Run by ./dev test-deploy."""

import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys

import pytest
import requests

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))
os.environ.setdefault("FIT_PATIENCE", "5")  # emulation is slow
from fit_process import BINARY, Server, environment, run  # noqa: E402

QEMU = shutil.which("qemu-x86_64")
# What vectors are compared with on the least that x86-64 has, on one of 2010, and on one with AVX2 but without AVX-512.
PROCESSORS = {"qemu64": "SSE2", "Westmere": "SSE4", "Haswell": "AVX2"}

pytestmark = pytest.mark.skipif(not QEMU or platform.machine() != "x86_64", reason="there is no qemu-x86_64, or no x86-64")


class EmulatedServer(Server):
    """`fit serve` on a processor of qemu."""

    def __init__(self, data, processor, **settings):
        super().__init__(data, **settings)
        self.command = [QEMU, "-cpu", processor, str(BINARY), "serve"]

    def start(self, wait=True):
        return self.start_with(self.command, wait)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    """A folder with the sample catalogue of this machine's own processor, and a photo of its first item."""
    folder = tmp_path_factory.mktemp("processors")
    run(folder, "sample", "--items", 12, "--seed", 1, EMBEDDING_PROVIDER="builtin")
    with Server(folder, EMBEDDING_PROVIDER="builtin") as server:
        item = server.get("/api/v1/items?limit=1").json()["items"][0]
        return folder, item["id"], server.get(re.sub(r"^https?://[^/]+", "", item["images"][0]["url"])).content


@pytest.mark.parametrize("processor", PROCESSORS)
def test_a_photo_is_embedded_and_found(catalogue, processor):
    folder, item, photo = catalogue
    with EmulatedServer(folder, processor, EMBEDDING_PROVIDER="builtin") as server:
        found = requests.post(f"{server.url}/api/v1/search", files={"image": photo}, data={"limit": 3}, timeout=300)
        assert found.status_code == 200, server.output()
        # The vectors that this machine's processor computed are those of the emulated one.
        first = found.json()["results"][0]
        assert first["id"] == item and first["similarity"] > 0.999
        words = requests.post(f"{server.url}/api/v1/search", json={"text": "a red dress", "limit": 3}, timeout=300)
        assert words.status_code == 200 and len(words.json()["results"]) == 3


@pytest.mark.parametrize("processor", PROCESSORS)
def test_the_doctor_names_what_the_processor_lacks(tmp_path, processor):
    done = subprocess.run([QEMU, "-cpu", processor, BINARY, "doctor", "--json"], capture_output=True, text=True, timeout=300,
                          env=environment(tmp_path), cwd=tmp_path)
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["processor"]["found"] == f"vectors are compared with {PROCESSORS[processor]}"
    assert checks["processor"]["state"] == ("ok" if PROCESSORS[processor] == "AVX2" else "warning")
