"""What the metrics of a server were: the points of its page of operations."""

import fit_process
from checks import assert_problem
from fit_process import Server, wait_until

PATH = "/api/v1/metrics/history"


def test_the_history_is_kept_over_a_restart(tmp_path):
    with Server(tmp_path) as server:
        first = server.get(PATH).json()
        assert first["step_s"] == 10 and len(first["starts"]) == 1

        def measured():
            server.get("/api/v1/items")
            return [point for point in server.get(PATH).json()["points"] if point["requests_per_s"] > 0]

        wait_until(measured, "the first point")
        assert measured()[0]["memory_bytes"] > 1 << 20
        before = server.get(PATH).json()
    with Server(tmp_path) as server:
        after = server.get(PATH + "?range=1h").json()
        assert after["points"][:len(before["points"])] == before["points"]
        assert after["starts"][:-1] == before["starts"] and after["starts"][-1]["at"] > before["starts"][-1]["at"]
        assert server.get(PATH + "?range=7d").json()["step_s"] == 600
        problem = assert_problem(server.get(PATH + "?range=8d"), 422)
        assert "range" in problem["detail"]
    (file,) = tmp_path.glob("**/history/metrics.json")
    file.write_text("[]")
    with Server(tmp_path) as server:
        assert len(server.get(PATH).json()["starts"]) == 1
        assert "the history of metrics begins anew" in server.output()


def test_only_callers_of_the_default_tenant_with_the_scope_see_it(tmp_path):
    fit_process.run(tmp_path, "tenant", "create", "shop")
    secrets = [fit_process.run(tmp_path, "key", "create", name, "--scope", scope, *more).stdout.strip()
               for name, scope, *more in (("a", "metrics"), ("b", "search"), ("c", "metrics", "--tenant", "shop"))]
    with Server(tmp_path) as server:
        statuses = [server.get(PATH, headers={"X-API-Key": secret}).status_code for secret in secrets]
        assert statuses == [200, 403, 403]
