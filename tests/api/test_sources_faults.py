"""Sources under faults: kills in each stage, several processes with one schedule, restarts."""

import socket
import threading

import pytest

import fit_process
import job_table
import shops
from checks import assert_problem
from fit_process import Server, wait_until
from shops import Piece
from test_sources import SETTINGS, add, ended, items, last_run, run, settled


def has_asked(shop, path, count=1):
    return lambda: shop.asked[path] >= count


def slow(shop, path):
    """Lets a path wait until the returned event is set. The lock of the shop is not held meanwhile."""
    ready = threading.Event()
    serve = shop.answer

    def answer_later(asked, query, headers):
        if asked == path:
            shop.lock.release()
            try:
                ready.wait(60 * fit_process.PATIENCE)
            finally:
                shop.lock.acquire()
        return serve(asked, query, headers)
    shop.answer = answer_later
    return ready


def watch_for_crowds(shop):
    """Returns an event that is set when two requests to the shop meet. Each lasts until another could have come."""
    asking, crowded = [], threading.Event()
    serve = shop.answer

    def answer_once_another_could_have_come(path, query, headers):
        asking.append(path)
        if len(asking) > 1:
            crowded.set()
        shop.lock.release()
        try:
            crowded.wait(0.3)
        finally:
            shop.lock.acquire()
        asking.remove(path)
        return serve(path, query, headers)
    shop.answer = answer_once_another_could_have_come
    return crowded


@pytest.mark.parametrize("stage", ["/products.json", "/photos/3.jpg"])
def test_a_kill_loses_nothing(tmp_path, stage):
    with shops.Shopify([Piece(number) for number in range(1, 6)]) as shop:
        ready = slow(shop, stage)
        # Alone on its queue, a server takes over the jobs of the killed one at once.
        with Server(tmp_path, QUEUE_BACKEND="inproc", **SETTINGS) as server:
            source = add(server, kind="shopify", address=shop.url, name="shop")
            started = server.post(f"/api/v1/sources/{source['id']}/run").json()
            wait_until(has_asked(shop, stage), f"a request for {stage}")
            server.kill()
            server.start()
            ready.set()
            done = ended(server, source, started["id"])
            assert done["state"] == "done" and done["counts"]["new"] == 5, done
            found = settled(server, "shop", lambda all_: len(all_) == 5)
            assert {item["status"] for item in found.values()} == {"active"}


def test_a_stopped_run_continues(tmp_path):
    with shops.Shopify([Piece(number) for number in range(1, 4)]) as shop:
        ready = slow(shop, "/photos/2.jpg")
        with Server(tmp_path, **SETTINGS) as server:
            source = add(server, kind="shopify", address=shop.url, name="shop")
            path = f"/api/v1/sources/{source['id']}"
            server.post(f"{path}/run")
            wait_until(has_asked(shop, "/photos/2.jpg"), "the photos")
            assert server.post(f"{path}/run").status_code == 409, "one run at a time"
            stopped = server.post(f"{path}/stop")
            assert stopped.status_code == 200 and stopped.json()["state"] == "stopped"
            ready.set()
            assert run(server, source)["state"] == "done"
            settled(server, "shop", lambda all_: len(all_) == 3)


def test_settings_that_change_during_a_run_stay(tmp_path):
    with shops.Shopify([Piece(number) for number in range(1, 4)]) as shop:
        ready = slow(shop, "/photos/2.jpg")
        with Server(tmp_path, **SETTINGS) as server:
            source = add(server, kind="shopify", address=shop.url, name="shop", settings={"currency": "USD"})
            path = f"/api/v1/sources/{source['id']}"
            started = server.post(f"{path}/run").json()
            wait_until(has_asked(shop, "/photos/2.jpg"), "the photos")
            changed = server.patch(path, json={"schedule": "6h", "jitter_s": 30, "settings": {"max_pages": 50}})
            assert changed.status_code == 200, changed.text
            ready.set()
            assert ended(server, source, started["id"])["state"] == "done"
            after = server.get(path).json()
            for field in ("settings", "schedule", "jitter_s", "address", "updated_at"):
                assert after[field] == changed.json()[field], field
            assert after["settings"] == {"currency": "USD", "max_pages": 50} and after["health"] == "ok"


def test_settings_that_cannot_be_read_are_said(tmp_path):
    with shops.Shopify([Piece(1)]) as shop, Server(tmp_path, **SETTINGS) as server:
        source = add(server, kind="shopify", address=shop.url, name="shop")
        path = f"/api/v1/sources/{source['id']}"
        stored = '{"max_bytes": 99999999999, "currency": "EUR"}'
        job_table.execute(tmp_path, f"UPDATE sources SET settings = '{stored}' WHERE id = {source['id']} RETURNING id")
        shown = server.get(path).json()
        assert shown["health"] == "failing" and "settings.max_bytes" in shown["health_reason"]
        refused = run(server, source)
        assert refused["state"] == "failed" and "settings.max_bytes" in refused["error"], refused
        assert not shop.asked, "no run with other settings"
        assert server.patch(path, json={"jitter_s": 5}).status_code == 200
        assert job_table.execute(tmp_path, f"SELECT settings FROM sources WHERE id = {source['id']}") == [(stored,)]
        assert_problem(server.patch(path, json={"settings": {"currency": "USD"}}), 422, "settings.max_bytes")
        mended = server.patch(path, json={"settings": {"max_bytes": None}})
        assert mended.status_code == 200 and mended.json()["settings"] == {"currency": "EUR"}, mended.text
        assert run(server, source)["state"] == "done"


