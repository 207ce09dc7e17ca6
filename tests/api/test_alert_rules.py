"""Alert rules: what their routes take, and alarms from the metric to the mailbox, over restarts and between processes."""

import datetime
import json
import re
import time

import jsonschema
import pytest

import fit_process
from alert_world import Receiver
from fit_process import Server, wait_until
from mail_server import MailServer

ROOT = "root-key-of-the-tests"
SETTINGS = {"ALERT_RULES_INTERVAL": 1, "ALLOW_PRIVATE_ADDRESSES": "true"}
RULES = "/api/v1/alert-rules"


def add_rule(server, status=201, **fields):
    rule = {"name": "Waiting searches", "metric": "fit_saved_searches_waiting", "threshold": -1, "for_s": 0, "keep_firing_s": 0}
    answer = server.post(RULES, json=rule | fields)
    assert answer.status_code == status, answer.text
    return answer.json()


def state_of(server, rule):
    return server.get(f"{RULES}/{rule['id']}").json()["state"]


def wait_for_state(server, rule, state):
    wait_until(lambda: state_of(server, rule) == state, f"the state {state}")


def in_hours(hours):
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=hours)).isoformat()


@pytest.fixture(scope="module")
def rules_server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("rules"), **SETTINGS) as running:
        yield running


@pytest.fixture
def receiver():
    with Receiver() as running:
        yield running


def events(receiver):
    return [json.loads(body)["type"] for _, _, body in receiver.requests]


def test_a_rule_is_added_read_replaced_and_removed(rules_server):
    server = rules_server
    answer = server.post(RULES, json={"name": "Dead letters", "metric": "queue_dead_letters", "threshold": 10})
    assert answer.status_code == 201
    rule = answer.json()
    assert answer.headers["Location"] == f"{RULES}/{rule['id']}"
    assert (rule["state"], rule["condition"], rule["comparison"], rule["for_s"]) == ("inactive", "threshold", "above", 60)
    assert rule["matching_series"] == 0 and rule["channels"] == []
    listed = server.get(RULES).json()
    assert listed["webhook_secret"].startswith("whsec_") and listed["mail_possible"] is False
    assert [one["id"] for one in listed["alert_rules"]] == [rule["id"]]
    changed = server.post(f"{RULES}/{rule['id']}", json={"name": "Index", "metric": "fit_index_images", "condition": "absence"})
    assert changed.status_code == 200, changed.text
    assert changed.json()["condition"] == "absence" and "threshold" not in changed.json()
    assert changed.json()["matching_series"] == 1
    assert server.delete(f"{RULES}/{rule['id']}").status_code == 204
    for answer in (server.get(f"{RULES}/{rule['id']}"), server.delete(f"{RULES}/{rule['id']}"),
                   server.post(f"{RULES}/{rule['id']}/test"), server.get(f"{RULES}/999999"),
                   server.post(f"{RULES}/{rule['id']}/silence", json={"until": None})):
        assert answer.status_code == 404


@pytest.mark.parametrize("change, field", [
    ({"name": ""}, "name"),
    ({"name": None}, "name"),
    ({"metric": "fit search"}, "metric"),
    ({"threshold": "many"}, "threshold"),
    ({"threshold": None}, "threshold"),
    ({"labels": {"queue": 7}}, "labels.queue"),
    ({"for_s": 90_000}, "for_s"),
    ({"repeat_s": 5}, "repeat_s"),
    ({"condition": "rate", "window_s": 1}, "window_s"),
    ({"condition": "rate", "aggregate": "max"}, "aggregate"),
    ({"channels": [{"type": "sms", "address": "1"}]}, "channels[0].type"),
    ({"channels": [{"type": "webhook", "url": "file:///etc/passwd"}]}, "channels[0].url"),
    ({"channels": [{"type": "email", "address": "a@b.example\r\nBcc: c@d.example"}]}, "channels[0].address"),
    ({"colour": "red"}, "colour")])
