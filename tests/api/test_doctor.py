"""`fit doctor`: what is wrong with a machine and a configuration, on the real program."""

import json
import os
import shutil

import pytest

import fit_process
from fit_process import Server, note_secrets, run
from mail_server import MailServer


def doctor(data, **settings):
    """The exit status, and the checks by name; where several have a name, one that is a fault."""
    done = run(data, "doctor", "--json", check=False, **settings)
    report = json.loads(done.stdout)
    assert report["ok"] == (done.returncode == 0), done.stderr
    assert done.returncode in (0, 1)
    for check in report["checks"]:
        assert check["found"] and (check["advice"] is None) == (check["state"] == "ok"), check
    faults = [check for check in report["checks"] if check["state"] == "fault"]
    assert report["ok"] == (not faults)
    return done.returncode, {check["name"]: check for check in sorted(report["checks"], key=lambda check: check["state"] == "fault")}


def test_nothing_is_wrong_with_a_new_folder(tmp_path):
    before = sorted(tmp_path.iterdir())
    status, checks = doctor(tmp_path)
    assert status == 0
    assert {"settings", "STORAGE_PATH", "disk space", "database", "memory", "open files", "clock", "processor",
            "public address"} <= set(checks)
    assert checks["database"]["state"] == "ok"
    assert sorted(tmp_path.iterdir()) == before, "the command makes nothing"


def test_a_catalogue_is_measured_beside_its_server(server):
    status, checks = doctor(server.data)
    assert status == 0 and "items with" in checks["database"]["found"]
    with_address = doctor(server.data, PUBLIC_URL=server.url)[1]
    assert with_address["way to the server"]["state"] == "ok"


def test_the_text_says_what_to_do(tmp_path):
    done = run(tmp_path, "doctor", PUBLIC_URL="https://fit.invalid", check=False)
    assert done.returncode == 1
    assert "1 fault found" in done.stderr
    line = next(line for line in done.stdout.splitlines() if line.startswith("fault"))
    assert "public address" in line
    following = done.stdout.splitlines()[done.stdout.splitlines().index(line) + 1]
    assert "what to do" in following and "TRUSTED_PROXIES" in following


def test_settings_that_only_a_server_reads_are_checked(tmp_path):
    (tmp_path / "cert.pem").write_text("no certificate")
    status, checks = doctor(tmp_path, TRUSTED_PROXIES="everybody", TLS_CERT=tmp_path / "cert.pem",
                            TLS_KEY=tmp_path / "cert.pem")
    assert status == 1 and checks["settings"]["state"] == "fault"
    listed = json.loads(run(tmp_path, "doctor", "--json", check=False, TRUSTED_PROXIES="everybody",
                            ALLOWED_ORIGINS="nonsense").stdout)["checks"]
    named = " ".join(check["found"] for check in listed if check["name"] == "settings")
    assert "TRUSTED_PROXIES" in named and "ALLOWED_ORIGINS" in named


def test_a_damaged_database_is_a_fault(tmp_path):
    (tmp_path / "fit.db").write_bytes(b"x" * 20000)
    status, checks = doctor(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/fit.db")
    assert status == 1 and checks["database"]["state"] == "fault"


def test_a_model_that_is_not_there_is_a_fault(tmp_path):
    status, checks = doctor(tmp_path, EMBEDDING_PROVIDER="onnx", EMBEDDING_MODEL="clip-vit-b32-int8")
    assert status == 1
    assert checks["model"]["state"] == "fault" and "fit model pull clip-vit-b32-int8" in checks["model"]["advice"]


def test_servers_that_are_away_are_faults(tmp_path):
    password = "sesame-street-12"
    note_secrets(password)
    for settings, name in (({"REDIS_URL": f"redis://:{password}@127.0.0.1:1/0"}, "redis"),
                           ({"SMTP_URL": f"smtp://fit:{password}@127.0.0.1:1", "SMTP_FROM": "fit@shop.example"}, "mail"),
                           ({"STORAGE_BACKEND": "s3://files/fit", "S3_ENDPOINT": "http://127.0.0.1:1"}, "images"),
                           ({"DATABASE_URL": f"postgresql://fit:{password}@127.0.0.1:1/fit"}, "database")):
        status, checks = doctor(tmp_path, AWS_ACCESS_KEY_ID="k", AWS_SECRET_ACCESS_KEY=password, **settings)
        assert status == 1 and checks[name]["state"] == "fault", name
        assert password not in json.dumps(checks)


def test_a_redis_and_a_mail_server_that_answer(tmp_path, redis):
    settings = {"SMTP_FROM": "fit@shop.example", "REDIS_URL": redis.url}
    with MailServer(tmp_path) as mail:
        status, checks = doctor(tmp_path, SMTP_URL=mail.url(), **settings)
        assert status == 0 and checks["mail"]["state"] == "ok" and checks["redis"]["state"] == "ok"
        assert mail.messages == [], "no message is sent"
        status, checks = doctor(tmp_path, SMTP_URL=mail.url("another-password"), **settings)
        assert status == 1 and checks["mail"]["state"] == "fault"
        assert "another-password" not in json.dumps(checks)


def test_a_folder_that_cannot_be_written(tmp_path):
    storage = tmp_path / "storage"
    storage.mkdir()
    storage.chmod(0o777)
    status, checks = doctor(tmp_path)
    assert status == 1 and "chmod 0750" in checks["STORAGE_PATH"]["advice"]
    storage.rmdir()
    storage.write_text("a file")
    assert doctor(tmp_path)[0] == 1


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_files_of_root_in_the_folder_of_a_service_are_named(tmp_path):
    fit_process.run(tmp_path, "migrate")
    storage = tmp_path / "storage"
    storage.mkdir(exist_ok=True)
    (storage / "images").mkdir()
    shutil.chown(storage, 4711, 4711)
    status, checks = doctor(tmp_path)
    assert status == 0 and checks["STORAGE_PATH"]["state"] == "warning"
    assert "images" in checks["STORAGE_PATH"]["found"] and "chown -R 4711" in checks["STORAGE_PATH"]["advice"]


def test_the_limit_of_open_files(tmp_path):
    with Server(tmp_path):
        checks = doctor(tmp_path, MAX_CONNECTIONS=1_000_000)[1]
        assert checks["open files"]["state"] == "warning" and "LimitNOFILE=" in checks["open files"]["advice"]
