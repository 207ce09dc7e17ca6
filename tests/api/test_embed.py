"""fit embed fills the space of another model beside the active one."""

import json

import fit_process
import image_files
from checks import results
from fit_process import Server


def embed(data, *arguments):
    return json.loads(fit_process.run(data, "embed", *arguments, "--json").stdout)


def test_a_new_space_is_filled_beside_the_old_one(drawn_sample, tmp_path):
    fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample")
    row = drawn_sample.rows[3]
    with Server(tmp_path) as old:
        images_in_all = embed(tmp_path, "--space", "palette", "--dry-run")["have"]
        dry = embed(tmp_path, "--space", "builtin", "--dry-run")
        assert dry["missing"] == images_in_all and dry["have"] == 0 and "embedded" not in dry
        done = embed(tmp_path, "--space", "builtin", "--batch-size", 10)
        assert done["embedded"] == images_in_all and done["missing"] == 0 and done["per_second"] > 0
        assert embed(tmp_path, "--space", "builtin")["embedded"] == 0, "again: nothing is left"
        # Two servers with different models serve one catalogue at the same time.
        with Server(tmp_path, EMBEDDING_PROVIDER="builtin") as new:
            for server, provider in ((old, "palette"), (new, "builtin"), (old, "palette")):
                response = server.search(image_base64=image_files.text(drawn_sample.photo(row)))
                assert response.json()["embedding_provider"] == provider
                assert results(response)[0]["external_id"] == row["external_id"]


def test_an_unknown_space_is_reported(drawn_sample, tmp_path):
    fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample")
    for space in ("nowhere", "clip-vit-b32-int8"):
        done = fit_process.run(tmp_path, "embed", "--space", space, check=False)
        assert done.returncode == 1 and space in done.stderr, done.stderr


def test_a_server_stopped_while_it_fills_a_space_ends_cleanly(tmp_path):
    fit_process.run(tmp_path, "sample", tmp_path / "out", "--items", 500, "--seed", 7)
    fit_process.run(tmp_path, "import", tmp_path / "out" / "items.csv", "--source", "sample")
    with Server(tmp_path, EMBEDDING_PROVIDER="builtin"):
        pass  # the server has only begun to embed; the test looks at its exit status
    assert embed(tmp_path, "--space", "builtin", "--dry-run")["have"] > 0, "it did not come to write"
