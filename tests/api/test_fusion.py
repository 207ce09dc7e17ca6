"""Adaptive fusion: interleaved searches, what choices teach, who is forgotten, and three encoders in one search."""

import json
import secrets

import pytest
import requests

import fit_process
import tiny_encoder
from checks import assert_problem, results
from fit_process import Server, tenants_server, wait_until
from test_sign_in import ROOT, create, signed_in, with_key
from test_style import Caller
from test_text_embedding import provider  # noqa: F401, a fixture
from test_text_embedding import items, put, wait_filled
from test_tokens import make_key

FUSION = "/api/v1/fusion"
SETTINGS = {"EMBEDDING_PROVIDER": "builtin", "RERANK_SPACES": "palette:1"}
ON = SETTINGS | {"ADAPTIVE_FUSION": "true", "ADAPTIVE_FUSION_SHARE": "1"}
LESSONS_OF_A_DAY = 10


def device():
    return {"X-Device-Id": secrets.token_hex(16)}


def report(server, query_type):
    body = server.get(FUSION).json()
    return next(one for one in body["query_types"] if one["query_type"] == query_type)


def search(server, headers=None, **fields):
    answer = server.post("/api/v1/search", json=fields, headers=headers or {})
    assert answer.status_code == 200, answer.text
    return answer.json()


def give(server, item, headers, signal="click", key=None):
    body = {"target": {"kind": "result", "id": item}, "signal": signal} | ({"key": key} if key else {})
    answer = server.post("/api/v1/feedback", json=body, headers=headers)
    assert answer.status_code in (200, 201), answer.text


def weights(server, headers=None, **fields):
    return search(server, headers, explain=True, limit=2, **fields)["fusion"]


@pytest.fixture(scope="module")
def catalogue(drawn_sample, tmp_path_factory):
    """The folder of a catalogue with vectors in two spaces."""
    folder = tmp_path_factory.mktemp("fusion")
    fit_process.run(folder, "import", drawn_sample.csv, "--source", "sample", **SETTINGS)
    return folder


@pytest.fixture(scope="module")
def server(catalogue):
    """Every search of a known person is interleaved."""
    with Server(catalogue, **ON) as running:
        running.items = [one["id"] for one in running.get("/api/v1/items?limit=40").json()["items"]]
        yield running


def test_off_by_default(drawn_sample, tmp_path):
    fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample", **SETTINGS)
    with Server(tmp_path, **SETTINGS) as server:
        assert server.get(FUSION).json() == {"enabled": False, "share": 0, "query_types": []}
        person = device()
        found = search(server, person, text="red dress")["results"]
        give(server, found[0]["id"], person)
        used = weights(server, person, text="red dress")
        assert used["source"] == "fixed"
        assert used["weights"] == {"text": 1, "words": 1, "properties": 1} and used["spaces"] == {}
        used = weights(server, item_id=found[0]["id"])
        assert used == {"source": "fixed", "weights": {"image": 1}, "spaces": {"builtin": 1, "palette": 1}}
        assert "fusion" not in search(server, text="red dress")


def test_a_choice_is_a_lesson_once(server):
    before = report(server, "item")["lessons"]
    person = device()
    found = search(server, person, item_id=server.items[0], limit=10)["results"]
    give(server, found[7]["id"], person)
    after = report(server, "item")
    assert after["lessons"] == before + 1
    assert abs(sum(after["spaces"].values()) - 2) < 0.01
    give(server, found[7]["id"], person)
    give(server, found[8]["id"], person)
    assert report(server, "item")["lessons"] == before + 1, "the first choice decides"


def test_what_was_not_shown_and_other_signals_teach_nothing(server):
    before = report(server, "item")["lessons"]
    person = device()
    shown = search(server, person, item_id=server.items[1], limit=3)["results"]
    other = next(item for item in server.items if item not in {one["id"] for one in shown})
    give(server, other, person)
    give(server, shown[0]["id"], person, signal="like")
    give(server, shown[0]["id"], device())
    assert report(server, "item")["lessons"] == before
    give(server, shown[1]["id"], person, signal="save")
    assert report(server, "item")["lessons"] == before + 1


def test_the_weights_of_a_search_are_explained(server):
    for number in range(4):
        person = device()
        found = search(server, person, item_id=server.items[number], limit=10)["results"]
        give(server, found[-1]["id"], person)
    used = weights(server, item_id=server.items[3])
    assert used["source"] == "adapted" and used["spaces"] != {"builtin": 1, "palette": 1}
    assert abs(sum(used["spaces"].values()) - 2) < 0.02
    assert all(weight >= 2 * 0.05 - 0.01 for weight in used["spaces"].values())
    used = weights(server, item_id=server.items[3], weights={"image": 1})
    assert used == {"source": "request", "weights": {"image": 1}, "spaces": {"builtin": 1, "palette": 1}}
    used = weights(server, item_id=server.items[3], weights={"freshness": 0.1})
    assert used["source"] == "adapted"


def test_pages_go_on_with_the_order_of_the_first(server):
    person = device()
    query = {"item_id": server.items[4], "text": "red", "limit": 6}
    whole = []
    page = search(server, person, **query)
    while True:
        whole += [one["id"] for one in page["results"]]
        if "next_cursor" not in page or len(whole) >= 30:
            break
        give(server, page["results"][2]["id"], person)  # learns between two pages
        page = search(server, person, cursor=page["next_cursor"], **query)
    assert len(whole) >= 30 and len(whole) == len(set(whole))
    bad = server.post("/api/v1/search", json=query | {"cursor": "AAAA"}, headers=person)
    assert_problem(bad, 422, "cursor")