def test_wrong_rules_name_the_field(rules_server, change, field):
    assert add_rule(rules_server, 422, **change)["field"] == field


def test_wrong_requests_are_refused(rules_server):
    server = rules_server
    assert server.post(RULES, data="{", headers={"Content-Type": "application/json"}).status_code == 400
    assert server.post(RULES, json=[]).status_code in (400, 422)
    assert server.post(RULES, json={"name": "x" * 70_000}).status_code == 413
    assert server.get(f"{RULES}/x").status_code == 422
    for query in ("state=pending", "limit=0", "limit=1001", "before=x", "rule_id=-1", "colour=red"):
        assert server.get(f"/api/v1/alerts?{query}").status_code == 422, query
    rule = add_rule(server, threshold=1e9)
    for until in ("yesterday", "2020-01-01T00:00:00Z", 7):
        assert server.post(f"{RULES}/{rule['id']}/silence", json={"until": until}).status_code == 422, until
    assert server.post(f"{RULES}/{rule['id']}/silence", json={}).status_code == 422
    assert server.post(f"{RULES}/{rule['id']}/test").status_code == 409, "there is no channel"


def test_an_alarm_is_told_once_and_its_end_once(rules_server, receiver):
    server = rules_server
    rule = add_rule(server, channels=[{"type": "webhook", "url": receiver.url + "/hook"},
                                      {"type": "ntfy", "url": receiver.url + "/my-topic"}])
    wait_for_state(server, rule, "firing")
    receiver.wait_for(2)
    by_path = {path: (headers, json.loads(body)) for path, headers, body in receiver.requests}
    headers, hook = by_path["/hook"]
    assert hook["type"] == "alert_rule.firing" and hook["rule"] == {"id": rule["id"], "name": "Waiting searches"}
    assert hook["condition"] == "sum of fit_saved_searches_waiting above -1" and hook["value"] == 0
    assert headers["webhook-signature"].startswith("v1,") and headers["webhook-id"]
    assert by_path["/"][1]["topic"] == "my-topic" and by_path["/"][1]["title"] == "[firing] Waiting searches"
    time.sleep(3)  # looks that tell nobody anything
    assert len(receiver.requests) == 2
    alarm = server.get(f"/api/v1/alerts?rule_id={rule['id']}").json()["alerts"][0]
    assert (alarm["state"], alarm["ended_at"], alarm["notices"]) == ("firing", None, 2)
    assert alarm["id"] == hook["alert_id"]

    # Another threshold is another condition: the alarm ends without a notice.
    server.post(f"{RULES}/{rule['id']}", json={"name": "Waiting searches", "metric": "fit_saved_searches_waiting", "threshold": 5})
    assert state_of(server, rule) == "inactive"
    assert server.get(f"/api/v1/alerts?rule_id={rule['id']}").json()["alerts"][0]["state"] == "resolved"
    assert len(receiver.requests) == 2


def test_a_metric_that_goes_up_and_down_leads_to_an_alarm_and_its_end(rules_server, receiver):
    server = rules_server
    # Responses with 404 on the average of ten seconds.
    rule = add_rule(server, name="Lost", metric="fit_http_requests_total", labels={"status": ["404"], "method": "GE*"},
                    condition="rate", threshold=0.5, window_s=10, channels=[{"type": "webhook", "url": receiver.url}])

    def ask():
        server.get("/api/v1/items/99999999")
        return state_of(server, rule) == "firing"
    wait_until(ask, "an alarm")
    receiver.wait_for(1)
    wait_for_state(server, rule, "resolved")
    receiver.wait_for(2)
    assert events(receiver) == ["alert_rule.firing", "alert_rule.resolved"]
    alarm = server.get(f"/api/v1/alerts?rule_id={rule['id']}").json()["alerts"][0]
    assert alarm["state"] == "resolved" and alarm["started_at"] < alarm["ended_at"] and alarm["value"] > 0.5