def test_two_processes_begin_a_scheduled_run_once(tmp_path):
    with shops.Shopify([Piece(1)]) as shop:
        fit_process.run(tmp_path, "migrate", check=False)
        with Server(tmp_path, **SETTINGS) as one, Server(tmp_path, **SETTINGS) as two:
            sources = [add(one, kind="shopify", address=shop.url, name=f"shop {number}", schedule="3h")
                       for number in range(4)]
            for source in sources:
                wait_until(lambda: (last_run(two, source) or {}).get("state") == "done", "a scheduled run")
                runs = two.get(f"/api/v1/sources/{source['id']}/runs").json()["runs"]
                assert [(each["cause"], each["state"]) for each in runs] == [("schedule", "done")]
                assert two.get(f"/api/v1/sources/{source['id']}").json()["next_run_at"]


def test_two_processes_ask_a_host_one_at_a_time(tmp_path):
    with shops.Shopify([Piece(1)]) as shop:
        crowded = watch_for_crowds(shop)
        fit_process.run(tmp_path, "migrate", check=False)
        with Server(tmp_path, **SETTINGS) as one, Server(tmp_path, **SETTINGS) as two:
            sources = [add(one, kind="shopify", address=shop.url, name=f"shop {number}") for number in range(4)]
            started = [one.post(f"/api/v1/sources/{source['id']}/run").json() for source in sources]
            for source, each in zip(sources, started):
                assert ended(two, source, each["id"])["state"] == "done"
        assert shop.asked["/products.json"] >= 4 and not crowded.is_set(), shop.asked


def test_many_dead_photos_cost_a_few_requests(tmp_path):
    """Photos of a host that closes each connection."""
    pieces = [Piece(number) for number in range(1, 2001)]
    with shops.Feed(pieces) as shop, socket.create_server(("127.0.0.1", 0)) as listener:
        connections = []

        def close_each():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                connections.append(connection)
                connection.close()
        threading.Thread(target=close_each, daemon=True).start()
        shop.photos_at = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with Server(tmp_path, **SETTINGS) as server:
            source = add(server, kind="feed", address=shop.url + "/feed.csv", name="shop")
            started = server.post(f"/api/v1/sources/{source['id']}/run").json()
            done = ended(server, source, started["id"], limit_s=300)
            assert done["state"] == "done" and done["failures"] == {"image": 2000}, done
        assert len(connections) < 100, len(connections)


def test_tenants_of_a_process_ask_a_host_one_at_a_time(tmp_path):
    with fit_process.tenants_server(tmp_path, **SETTINGS) as server, shops.Shopify([Piece(1), Piece(2)]) as shop:
        crowded = watch_for_crowds(shop)
        tenants = [{"X-Tenant": name} for name in ("second", "third")]
        for tenant in tenants:
            assert server.post("/api/v1/tenants", json={"name": tenant["X-Tenant"]}).status_code == 201
        added = [server.post("/api/v1/sources", headers=tenant, json={
            "kind": "shopify", "address": shop.url, "name": "shop", "schedule": "3h"}) for tenant in tenants]
        for answer, tenant in zip(added, tenants):
            path = f"/api/v1/sources/{answer.json()['id']}"
            wait_until(lambda: (server.get(path, headers=tenant).json()["last_run"] or {}).get("state") == "done",
                       "the run")
        assert shop.asked["/products.json"] >= 2 and not crowded.is_set(), shop.asked


def test_a_time_that_was_missed_runs_once_after_a_restart(tmp_path):
    with shops.Feed([Piece(1)]) as shop:
        fit_process.run(tmp_path, "source", "add", shop.url + "/feed.csv", "--kind", "feed", "--name", "shop", **SETTINGS)
        assert not shop.asked, "nothing runs without a worker"
        with Server(tmp_path, **SETTINGS) as server:
            source = server.get("/api/v1/sources").json()["sources"][0]
            wait_until(lambda: (last_run(server, source) or {}).get("state") == "done", "the missed run")
            settled(server, "shop", lambda all_: len(all_) == 1)
        with Server(tmp_path, **SETTINGS) as server:
            assert len(server.get(f"/api/v1/sources/{source['id']}/runs").json()["runs"]) == 1


def test_tenants_have_sources_of_their_own(tmp_path):
    with fit_process.tenants_server(tmp_path, **SETTINGS) as server, shops.Feed([Piece(1)]) as shop:
        assert server.post("/api/v1/tenants", json={"name": "second"}).status_code == 201
        other = {"X-Tenant": "second"}
        body = {"kind": "feed", "address": shop.url + "/feed.csv", "name": "shop", "schedule": "3h"}
        added = server.post("/api/v1/sources", json=body, headers=other)
        assert added.status_code == 201, added.text
        assert server.get("/api/v1/sources").json() == {"sources": []}
        path = f"/api/v1/sources/{added.json()['id']}"
        wait_until(lambda: (server.get(path, headers=other).json()["last_run"] or {}).get("state") == "done", "the run")
        wait_until(lambda: len(server.get("/api/v1/items", headers=other).json()["items"]) == 1, "the item")
        assert items(server, "shop") == {}
