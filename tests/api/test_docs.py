"""Runs the examples of the docs and the README as they are written."""

import re
import subprocess

import pytest

import fit_process
from fit_process import BINARY, SOURCE_DIR, Server
from test_sign_in import create


@pytest.fixture(scope="module")
def server(builtin_server):
    """The server that the examples use, with its default settings."""
    return builtin_server


def shell_blocks(name):
    path = SOURCE_DIR / name
    return re.findall(r"^```sh\n(.*?)^```", path.read_text(), re.S | re.M) if path.exists() else []


def curl_blocks(name):
    return [block for block in shell_blocks(name) if "curl" in block]


def run_examples(blocks, server, photo, tmp_path, environment):
    """Runs examples against the server, with the photo as /tmp/photo.jpg. Returns the script and what it printed."""
    (tmp_path / "photo.jpg").write_bytes(photo)
    dev = tmp_path / "dev"  # "./dev fit ARGS" stands for the built program
    dev.write_text(f'#!/bin/sh\nshift\nexec "{BINARY}" "$@"\n')
    dev.chmod(0o755)
    script = "\n".join(blocks).replace("http://127.0.0.1:8000", server.url).replace("/tmp/", f"{tmp_path}/")
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, capture_output=True, text=True,
                          timeout=120 * fit_process.PATIENCE, env=environment)
    assert done.returncode == 0, f"{done.stderr}\n{done.stdout}"
    return script, done.stdout


@pytest.mark.parametrize("name", ["docs/api.md", "docs/search.md", "docs/ingestion.md", "docs/clusters.md", "README.md"])
def test_examples_work_as_written(server, drawn_sample, tmp_path, name):
    blocks = curl_blocks(name)
    if not blocks:
        pytest.skip(f"{name} has no examples with curl")
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "no_proxy": "*", **fit_process.inherited()}
    script, printed = run_examples(blocks, server, drawn_sample.photo(drawn_sample.rows[2]), tmp_path, environment)
    searches = len(re.findall(r"/(?:search|search_by_image) ", script))
    assert printed.count('"results"') == searches - script.count('"limit": 1000'), printed


def test_examples_of_style_work_as_written(drawn_sample, tmp_path_factory, tmp_path):
    data = tmp_path_factory.mktemp("style-server")
    fit_process.run(data, "import", drawn_sample.csv, "--source", "sample", EMBEDDING_PROVIDER="builtin")
    create(data, "ada@x.example", "owner")
    # The weather of a place comes from a service beyond this machine (tests/api/test_recommend.py has one of its own).
    blocks = [block for block in curl_blocks("docs/style.md") if "WEATHER_URL" not in block]
    assert len(blocks) == 5
    with Server(data, EMBEDDING_PROVIDER="builtin") as server:
        _, printed = run_examples(blocks, server, drawn_sample.photo(drawn_sample.rows[2]), tmp_path,
                                  fit_process.environment(data, EMBEDDING_PROVIDER="builtin"))
    assert printed.count('"outfits":') >= 3 and '"state":"stopped"' in printed, printed
    assert (tmp_path / "outfit.jpg").read_bytes().startswith(b"\xff\xd8")


@pytest.mark.parametrize("name", ["docs/ontology.md", "docs/operations.md"])
def test_commands_for_properties_work_as_written(drawn_sample, tmp_path, name):
    fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample")
    commands = [line.split()[2:] for block in shell_blocks(name) for line in block.splitlines()
                if line.startswith("./dev fit properties backfill")]
    assert commands
    for command in commands:
        shown = fit_process.run(tmp_path, *command).stdout
        assert str(len(drawn_sample.all_rows)) in shown


def test_the_api_page_names_every_path(server):
    text = (SOURCE_DIR / "docs/api.md").read_text()
    for path in server.get("/openapi.json").json()["paths"]:
        if not re.search(r"\.(js|css|svg)$", path) and path not in ("/", "/api/docs"):
            for part in path.split("{id}"):
                assert part in text, path