def test_an_absence_fires_after_its_time(rules_server):
    server = rules_server
    body = {"name": "Gone", "metric": "fit_no_such_metric", "condition": "absence", "keep_firing_s": 0}
    rule = server.post(RULES, json=body | {"for_s": 2}).json()
    wait_for_state(server, rule, "pending")
    wait_for_state(server, rule, "firing")
    alarm = server.get("/api/v1/alerts?state=firing&limit=1").json()
    assert alarm["alerts"][0]["value"] is None and alarm["alerts"][0]["condition"] == "no fit_no_such_metric"
    assert alarm["next_before"] == alarm["alerts"][0]["id"]


def test_a_silenced_rule_tells_when_the_silence_is_over(rules_server, receiver):
    server = rules_server
    rule = add_rule(server, threshold=5, channels=[{"type": "webhook", "url": receiver.url}])
    silenced = server.post(f"{RULES}/{rule['id']}/silence", json={"until": in_hours(1)})
    assert silenced.status_code == 200 and silenced.json()["silenced_until"]
    server.post(f"{RULES}/{rule['id']}", json={"name": "Quiet", "metric": "fit_saved_searches_waiting", "threshold": -1, "for_s": 0,
                                               "channels": [{"type": "webhook", "url": receiver.url}]})
    wait_for_state(server, rule, "firing")
    time.sleep(2)
    assert receiver.requests == []
    ended = server.post(f"{RULES}/{rule['id']}/silence", json={"until": None})
    assert ended.json()["silenced_until"] is None
    receiver.wait_for(1)
    assert events(receiver) == ["alert_rule.firing"]


def test_the_test_button_says_what_each_channel_has_accepted(rules_server, receiver):
    server = rules_server
    receiver.statuses = [200, 404]
    rule = add_rule(server, threshold=5, channels=[{"type": "webhook", "url": receiver.url + "/a"},
                                                   {"type": "webhook", "url": receiver.url + "/b"},
                                                   {"type": "email", "address": "ops@shop.example"}])
    done = server.post(f"{RULES}/{rule['id']}/test")
    assert done.status_code == 200, done.text
    good, gone, mail = done.json()["channels"]
    assert (good["url"], good["accepted"], good["error"]) == (receiver.url + "/a", True, None)
    assert not gone["accepted"] and gone["error"]
    assert not mail["accepted"] and "SMTP_URL" in mail["error"]
    assert events(receiver) == ["alert_rule.test"] * 2
    assert state_of(server, rule) == "inactive"


def test_responses_match_their_schemas(rules_server):
    server = rules_server
    document = server.get("/openapi.json").json()
    rule = add_rule(server, threshold=5, channels=[{"type": "ntfy", "url": "https://ntfy.sh/my-topic"}])

    def check(name, value):
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(value)
    check("AlertRule", rule)
    check("AlertRuleList", server.get(RULES).json())
    check("RuleAlarmList", server.get("/api/v1/alerts").json())
    assert server.get("/api/v1/alerts").json()["alerts"]


def test_the_metrics_count_rules_and_notices(rules_server, receiver):
    server = rules_server
    rule = add_rule(server, channels=[{"type": "webhook", "url": receiver.url}])
    wait_for_state(server, rule, "firing")
    receiver.wait_for(1)

    def counted():
        text = server.get("/metrics").text
        return 'fit_alert_rule_notices_total{channel="webhook",outcome="delivered"}' in text and \
            'fit_alert_rules{state="firing"} 0\n' not in text and 'fit_alert_rules{state="firing"}' in text
    wait_until(counted, "metrics of rules")


