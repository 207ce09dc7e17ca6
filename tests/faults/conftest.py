import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))

import fit_process  # noqa: E402
import tiny_detector  # noqa: E402
from campaign import LIVE_LIMIT_S, resident_bytes  # noqa: E402
from fit_process import Server  # noqa: E402


def pytest_configure():
    if not fit_process.BINARY.exists():
        pytest.exit(f"the program {fit_process.BINARY} is not built; set FIT_BINARY", returncode=1)


@pytest.fixture(scope="module")
def server(request, tmp_path_factory):
    """A server with twenty drawn items, a small detector and the settings SERVER of the module of the test."""
    data = tmp_path_factory.mktemp("faults")
    tiny_detector.make_folder(data)
    fit_process.run(data, "sample", "--items", 20, "--seed", 3)
    with Server(data, **getattr(request.module, "SERVER", {})) as running:
        yield running


@pytest.fixture(autouse=True)
def stays_well(request):
    """The server for a test. Checks after the test that it responds and has freed its memory."""
    if "server" not in request.fixturenames:
        yield
        return
    running = request.getfixturevalue("server")
    before = resident_bytes(running)
    yield
    assert running.process.poll() is None, running.output()
    assert running.get("/ready").status_code == 200
    assert running.get("/live").elapsed.total_seconds() < LIVE_LIMIT_S
    assert resident_bytes(running) - before < 400 << 20