def test_a_flood_of_one_person_teaches_ten_times(server):
    before = report(server, "item")["lessons"]
    person = device()
    for number, item in enumerate(server.items[5:30]):
        found = search(server, person, item_id=item, limit=5)["results"]
        give(server, found[0]["id"], person, key=f"flood-{number}")
    assert report(server, "item")["lessons"] == before + LESSONS_OF_A_DAY


def test_a_person_is_forgotten(server):
    def of_all():
        return report(server, "words")["weights"]

    person = device()
    for number in range(8):  # the weights of a search have steps of 1/255, which one lesson need not reach
        found = search(server, person, text="striped shirt", limit=10)["results"]
        give(server, found[-1]["id"], person, key=f"forgotten-{number}")
    mine = weights(server, person, text="striped shirt")["weights"]
    assert mine != weights(server, text="striped shirt")["weights"]
    learned = of_all()
    assert server.delete("/api/v1/feedback", headers=person).status_code == 204
    assert weights(server, person, text="striped shirt") == weights(server, text="striped shirt")
    assert of_all() == learned, "what everybody taught stays"


def test_the_report_is_for_operators(server):
    body = server.get(FUSION).json()
    assert body["enabled"] and body["share"] == 1
    assert [one["query_type"] for one in body["query_types"]] == ["photo", "item", "words", "composed"]
    assert 'fit_fusion_lessons_total{query_type="item"}' in server.get("/metrics").text
    assert_problem(server.get(FUSION + "?all=1"), 422, "all")


def test_accounts_take_their_weights_along(catalogue, drawn_sample, tmp_path):
    fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample", **SETTINGS)
    create(tmp_path, "ann@x.example", "shopper")
    with Server(tmp_path, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second", **ON) as server:
        key = make_key(server, "search")["secret"]
        visitor = Caller(server, key, secrets.token_hex(16))
        found = visitor.call("POST", "/api/v1/search", json={"text": "shirt", "limit": 5})
        assert found.status_code == 200, found.text
        found = found.json()["results"]
        body = {"target": {"kind": "item", "id": found[3]["id"]}, "signal": "click"}
        assert visitor.call("POST", "/api/v1/feedback", json=body).status_code == 201
        assert visitor.call("GET", FUSION).status_code == 403
        assert with_key(server, "GET", FUSION).json()["query_types"][2]["lessons"] == 1
        ann = signed_in(server, "ann@x.example")
        export = "/api/v1/auth/me/export"
        assert ann.call("GET", export).json()["search_weights"] == []
        merged = ann.call("POST", "/api/v1/feedback/merge", json={"device_id": visitor.device})
        assert merged.status_code == 200, merged.text
        mine = ann.call("GET", export).json()["search_weights"]
        assert [(one["query_type"], one["lessons"], one["tenant"]) for one in mine] == [("words", 1, "default")]
        feedback = ann.call("GET", "/api/v1/feedback").json()["feedback"]
        assert ann.call("DELETE", f"/api/v1/feedback/{feedback[0]['id']}").status_code == 204
        assert ann.call("GET", export).json()["search_weights"] == []


def test_a_tenant_has_a_setting_of_its_own(tmp_path):
    fit_process.run(tmp_path, "tenant", "create", "shop", "--set", "adaptive_fusion=true")
    done = fit_process.run(tmp_path, "tenant", "create", "other", "--set", "adaptive_fusion=often", check=False)
    assert done.returncode == 1 and "adaptive_fusion" in done.stderr
    made = fit_process.run(tmp_path, "key", "create", "charts", "--scope", "metrics", "--tenant", "shop", "--json")
    with tenants_server(tmp_path, API_KEY=ROOT) as server:
        assert with_key(server, "GET", FUSION).json()["enabled"] is False
        key = json.loads(made.stdout)["secret"]
        of_shop = requests.get(server.url + FUSION, headers={"X-API-Key": key}, timeout=60)
        assert of_shop.status_code == 200, of_shop.text
        assert of_shop.json()["enabled"] is True


def test_three_encoders_answer_one_search(drawn_sample, tmp_path, provider):  # noqa: F811
    """The configuration of docs/search.md: an image encoder, an encoder of captions and a fashion encoder."""
    models = tmp_path / "models"
    tiny_encoder.make_folder(models / "fashion")
    settings = provider.settings() | {"EMBEDDING_PROVIDER": "builtin", "MODELS_PATH": str(models),
                                      "RERANK_SPACES": "fashion:1,openai.text-embedding-3-small:0.5",
                                      "ADAPTIVE_FUSION": "true", "ADAPTIVE_FUSION_SHARE": "1"}
    fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample", **settings)
    with Server(tmp_path, **settings) as server:
        first = results(server.search(text="shirt", limit=1))[0]["id"]
        put(server, items(0, 40))  # the provider of this test tells parkas from everything else
        wait_filled(server)
        used = weights(server, item_id=first, text="for polar nights")
        assert set(used["weights"]) == {"image", "text", "texts", "words", "properties"}
        assert used["spaces"] == {"builtin": 1, "fashion": 1, "openai.text-embedding-3-small": 0.5}
        # A composed query finds items of one kind, among which the provider tells no differences.
        wait_until(lambda: any("texts" in one["explain"]["parts"] for one in search(
            server, text="for polar nights", explain=True)["results"]), "following the new texts")
        person = device()
        photo = {"image": drawn_sample.photo(drawn_sample.rows[0])}
        found = server.post("/api/v1/search", files=photo, data={"text": "for polar nights", "limit": "10"}, headers=person)
        give(server, results(found)[-1]["id"], person)
        assert report(server, "composed")["lessons"] == 1
        used = weights(server, item_id=first, text="for polar nights")
        assert used["source"] == "adapted" and abs(sum(used["weights"].values()) - 5) < 0.1