def test_rules_need_the_scope_admin_of_the_default_tenant(tmp_path):
    fit_process.run(tmp_path, "tenant", "create", "shop")
    with Server(tmp_path, API_KEY=ROOT, **SETTINGS) as server:
        root = {"X-API-Key": ROOT}
        key = server.post("/api/v1/keys", json={"name": "p", "scopes": ["search", "metrics"]}, headers=root).json()["secret"]
        for headers, status in ((None, 401), ({"X-API-Key": key}, 403), (root, 200)):
            assert server.get(RULES, headers=headers).status_code == status
            assert server.get("/api/v1/alerts", headers=headers).status_code == status
        made = fit_process.run(tmp_path, "key", "create", "s", "--scope", "admin", "--tenant", "shop")
        shop = {"X-API-Key": made.stdout.split()[-1]}
        assert server.get(RULES, headers=shop).status_code == 403
        added = server.post(RULES, json={"name": "A", "metric": "fit_a", "threshold": 1}, headers=root)

        def entries():
            return server.get("/api/v1/audit?action=alert-rules", headers=root).json()["entries"]
        wait_until(entries, "recording the new rule")
        latest = entries()[0]
        assert latest["action"] == "alert-rules.create" and latest["target"] == f"alert-rule:{added.json()['id']}"


def test_mail_is_sent_by_the_queue(tmp_path):
    with MailServer(tmp_path) as mail:
        settings = SETTINGS | {"SMTP_URL": mail.url(), "SMTP_FROM": "Shop <fit@shop.example>"}
        with Server(tmp_path, **settings) as server:
            assert server.get(RULES).json()["mail_possible"] is True
            rule = add_rule(server, channels=[{"type": "email", "address": "ops@shop.example"}])
            message = mail.message_to("ops@shop.example")
            assert message["Subject"] == "[firing] Waiting searches"
            assert "sum of fit_saved_searches_waiting above -1" in message.get_content()
            assert server.post(f"{RULES}/{rule['id']}/test").json()["channels"][0]["accepted"]
            assert mail.message_to("ops@shop.example")["Subject"] == "[test] Waiting searches"


def test_states_and_alarms_outlive_a_restart(tmp_path, receiver):
    with Server(tmp_path, **SETTINGS) as server:
        rule = add_rule(server, channels=[{"type": "webhook", "url": receiver.url}])
        wait_for_state(server, rule, "firing")
        receiver.wait_for(1)
        wait_until(lambda: server.get("/api/v1/jobs?kind=alert-rules&state=done").json()["jobs"], "the end of the job")
    with Server(tmp_path, **SETTINGS) as server:
        assert state_of(server, rule) == "firing"
        time.sleep(3)
        assert len(receiver.requests) == 1, "nobody is told again"
        assert len(server.get("/api/v1/alerts").json()["alerts"]) == 1


def test_an_interval_of_0_judges_nothing(tmp_path):
    with Server(tmp_path, ALERT_RULES_INTERVAL=0) as server:
        rule = add_rule(server)
        time.sleep(2)
        assert state_of(server, rule) == "inactive"


@pytest.mark.skipif(not fit_process.POSTGRES_FILE, reason="one server per SQLite file")
def test_of_two_servers_one_tells_and_the_other_takes_over(tmp_path, receiver):
    with Server(tmp_path, **SETTINGS) as first:
        second = Server(tmp_path, **SETTINGS | {"STORAGE_PATH": f"{tmp_path}/second"})
        with second:
            rule = add_rule(first, channels=[{"type": "webhook", "url": receiver.url}])
            wait_for_state(second, rule, "firing")
            receiver.wait_for(1)
            time.sleep(3)
            assert len(receiver.requests) == 1
            # The lease of a server that was killed ends by itself.
            first.kill()
            again = add_rule(second, name="Again", channels=[{"type": "webhook", "url": receiver.url}])
            wait_for_state(second, again, "firing")
            receiver.wait_for(2)
            assert len(receiver.requests) == 2
            first.start()


def test_the_rules_of_the_operations_page_are_accepted(rules_server):
    page = (fit_process.SOURCE_DIR / "docs/operations.md").read_text()
    members = re.findall(r'^\| [^|]+ \| `("metric": .*)` \|$', page, re.M)
    assert len(members) > 5
    for text in members:
        rule = {"name": "From the page"} | json.loads("{" + text + "}")
        answer = rules_server.post(RULES, json=rule)
        assert answer.status_code == 201, (text, answer.text)
        assert rules_server.delete(f"{RULES}/{answer.json()['id']}").status_code == 204
