"""Several spaces: imported vectors, their similarity in the ranking, and learned weights."""

import json
import struct

import fit_process
from checks import results
from fit_process import Server

DEFAULT = {"EMBEDDING_PROVIDER": "builtin"}


def colours_file(drawn_sample, path):
    """Vectors with one axis for each colour, as a model of colours alone would produce."""
    colours = sorted({row["primary_color"] for row in drawn_sample.all_rows})
    with open(path, "wb") as file:
        for row in drawn_sample.all_rows:
            file.write(struct.pack(f"<{len(colours)}f", *[float(row["primary_color"] == one) for one in colours]))
    return path


def same_colour(server, rows):
    ids = {one["external_id"]: one for one in results(server.search(text="under 1000000", limit=100))}
    share = []
    for row in rows:
        if row["external_id"] in ids:
            found = results(server.search(item_id=ids[row["external_id"]]["id"], limit=5))
            share += [one["properties"]["primary_color"] == row["primary_color"] for one in found]
    return sum(share) / len(share)


def test_imported_vectors_rerank_results(drawn_sample, tmp_path):
    vectors = colours_file(drawn_sample, tmp_path / "colours.f32")
    done = fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample", "--vectors", vectors, **DEFAULT)
    assert f'{len(drawn_sample.all_rows)} vectors in the space "colours", 0 rows without an image' in done.stdout
    with Server(tmp_path, **DEFAULT) as server:
        alone = same_colour(server, drawn_sample.rows)
    with Server(tmp_path, RERANK_SPACES="colours:2,palette:0", **DEFAULT) as server:
        together = same_colour(server, drawn_sample.rows)
        photo = server.post("/api/v1/search", files={"image": drawn_sample.photo(drawn_sample.rows[0])},
                            data={"limit": "3"})
        assert results(photo)[0]["external_id"] == drawn_sample.rows[0]["external_id"]
    assert together > alone and together > 0.9, (alone, together)


def test_vectors_of_another_size_are_refused(drawn_sample, tmp_path):
    short = tmp_path / "short.f32"
    short.write_bytes(b"123")
    done = fit_process.run(tmp_path, "import", drawn_sample.csv, "--vectors", short, check=False, **DEFAULT)
    assert done.returncode == 1 and "vectors: 3 bytes are not" in done.stderr
    for setting, message in (("colours", "must be names of spaces with weights"), ("nowhere:1", '"nowhere" is neither'),
                             ("builtin:1", "is the searched space itself")):
        done = fit_process.run(tmp_path, "search", "--text", "red", check=False, RERANK_SPACES=setting, **DEFAULT)
        assert done.returncode == 1 and "RERANK_SPACES" in done.stderr and message in done.stderr


def test_weights_are_learned(drawn_sample, tmp_path):
    vectors = colours_file(drawn_sample, tmp_path / "colours.f32")
    done = fit_process.run(tmp_path, "tune", drawn_sample.csv, "--space", "palette", "--vectors", vectors, "--json")
    report = json.loads(done.stdout)[0]
    assert report["weights"]["palette"] == 1 and report["weights"]["colours"] > 0
    assert report["rerank_spaces"].startswith("colours:")
    scores = {one["order"]: one["precision_at_10"] for one in report["scores"]}
    assert scores["tuned"]["primary_color"] > scores["palette"]["primary_color"]
