"""Renders the Helm chart with Helm's template engine and holds the result against the program. Run by ./dev test-deploy."""

import copy
import json
import os
import pathlib
import re
import subprocess

import pytest
import yaml

from manifests import DEPLOY, check_grace, check_settings, image_environment, image_user, routes

CHART = DEPLOY / "helm/find-this-fit"
PORT = int(image_environment()["APP_PORT"])
# Variables that libraries and the client of S3 read.
OF_LIBRARIES = {"PGPASSWORD", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
POSTGRES = {"engine": "postgresql", "files": {"enabled": True},
            "secrets": {"DATABASE_URL": "postgresql://fit:p%40ss@db:5432/fit", "API_KEY": "0123456789abcdef0123456789abcdef"}}
INGRESS = {"ingress": {"enabled": True, "host": "shop.example"}}
VARIANTS = {
    "sqlite": {},
    "sqlite-ingress": INGRESS,
    "postgres": POSTGRES | INGRESS,
    "postgres-bucket": {"engine": "postgresql", "existingSecret": "mine", "autoscaling": {"enabled": False},
                        "settings": {"STORAGE_BACKEND": "s3://images/fit", "S3_REGION": "eu-central-1"},
                        "api": {"replicas": 4, "nodeSelector": {"disk": "ssd"}, "tolerations": [{"key": "search", "operator": "Exists"}]}},
}
# The versions in which Kubernetes 1.25 and later have these kinds.
KINDS = {"ConfigMap": "v1", "Secret": "v1", "ServiceAccount": "v1", "Service": "v1", "PersistentVolumeClaim": "v1",
         "Deployment": "apps/v1", "Job": "batch/v1", "HorizontalPodAutoscaler": "autoscaling/v2",
         "PodDisruptionBudget": "policy/v1", "NetworkPolicy": "networking.k8s.io/v1", "Ingress": "networking.k8s.io/v1"}


@pytest.fixture(scope="module")
def renderer(tmp_path_factory):
    """The program that renders a chart, built from Debian's packages of Go."""
    program = tmp_path_factory.mktemp("renderer") / "render_chart"
    source = pathlib.Path(__file__).with_name("render_chart.go")
    subprocess.run(["go", "build", "-p", "1", "-o", program, source], check=True, cwd=program.parent,
                   env={**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "", "GOTOOLCHAIN": "local"})
    return program


def merged(base, above):
    """The values of the chart with those of a person above them, as Helm merges them."""
    result = copy.deepcopy(base)
    for name, value in above.items():
        result[name] = merged(result[name], value) if isinstance(value, dict) and isinstance(result.get(name), dict) else value
    return result


def rendered(renderer, values, release="shop"):
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    data = {"Values": merged(yaml.safe_load((CHART / "values.yaml").read_text()), values),
            "Chart": {"Name": chart["name"], "Version": chart["version"], "AppVersion": chart["appVersion"]},
            "Release": {"Name": release, "Namespace": "fits", "Service": "Helm"}}
    return subprocess.run([renderer, CHART], input=json.dumps(data), capture_output=True, text=True)


def objects_of(text):
    """The objects by kind and name; NOTES.txt is no YAML."""
    parts = [part for part in re.split(r"^---$", text, flags=re.M) if "# Source: NOTES.txt" not in part]
    found = [document for part in parts for document in yaml.safe_load_all(part) if document]
    objects = {(document["kind"], document["metadata"]["name"]): document for document in found}
    assert len(objects) == len(found), "two objects of one name"
    return objects


@pytest.fixture(scope="module", params=VARIANTS)
def objects(renderer, request):
    done = rendered(renderer, VARIANTS[request.param])
    assert done.returncode == 0, done.stderr
    return objects_of(done.stdout)


def of_kind(objects, kind):
    return {name: document for (of, name), document in objects.items() if of == kind}


def pods(objects):
    """The template of each pod, by the name of its Deployment or Job."""
    for kind in ("Deployment", "Job"):
        for name, document in of_kind(objects, kind).items():
            yield name, document["spec"]["template"]


def matches(selector, labels):
    return selector.items() <= labels.items()


def test_the_chart_describes_itself():
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert chart["apiVersion"] == "v2" and chart["name"] == CHART.name
    assert re.fullmatch(r"\d+\.\d+\.\d+", chart["version"])
    project = (DEPLOY.parent / "CMakeLists.txt").read_text()
    version = re.search(r"project\(find_this_fit VERSION (\S+)", project)[1]
    assert version.startswith(chart["appVersion"])


def test_objects_have_known_kinds_names_and_labels(objects):
    for (kind, name), document in objects.items():
        assert document["apiVersion"] == KINDS[kind]
        assert re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", name) and len(name) <= 63
        labels = document["metadata"]["labels"]
        assert labels["app.kubernetes.io/instance"] == "shop" and labels["app.kubernetes.io/managed-by"] == "Helm"
        assert all(isinstance(value, str) for value in labels.values())
        for value in document["metadata"].get("annotations", {}).values():
            assert isinstance(value, str)


def test_which_objects_there_are(renderer):
    def kinds(values):
        return sorted(kind for kind, _ in objects_of(rendered(renderer, values).stdout))
    alone = ["ConfigMap", "Deployment", "NetworkPolicy", "PersistentVolumeClaim", "Service", "ServiceAccount"]
    assert kinds(VARIANTS["sqlite"]) == alone
    assert kinds(VARIANTS["sqlite-ingress"]) == sorted([*alone, "Ingress"])
    assert kinds(VARIANTS["postgres"]) == sorted(
        [*alone, "Deployment", "HorizontalPodAutoscaler", "Ingress", "Job", "NetworkPolicy", "NetworkPolicy", "PodDisruptionBudget", "Secret"])
    assert "HorizontalPodAutoscaler" not in kinds(VARIANTS["postgres-bucket"])
    assert "NetworkPolicy" not in kinds({"networkPolicy": {"enabled": False}})


def test_selectors_find_the_pods_that_they_mean(objects):
    labels = {name: pod["metadata"]["labels"] for name, pod in pods(objects)}

    def found(selector):
        return {name for name, given in labels.items() if matches(selector, given)}
    for name, deployment in of_kind(objects, "Deployment").items():
        assert found(deployment["spec"]["selector"]["matchLabels"]) == {name}
    api = {name for name in labels if name.endswith("-api")}
    for service in of_kind(objects, "Service").values():
        assert found(service["spec"]["selector"]) == api
    for budget in of_kind(objects, "PodDisruptionBudget").values():
        assert found(budget["spec"]["selector"]["matchLabels"]) == api
    for scaler in of_kind(objects, "HorizontalPodAutoscaler").values():
        target = scaler["spec"]["scaleTargetRef"]
        assert (target["kind"], target["name"]) in objects and "replicas" not in objects["Deployment", target["name"]]["spec"]
    for name, policy in of_kind(objects, "NetworkPolicy").items():
        assert found(policy["spec"]["podSelector"]["matchLabels"]) == {name}
    assert set(of_kind(objects, "NetworkPolicy")) == set(labels)


def test_objects_that_are_named_exist(objects):
    for _, pod in pods(objects):
        spec = pod["spec"]
        assert ("ServiceAccount", spec["serviceAccountName"]) in objects
        for volume in spec["volumes"]:
            if "persistentVolumeClaim" in volume:
                assert ("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]) in objects
        for source in spec["containers"][0]["envFrom"]:
            if "configMapRef" in source:
                assert ("ConfigMap", source["configMapRef"]["name"]) in objects
            elif source["secretRef"]["name"] != "mine":
                assert ("Secret", source["secretRef"]["name"]) in objects
        mounted = {mount["name"] for mount in spec["containers"][0]["volumeMounts"]}
        assert mounted == {volume["name"] for volume in spec["volumes"]}
    for ingress in of_kind(objects, "Ingress").values():
        backend = ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
        assert ("Service", backend["name"]) in objects
        assert backend["port"]["name"] in {port["name"] for port in objects["Service", backend["name"]]["spec"]["ports"]}


def test_settings_are_those_of_the_program(objects):
    settings = next(iter(of_kind(objects, "ConfigMap").values()))["data"]
    check_settings(settings, OF_LIBRARIES)
    for secret in of_kind(objects, "Secret").values():
        check_settings(secret["stringData"], OF_LIBRARIES)
        assert not set(secret["stringData"]) & set(settings)
    assert int(settings["APP_PORT"]) == PORT and settings["APP_HOST"] == image_environment()["APP_HOST"]
    ingresses = of_kind(objects, "Ingress")
    assert settings.get("PUBLIC_URL") == ("https://shop.example" if ingresses else None)
    # A pod writes where a volume is, and nowhere else.
    for _, pod in pods(objects):
        paths = {mount["mountPath"] for mount in pod["spec"]["containers"][0]["volumeMounts"]}
        assert settings["STORAGE_PATH"] in paths and "/tmp" in paths
        if settings.get("STORAGE_BACKEND", "").startswith("fs://"):
            assert settings["STORAGE_BACKEND"].removeprefix("fs://") in paths


def test_pods_are_confined(objects):
    user, _ = image_user()
    for name, pod in pods(objects):
        spec = pod["spec"]
        assert "initContainers" not in spec and not spec.get("hostNetwork") and spec["automountServiceAccountToken"] is False
        assert not any("hostPath" in volume for volume in spec["volumes"])
        context = spec["securityContext"]
        assert context["runAsNonRoot"] is True and context["runAsUser"] == user and context["fsGroup"] > 0
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in spec["containers"]:
            assert container["securityContext"] == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                                                    "capabilities": {"drop": ["ALL"]}}
            resources = container["resources"]
            assert {"cpu", "memory"} <= set(resources["limits"]) and {"cpu", "memory"} <= set(resources["requests"]), name


def test_probes_ask_for_routes_of_the_program(objects):
    for name, pod in pods(objects):
        container = pod["spec"]["containers"][0]
        probes = {kind: container[kind]["httpGet"] for kind in ("startupProbe", "readinessProbe", "livenessProbe") if kind in container}
        if not name.endswith("-api"):
            given = {variable["name"]: variable["value"] for variable in container.get("env", [])}
            ports = [str(port["containerPort"]) for port in container.get("ports", [])]
            assert not probes and ports == ([given["METRICS_PORT"]] if name.endswith("-worker") else [])
            check_settings(given)
            continue
        assert len(probes) == 3
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        for kind, probe in probes.items():
            assert ports[probe["port"]] == PORT and probe["path"] in routes()
            # A server that is not ready must not be restarted.
            assert probe["path"] == ("/ready" if kind == "readinessProbe" else "/live")
        waits = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
        check_grace(pod["spec"]["terminationGracePeriodSeconds"] - waits)
        service = next(iter(of_kind(objects, "Service").values()))
        assert service["spec"]["ports"][0]["targetPort"] in ports
    for name, pod in pods(objects):
        if name.endswith("-worker"):
            check_grace(pod["spec"]["terminationGracePeriodSeconds"])


def test_commands_are_commands_of_the_program(objects):
    commands = {name.rsplit("-", 1)[1]: pod["spec"]["containers"][0]["args"] for name, pod in pods(objects)}
    shown = subprocess.run([os.environ["FIT_BINARY"], "--help"], capture_output=True, text=True).stdout
    for arguments in commands.values():
        assert re.search(rf"^\s+{arguments[0]}\b", shown, re.M), arguments
        assert all(isinstance(argument, str) for argument in arguments)
    # API servers leave jobs to workers where there are some.
    assert commands["api"] == (["serve", "--workers", "0"] if "worker" in commands else ["serve"])


def test_one_sqlite_file_has_one_process(renderer):
    values = {"api": {"replicas": 5}, "autoscaling": {"enabled": True}}
    objects = objects_of(rendered(renderer, values).stdout)
    deployment = objects["Deployment", "shop-find-this-fit-api"]["spec"]
    assert deployment["replicas"] == 1 and deployment["strategy"] == {"type": "Recreate"}
    claim = objects["PersistentVolumeClaim", "shop-find-this-fit-data"]
    assert claim["spec"]["accessModes"] == ["ReadWriteOnce"] and claim["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"


def test_networks_are_closed_but_for_the_ingress(objects):
    def of_namespace(name):
        return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}
    monitoring = [{"podSelector": {}}, of_namespace("monitoring")]
    for name, policy in of_kind(objects, "NetworkPolicy").items():
        spec = policy["spec"]
        assert spec["policyTypes"] == ["Ingress", "Egress"]
        if name.endswith("-migrate"):
            assert spec["ingress"] == []
            continue
        (rule,) = spec["ingress"]
        if name.endswith("-worker"):
            assert rule == {"ports": [{"port": "metrics", "protocol": "TCP"}], "from": monitoring}
            continue
        assert rule["ports"] == [{"port": "http", "protocol": "TCP"}]
        assert rule["from"] == [monitoring[0], of_namespace("ingress-nginx"), monitoring[1]]
        assert all("169.254.169.254/32" in block["ipBlock"]["except"] or ":" in block["ipBlock"]["cidr"] for block in spec["egress"][0]["to"])


def test_workers_listen_only_where_they_should(renderer):
    objects = objects_of(rendered(renderer, merged(POSTGRES, {"worker": {"metricsPort": 0}})).stdout)
    container = objects["Deployment", "shop-find-this-fit-worker"]["spec"]["template"]["spec"]["containers"][0]
    assert "ports" not in container and "env" not in container
    assert objects["NetworkPolicy", "shop-find-this-fit-worker"]["spec"]["ingress"] == []


@pytest.mark.parametrize("values, message", [
    ({"engine": "mysql"}, "engine must be sqlite or postgresql"),
    ({"engine": "postgresql", "files": {"enabled": True}}, "DATABASE_URL"),
    ({"engine": "postgresql", "existingSecret": "mine"}, "STORAGE_BACKEND"),
])
def test_impossible_values_are_refused(renderer, values, message):
    done = rendered(renderer, values)
    assert done.returncode == 1 and message in done.stderr


def test_a_change_of_settings_restarts_the_pods(renderer):
    def checksums(values):
        pod = objects_of(rendered(renderer, values).stdout)["Deployment", "shop-find-this-fit-api"]["spec"]["template"]
        return pod["metadata"]["annotations"]
    before = checksums(POSTGRES)
    assert checksums(POSTGRES) == before
    assert checksums(merged(POSTGRES, {"settings": {"WORKER_THREADS": 4}})) != before
    assert checksums(merged(POSTGRES, {"secrets": {"API_KEY": "another"}})) != before


def test_long_names_of_releases_are_cut(renderer):
    objects = objects_of(rendered(renderer, POSTGRES, release="a" * 53).stdout)
    assert all(len(name) <= 63 for _, name in objects)
