"""A running server switches to another model and back without failing a request."""

import concurrent.futures
import json
import shutil
import threading

import pytest

import fit_process
import image_files
from checks import assert_problem, results
from fit_process import Server, wait_until
from test_status import metric


def space(data, *arguments, check=True, **settings):
    done = fit_process.run(data, "space", *arguments, "--json", check=check, **settings)
    return json.loads(done.stdout) if done.returncode == 0 else done


def listed(data):
    return {one["name"]: one for one in space(data, "list")["spaces"]}


def part(server, name):
    return next(one["state"] for one in server.get("/health").json()["parts"] if one["name"] == name)


def wait_for_space(server, name):
    wait_until(lambda: part(server, "space")["name"] == name, f"switching to {name}")


@pytest.fixture
def both_filled(drawn_sample, tmp_path):
    """A catalogue with vectors in two spaces; the settings say palette."""
    fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample")
    fit_process.run(tmp_path, "embed", "--space", "builtin")
    return tmp_path


class Traffic:
    """Threads that send searches and other requests without pause, and record the responses."""

    def __init__(self, servers, rows, drawn_sample):
        self.failures = []
        self.providers = {server.url: [] for server in servers}
        self.stop = threading.Event()
        self.pool = concurrent.futures.ThreadPoolExecutor()
        photos = [(row["external_id"], image_files.text(drawn_sample.photo(row))) for row in rows]
        self.work = [self.pool.submit(work, server) for server in servers
                     for work in (lambda it: self.search(it, photos), self.others)]

    def search(self, server, photos):
        number = 0
        while not self.stop.is_set():
            external_id, photo = photos[number % len(photos)]
            number += 1
            response = server.search(image_base64=photo, limit=3)
            if response.status_code != 200 or response.json()["results"][0]["external_id"] != external_id:
                self.failures.append((response.status_code, response.text))
            else:
                self.providers[server.url].append(response.json()["embedding_provider"])

    def others(self, server):
        while not self.stop.is_set():
            for path in ("/ready", "/health", "/api/v1/items?limit=3"):
                response = server.get(path)
                if response.status_code != 200:
                    self.failures.append((path, response.status_code, response.text))
            words = server.search(text="red dress", limit=3)
            if words.status_code != 200:
                self.failures.append((words.status_code, words.text))

    def wait_for_result_of(self, name):
        """Waits until the latest searches of all servers were answered by the space."""
        wait_until(lambda: all(names and names[-1] == name for names in self.providers.values()), f"results of {name}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop.set()
        for one in self.work:
            one.result()
        self.pool.shutdown()


def changes(names):
    return [name for i, name in enumerate(names) if i == 0 or name != names[i - 1]]


def test_switches_there_and_back_without_a_failed_request(both_filled, drawn_sample):
    with Server(both_filled) as first, Server(both_filled) as second:
        with Traffic([first, second], drawn_sample.rows[:5], drawn_sample) as traffic:
            for name in ("builtin", "palette", "builtin"):
                assert space(both_filled, "use", name)["space"]["name"] == name
                for server in (first, second):
                    wait_for_space(server, name)
                traffic.wait_for_result_of(name)
        assert traffic.failures == []
        for names in traffic.providers.values():
            assert changes(names) == ["palette", "builtin", "palette", "builtin"]
        for server in (first, second):
            assert part(server, "space") == {"name": "builtin", "version": listed(both_filled)["builtin"]["version"],
                                             "chosen_by": "fit space use"}
            assert part(server, "index")["space"] == "builtin" and part(server, "model")["provider"] == "builtin"
            assert server.get("/health").json()["text_search"] is True
            text = server.get("/metrics").text
            assert metric(text, "fit_space_switches_total", outcome="done") == 3
            assert metric(text, "fit_space_serves", space="builtin") == 1
            assert metric(text, "fit_space_serves", space="palette") == 0
            wait_until(lambda: server.output().count("space released") == 3, "releasing the old spaces")
        assert space(both_filled, "reset")["space"] is None
        wait_for_space(first, "palette")
        assert part(first, "space")["chosen_by"] == "EMBEDDING_PROVIDER and EMBEDDING_MODEL"


def test_the_choice_is_reported_and_survives_a_restart(both_filled):
    before = listed(both_filled)
    assert before["palette"]["is_active"] and not before["builtin"]["is_active"]
    assert all(one["missing"] == 0 and one["model_is_here"] for one in before.values())
    space(both_filled, "use", "builtin")
    after = listed(both_filled)
    assert after["builtin"]["is_active"] and not after["palette"]["is_active"]
    assert "fit space use builtin" in fit_process.run(both_filled, "config").stdout
    settings = {one["name"]: one for one in json.loads(fit_process.run(both_filled, "config", "--json").stdout)}
    assert settings["embedding_provider"]["overruled_by"] == "fit space use builtin"
    with Server(both_filled) as server:
        assert part(server, "space")["name"] == "builtin"
        line = next(line for line in server.output().splitlines() if "searching" in line)
        assert "builtin" in line and "fit space use" in line
    assert "builtin" in fit_process.run(both_filled, "index", "status").stdout
    space(both_filled, "reset")
    assert "fit space use" not in fit_process.run(both_filled, "config").stdout.splitlines()[-1]


def test_choosing_the_active_space_changes_only_the_reason(both_filled):
    with Server(both_filled) as server:
        for command, chosen_by in ((("use", "palette"), "fit space use"),
                                   (("reset",), "EMBEDDING_PROVIDER and EMBEDDING_MODEL")):
            space(both_filled, *command)
            wait_until(lambda state=chosen_by: part(server, "space")["chosen_by"] == state, "seeing the choice")
        assert metric(server.get("/metrics").text, "fit_space_switches_total", outcome="done") == 0
        assert "space released" not in server.output()


def test_pages_and_cached_results_belong_to_their_space(both_filled, drawn_sample):
    query = {"image_base64": image_files.text(drawn_sample.photo(drawn_sample.rows[0])), "limit": 5}
    with Server(both_filled) as server:
        old = server.search(**query).json()
        assert server.search(**query).json()["results"] == old["results"]
        browsed = server.get("/api/v1/items?limit=5").json()
        space(both_filled, "use", "builtin")
        wait_for_space(server, "builtin")
        new = server.search(**query).json()
        assert new["embedding_provider"] == "builtin"
        assert [one["similarity"] for one in new["results"]] != [one["similarity"] for one in old["results"]]
        state = server.search(**query, cursor=old["next_cursor"])
        assert_problem(state, 422, field="cursor")
        assert "first page" in state.json()["detail"]
        assert server.search(**query, cursor=new["next_cursor"]).status_code == 200
        on = server.get("/api/v1/items", params={"limit": 5, "cursor": browsed["next_cursor"]})
        assert on.status_code == 200, "a listing belongs to no space"
        space(both_filled, "use", "palette")
        wait_for_space(server, "palette")
        again = server.search(**query).json()
        assert [one["id"] for one in again["results"]] == [one["id"] for one in old["results"]]
        assert server.search(**query, cursor=old["next_cursor"]).status_code == 200


def test_new_images_get_vectors_in_the_new_space(both_filled):
    with Server(both_filled) as server:
        space(both_filled, "use", "builtin")
        wait_for_space(server, "builtin")
        made = server.post("/api/v1/items", json={
            "source": "mine", "external_id": "new", "title": "New",
            "images": [{"image_base64": image_files.text(image_files.jpeg(101))}]})
        assert made.status_code == 201
        assert results(server.search(item_id=made.json()["id"], limit=3))
        # Commands use the chosen space too.
        lone = both_filled / "lone.csv"
        image = both_filled / "lone.jpg"
        image.write_bytes(image_files.jpeg(102))
        lone.write_text(f"external_id,title,images\nlone,Lone,{image}\n")
        fit_process.run(both_filled, "import", lone, "--source", "mine")
        assert listed(both_filled)["builtin"]["missing"] == 0


def frames_without(data, name):
    """How many images of assets lack a vector in a space."""
    return json.loads(fit_process.run(data, "embed", "--space", name, "--dry-run", "--json").stdout)["frames"]["missing"]


def test_assets_get_vectors_in_the_new_space(tmp_path):
    def ingest(server, seed):
        accepted = server.post("/api/v1/ingest", files=[("files", ("a.jpg", image_files.jpeg(seed)))])
        path = f"/api/v1/assets/{accepted.json()['asset_id']}"
        wait_until(lambda: server.get(path).json()["state"] == "done", "the work on an asset")

    with Server(tmp_path) as server:
        ingest(server, 1)
        before = json.loads(fit_process.run(tmp_path, "embed", "--space", "builtin", "--json").stdout)["frames"]
        assert before == {"frames": 1, "have": 1, "missing": 0, "embedded": 1, "failed": 0}
        ingest(server, 2)
        assert (frames_without(tmp_path, "palette"), frames_without(tmp_path, "builtin")) == (0, 1)
        space(tmp_path, "use", "builtin")
        wait_for_space(server, "builtin")
        wait_until(lambda: frames_without(tmp_path, "builtin") == 0, "filling the new space")
        ingest(server, 3)
        assert frames_without(tmp_path, "builtin") == 0


def test_an_incomplete_space_is_refused(both_filled):
    def refused(*arguments, **settings):
        done = space(both_filled, "use", *arguments, check=False, **settings)
        assert done.returncode == 1, done.stdout
        return done.stderr

    assert "fit embed --space nowhere" in refused("nowhere")
    with Server(both_filled) as server:
        for number in range(3):
            made = server.post("/api/v1/items", json={
                "source": "mine", "external_id": f"n{number}", "title": "New",
                "images": [{"image_base64": image_files.text(image_files.jpeg(200 + number))}]})
            assert made.status_code == 201
        error = refused("builtin")
        assert "3 of" in error and "--force" in error and "1 %" in error
        assert part(server, "space")["name"] == "palette"
        assert space(both_filled, "use", "builtin", "--force")["space"]["missing"] == 3
        wait_for_space(server, "builtin")
        wait_until(lambda: listed(both_filled)["builtin"]["missing"] == 0, "filling the gaps")


def imported_space(drawn_sample, data):
    """A space of imported vectors, for which there is no model."""
    import struct
    path = data / "elsewhere.f32"
    path.write_bytes(b"".join(struct.pack("<2f", 1.0, float(n)) for n in range(len(drawn_sample.all_rows))))
    fit_process.run(data, "import", drawn_sample.csv, "--source", "sample", "--vectors", path)


def test_imported_vectors_cannot_be_searched_by_photos(drawn_sample, tmp_path):
    imported_space(drawn_sample, tmp_path)
    one = listed(tmp_path)["elsewhere"]
    assert not one["model_is_here"] and one["problem"]
    done = space(tmp_path, "use", "elsewhere", check=False)
    assert done.returncode == 1 and "no model on this machine" in done.stderr


def tiny_model(models, version):
    """A model folder that can be removed and restored: a copy of the built-in model under another name."""
    folder = models / "other"
    shutil.copytree(fit_process.SOURCE_DIR / "models/builtin", folder, dirs_exist_ok=True)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest |= {"name": "other", "space": "other", "version": version}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_a_server_without_the_model_keeps_serving_and_retries(drawn_sample, tmp_path):
    models = tmp_path / "models"
    models.mkdir()
    folder = tiny_model(models, "1")
    with_model = {"MODELS_PATH": models}
    fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample")
    fit_process.run(tmp_path, "embed", "--space", "other", **with_model)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with Server(tmp_path, MODELS_PATH=elsewhere) as lacking, Server(tmp_path, **with_model) as having:
        assert space(tmp_path, "use", "other", check=False, MODELS_PATH=elsewhere).returncode == 1
        space(tmp_path, "use", "other", **with_model)
        wait_for_space(having, "other")
        wait_until(lambda: "problem" in part(lacking, "space"), "noticing")
        state = part(lacking, "space")
        assert state["name"] == "palette" and state["wanted"] == "other" and "other" in state["problem"]
        assert lacking.get("/ready").status_code == 200
        assert metric(lacking.get("/metrics").text, "fit_space_switch_pending") == 1
        assert metric(lacking.get("/metrics").text, "fit_space_switches_total", outcome="failed") >= 1
        assert "cannot be searched here" in lacking.output()
        response = lacking.search(image_base64=image_files.text(drawn_sample.photo(drawn_sample.rows[0])))
        assert response.json()["embedding_provider"] == "palette"
        # The other server embeds what the server without the model writes.
        made = lacking.post("/api/v1/items", json={
            "source": "mine", "external_id": "n", "title": "New",
            "images": [{"image_base64": image_files.text(image_files.jpeg(103))}]})
        assert made.status_code == 201
        wait_until(lambda: listed(tmp_path)["other"]["missing"] == 0, "filling the gap")
        shutil.copytree(folder, elsewhere / "other")
        wait_for_space(lacking, "other")
        assert "problem" not in part(lacking, "space")
        assert metric(lacking.get("/metrics").text, "fit_space_switch_pending") == 0
    # A restart without the model serves the space of the settings and reports it.
    shutil.rmtree(elsewhere / "other")
    with Server(tmp_path, MODELS_PATH=elsewhere) as lacking:
        assert part(lacking, "space")["name"] == "palette"
        wait_until(lambda: "problem" in part(lacking, "space"), "noticing")


def test_another_version_is_another_space(drawn_sample, tmp_path):
    models = tmp_path / "models"
    models.mkdir()
    settings = {"MODELS_PATH": models}
    tiny_model(models, "1")
    fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample")
    fit_process.run(tmp_path, "embed", "--space", "other", **settings)
    space(tmp_path, "use", "other", **settings)
    with Server(tmp_path, **settings) as server:
        assert part(server, "space")["version"] == "1"
        tiny_model(models, "2")
        done = space(tmp_path, "use", "other", check=False, **settings)
        assert done.returncode == 1 and "version 2" in done.stderr
        fit_process.run(tmp_path, "embed", "--space", "other", **settings)
        space(tmp_path, "use", "other", **settings)
        wait_until(lambda: part(server, "space")["version"] == "2", "switching to version 2")
        wait_until(lambda: "space released" in server.output(), "releasing version 1")
    with Server(tmp_path, **settings) as server:
        assert part(server, "space")["version"] == "2"
        assert "building anew" not in server.output()
