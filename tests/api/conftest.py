import csv
import fcntl
import pathlib
import shutil
import types

import pytest

import fit_process
import redis_process
from fit_process import Server

SAMPLE_ITEMS = 120


def pytest_configure():
    if not fit_process.BINARY.exists():
        pytest.exit(f"the program {fit_process.BINARY} is not built; set FIT_BINARY", returncode=1)


def sample_folder():
    """A folder with a drawn catalogue beside the program, which the first suite of a run draws with it. For reading."""
    parent = fit_process.BINARY.parent / "api-sample"
    parent.mkdir(exist_ok=True)
    folder = parent / f"{fit_process.BINARY.stat().st_mtime_ns:x}-{SAMPLE_ITEMS}"
    with open(parent / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            for old in filter(pathlib.Path.is_dir, parent.iterdir()):
                shutil.rmtree(old)
            fit_process.run(parent, "sample", parent / "unfinished", "--items", SAMPLE_ITEMS, "--seed", 7,
                            DATABASE_URL="sqlite:///unused.db")
            (parent / "unfinished").rename(folder)
    return folder


@pytest.fixture(scope="session")
def drawn_sample():
    """A drawn catalogue: .csv, .all_rows as dictionaries, .rows of the active items, .photo(row) as bytes."""
    folder = sample_folder()
    with open(folder / "items.csv", newline="") as file:
        all_rows = list(csv.DictReader(file))

    def photo(row):
        return (folder / row["images"].split("|")[0]).read_bytes()

    rows = [row for row in all_rows if row["status"] == "active"]
    return types.SimpleNamespace(csv=folder / "items.csv", all_rows=all_rows, rows=rows, photo=photo)


@pytest.fixture(scope="session")
def server(drawn_sample, tmp_path_factory):
    """A server with the sample catalogue. Tests may add items of their own source, and must not touch others."""
    data = tmp_path_factory.mktemp("server")
    fit_process.run(data, "import", drawn_sample.csv, "--source", "sample")
    with Server(data) as running:
        yield running


@pytest.fixture(scope="session")
def builtin_server(drawn_sample, tmp_path_factory):
    """A server with the sample catalogue and the default settings: the built-in model."""
    data = tmp_path_factory.mktemp("builtin-server")
    fit_process.run(data, "import", drawn_sample.csv, "--source", "sample", EMBEDDING_PROVIDER="builtin")
    with Server(data, EMBEDDING_PROVIDER="builtin") as running:
        yield running


@pytest.fixture
def empty_server(tmp_path):
    with Server(tmp_path) as running:
        yield running


@pytest.fixture
def redis(tmp_path):
    """A Redis server of the test's own; it can be killed and started again."""
    if not redis_process.PROGRAM.exists():
        pytest.skip("redis-server is not installed")
    folder = tmp_path / "redis"
    folder.mkdir()
    with redis_process.Redis(folder) as running:
        yield running


@pytest.fixture(scope="session")
def shared_data():
    """Real photos beside the clone. Tests that need them are skipped without them."""
    folder = fit_process.SOURCE_DIR.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"there is no {folder}")
    return pathlib.Path(folder)
