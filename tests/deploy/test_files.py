"""Checks the files of deploy/ with the programs that read them. Run by ./dev test-deploy."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest
import yaml

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "deploy"
COMPOSE = pathlib.Path("/usr/libexec/docker/cli-plugins/docker-compose")
PRODUCTION = "docker-compose.production.yml"


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def secrets(tmp_path_factory):
    """The folder of secrets after its script has run."""
    folder = tmp_path_factory.mktemp("secrets")
    shutil.copy(DEPLOY / "secrets/make", folder / "make")
    run(folder / "make", "fit.example")
    return folder


def composed(name, **variables):
    """The file as compose understands it, with all defaults and variables filled in."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/tmp", **variables}
    return yaml.safe_load(subprocess.run([COMPOSE, "-f", DEPLOY / name, "config"], env=environment, check=True,
                                         capture_output=True, text=True).stdout)


@pytest.mark.skipif(not COMPOSE.exists(), reason="docker-compose is not installed")
def test_compose_reads_its_files():
    development = composed("docker-compose.yml")["services"]["fit"]
    assert development["ports"][0]["host_ip"] == "127.0.0.1" and development["read_only"]
    production = composed(PRODUCTION, PUBLIC_URL="https://fit.example")["services"]
    assert set(production) == {"migrate", "api", "worker", "postgres", "pgbouncer", "redis", "nginx", "prometheus",
                               "alertmanager", "grafana", "mailpit"}
    assert production["api"]["deploy"]["replicas"] == 2
    assert composed(PRODUCTION, PUBLIC_URL="https://fit.example", API_REPLICAS="3")["services"]["api"]["deploy"]["replicas"] == 3


@pytest.mark.skipif(not COMPOSE.exists(), reason="docker-compose is not installed")
def test_compose_asks_for_what_it_needs():
    done = subprocess.run([COMPOSE, "-f", DEPLOY / PRODUCTION, "config"], capture_output=True, text=True,
                          env={"PATH": os.environ["PATH"], "HOME": "/tmp"})
    assert done.returncode != 0 and "PUBLIC_URL" in done.stderr


def test_only_nginx_is_open_to_the_outside():
    services = yaml.safe_load((DEPLOY / PRODUCTION).read_text())["services"]
    for name, service in services.items():
        for port in service.get("ports", []):
            assert name == "nginx" or port.startswith("127.0.0.1:"), name


def test_mounts_and_secrets_exist(secrets):
    text = yaml.safe_load((DEPLOY / PRODUCTION).read_text())
    for name, secret in text["secrets"].items():
        assert (secrets / pathlib.Path(secret["file"]).name).exists(), name
    used = {name for service in text["services"].values() for name in service.get("secrets", [])}
    assert used == set(text["secrets"])
    for service in text["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (DEPLOY / source).exists() if source.startswith(".") else source in text["volumes"], volume


def test_secrets_are_drawn_once_and_fit_together(secrets):
    before = {path.name: path.read_bytes() for path in secrets.iterdir()}
    run(secrets / "make", "fit.example")
    assert {path.name: path.read_bytes() for path in secrets.iterdir()} == before
    password = (secrets / "postgres_password").read_text()
    assert re.fullmatch(r"[0-9a-f]{48}", password) and (secrets / "grafana_password").read_text() != password
    for name in ("fit.toml", "migrate.toml", "userlist.txt"):
        assert password in (secrets / name).read_text()
    assert "fit.example" in run("openssl", "x509", "-in", secrets / "tls.crt", "-noout", "-text")
    assert (secrets / "tls.key").stat().st_mode & 0o007 == 0


def test_the_program_takes_the_settings(secrets, tmp_path):
    """The settings of the compose file, with the secrets, are settings of the program."""
    service = yaml.safe_load((DEPLOY / PRODUCTION).read_text())["services"]["api"]
    values = {name: re.sub(r"\$\{\w+:?[-?]([^}]*)\}", r"\1", value) for name, value in service["environment"].items()}
    values["PUBLIC_URL"] = "https://fit.example"
    shown = run(os.environ["FIT_BINARY"], "--config", secrets / "fit.toml", "config", cwd=tmp_path,
                env={"PATH": os.environ["PATH"], **values})
    for name in values:
        assert re.search(rf"^{name} .* environment ", shown, re.M), name
    assert re.search(r"^DATABASE_URL +postgresql://fit:\*\*\*@pgbouncer:6432/fit +file ", shown, re.M)


def test_nginx_reads_its_file(secrets, tmp_path):
    text = (DEPLOY / "nginx/nginx.conf").read_text()
    for name, file in (("tls_certificate", "tls.crt"), ("tls_key", "tls.key")):
        text = text.replace(f"/run/secrets/{name};", f"{secrets / file};")
    (tmp_path / "nginx.conf").write_text(text.replace("/run/nginx.pid", str(tmp_path / "pid")))
    run("/usr/sbin/nginx", "-t", "-c", tmp_path / "nginx.conf", "-p", tmp_path)


def test_caddy_reads_its_file(tmp_path):
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PUBLIC_HOST": "fit.example"}
    run("caddy", "validate", "--adapter", "caddyfile", "--config", DEPLOY / "caddy/Caddyfile", env=environment)


def test_prometheus_reads_its_files(tmp_path):
    for name in ("prometheus.yml", "alerts.yml"):
        shutil.copy(DEPLOY / "prometheus" / name, tmp_path / name)
    (tmp_path / "metrics_key").write_text("key")
    text = (tmp_path / "prometheus.yml").read_text()
    (tmp_path / "prometheus.yml").write_text(text.replace("/run/secrets/", f"{tmp_path}/"))
    run("promtool", "check", "config", tmp_path / "prometheus.yml")


def test_the_alerts_fire_when_they_should():
    assert "SUCCESS" in run("promtool", "test", "rules", "alerts_test.yml", cwd=DEPLOY / "prometheus")


def test_alertmanager_reads_its_file():
    run("amtool", "check-config", DEPLOY / "alertmanager/alertmanager.yml")
    shown = run("amtool", "config", "routes", "test", "--config.file", DEPLOY / "alertmanager/alertmanager.yml", "severity=page")
    assert "operators" in shown


def test_files_of_others_are_yaml():
    """Grafana and Traefik are no packages of Debian: their files are only parsed."""
    for path in [*DEPLOY.glob("grafana/provisioning/*/*.yml"), DEPLOY / "traefik/dynamic.yml"]:
        assert yaml.safe_load(path.read_text()), path
