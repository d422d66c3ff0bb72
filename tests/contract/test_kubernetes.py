"""The Kubernetes manifests: valid, whole, confined, and open exactly as far as the contracts ask."""

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from operations.commands import house
from operations.containers import healthy
from shared.contracts.bus.subjects import REPLICAS
from shared.contracts.house import SERVICES
from shared.messaging.connection.bus import CA
from shared.security.secrets import STEWARD, provision
from shared.settings import Realm
from shared.settings.addresses import servers

DEPLOY = Path(__file__).parents[2] / "deploy"
BASE, PRODUCTION = DEPLOY / "kubernetes/base", DEPLOY / "kubernetes/overlays/production"
CLUSTER = DEPLOY / "nats/cluster/nats-server.conf"
IMAGE = re.compile(r"[a-z0-9][a-z0-9_-]*(:[A-Za-z0-9._-]+)?")
Manifest = dict[str, Any]


def documents(file: Path) -> list[Manifest]:
    return [each for each in yaml.safe_load_all(file.read_text(encoding="utf-8")) if each]


def resources(folder: Path) -> Iterator[Path]:
    """The files that a kustomization names, of the folders it names too."""
    for name in yaml.safe_load((folder / "kustomization.yaml").read_text(encoding="utf-8")).get("resources", []):
        target = (folder / name).resolve()
        yield from resources(target) if target.is_dir() else [target]


MANIFESTS: list[Manifest] = [each for file in resources(BASE) for each in documents(file)]
WORKLOADS = {each["metadata"]["name"]: each for each in MANIFESTS if each["kind"] in ("StatefulSet", "Job")}
SETTINGS: dict[str, str] = next(
    each["data"] for each in MANIFESTS if each["kind"] == "ConfigMap" and each["metadata"]["name"] == "settings"
)


def named(kind: str, name: str) -> Manifest:
    [found] = [each for each in MANIFESTS if each["kind"] == kind and each["metadata"]["name"] == name]
    return found


def pod(name: str) -> Manifest:
    found: Manifest = WORKLOADS[name]["spec"]["template"]["spec"]
    return found


def container(name: str) -> Manifest:
    [only] = pod(name)["containers"]
    found: Manifest = only
    return found


def environment(service: str) -> dict[str, str]:
    """What the container gets, as the first replica."""
    given: dict[str, str] = {}
    for each in container(service)["env"]:
        source = each.get("valueFrom", {})
        if reference := source.get("configMapKeyRef"):
            assert reference["key"] in SETTINGS or reference.get("optional"), reference
            if reference["key"] in SETTINGS:
                given[each["name"]] = SETTINGS[reference["key"]]
        elif "fieldRef" in source:
            given[each["name"]] = "0"
        else:
            given[each["name"]] = each["value"]
    return given


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda each: f"{each['kind']}-{each['metadata']['name']}")
def test_a_manifest_is_strictly_valid(manifest: Manifest) -> None:
    kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)


def test_every_file_is_part_of_the_base() -> None:
    assert set(BASE.rglob("*.yaml")) - {BASE / "kustomization.yaml"} == {
        each for each in resources(BASE) if BASE in each.parents
    }


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_whole(service: str) -> None:
    workload = WORKLOADS[service]
    assert workload["kind"] == "StatefulSet", "only it gives each replica its number"
    assert 2 <= workload["spec"]["replicas"] <= REPLICAS
    labels = workload["spec"]["template"]["metadata"]["labels"]
    own = {"matchLabels": {"app.kubernetes.io/name": service}}
    assert workload["spec"]["selector"] == named("PodDisruptionBudget", service)["spec"]["selector"] == own
    assert named("NetworkPolicy", service)["spec"]["podSelector"] == own
    assert named("Service", service)["spec"]["selector"].items() <= labels.items()
    assert pod(service)["topologySpreadConstraints"][0]["labelSelector"] == own
    number = next(each for each in container(service)["env"] if each["name"] == "REPLICA")
    assert number["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.labels['apps.kubernetes.io/pod-index']"


@pytest.mark.parametrize("service", SERVICES)
def test_the_settings_are_complete_and_accepted_in_production(
    service: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = importlib.import_module(f"services.{service}.app").Settings
    names = {name.upper() for name in settings.model_fields}
    given = environment(service)
    assert {name.removesuffix("_FILE") for name in given} <= names
    mounted = {"smtp_url": "smtps://desk:word@mail.example:465", "webhook_secret": ""}
    for name in names:
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        if name.endswith("_FILE"):
            file = tmp_path / Path(value).name
            file.write_text(mounted[file.name], encoding="utf-8")
            value = str(file)
        monkeypatch.setenv(name, value)
    assert settings().realm is Realm.PRODUCTION


def test_no_setting_is_unknown_to_every_service() -> None:
    used = {
        each["valueFrom"]["configMapKeyRef"]["key"]
        for service in SERVICES
        for each in container(service)["env"]
        if "configMapKeyRef" in each.get("valueFrom", {})
    }
    [patch] = documents(PRODUCTION / "settings.yaml")
    assert set(SETTINGS) | set(patch["data"]) <= used


@pytest.mark.parametrize("name", [*SERVICES, "migrate"])
def test_secrets_are_files_and_only_its_own(name: str, tmp_path: Path) -> None:
    provision(tmp_path, SERVICES)
    folders = [*SERVICES, STEWARD] if name == "migrate" else [name]
    wanted = {file.relative_to(tmp_path).as_posix() for folder in folders for file in (tmp_path / folder).iterdir()}
    [volume] = [each for each in pod(name)["volumes"] if each["name"] == "secrets"]
    found = {
        (source["secret"]["name"], item["key"], item["path"])
        for source in volume["projected"]["sources"]
        if "secret" in source
        for item in source["secret"]["items"]
    }
    assert {path for _, _, path in found} == wanted
    assert all(path == f"{secret}/{key}" for secret, key, path in found)
    assert {"configMap": {"name": "house-public"}} in volume["projected"]["sources"]
    assert not any("secretKeyRef" in each.get("valueFrom", {}) for each in container(name)["env"])


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_pod_is_confined(name: str) -> None:
    spec, only = pod(name), container(name)
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert only["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    for bound in ("requests", "limits"):
        assert set(only["resources"][bound]) == {"cpu", "memory"}
    priorities = {each["metadata"]["name"] for each in MANIFESTS if each["kind"] == "PriorityClass"}
    assert spec["priorityClassName"] in priorities
    assert IMAGE.fullmatch(only["image"])
    assert not any("hostPath" in each for each in spec["volumes"])
    mounted = {each["name"] for each in only["volumeMounts"]}
    claimed = {each["metadata"]["name"] for each in WORKLOADS[name]["spec"].get("volumeClaimTemplates", [])}
    assert mounted == {each["name"] for each in spec["volumes"]} | claimed


def test_the_namespace_takes_confined_pods_only() -> None:
    labels = named("Namespace", "don-thu")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize("name", [*SERVICES, "nats"])
def test_what_stays_up_is_probed(name: str) -> None:
    probes = {part: container(name)[part] for part in ("startupProbe", "readinessProbe", "livenessProbe")}
    if name in set(SERVICES) - {"portal"}:
        command = ["python", "-m", healthy.__name__, name]
        assert all(each["exec"]["command"] == command for each in probes.values())
    else:
        ports = {each["name"] for each in container(name)["ports"]}
        assert all(each["httpGet"]["port"] in ports for each in probes.values())
        assert all(each["httpGet"]["path"].startswith("/healthz") for each in probes.values())


def reached(name: str) -> set[tuple[str, int]]:
    """Whom a workload's policy lets it reach: a pod's name, a role of a namespace, or the world."""
    found = set()
    for rule in named("NetworkPolicy", name)["spec"].get("egress", []):
        for peer in rule["to"]:
            labels = (peer.get("podSelector") or peer.get("namespaceSelector") or {}).get("matchLabels", {})
            [whom] = labels.values() or ["world"]
            found |= {(whom, port["port"]) for port in rule["ports"]}
    return found


ALL_SERVICES = {("nats", 4222), ("database", 5432), ("telemetry", 4318)}
MORE = {"intake": {("keystore", 5432)}, "notify": {("world", 465), ("world", 587), ("world", 443)}}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reaches_what_it_needs_and_is_reached_by_nobody_but_the_door(service: str) -> None:
    assert reached(service) == ALL_SERVICES | MORE.get(service, set())
    policy = named("NetworkPolicy", service)["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    door = [
        {
            "from": [{"namespaceSelector": {"matchLabels": {"don-thu/role": "ingress"}}}],
            "ports": [{"protocol": "TCP", "port": 8080}],
        }
    ]
    assert policy.get("ingress", []) == (door if service == "portal" else [])


def test_all_that_is_not_allowed_is_denied() -> None:
    assert named("NetworkPolicy", "default-deny")["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert reached("migrate") == {("nats", 4222), ("database", 5432), ("keystore", 5432)}
    assert reached("nats") == {("nats", 6222)}


def test_the_bus_is_reached_by_those_who_have_a_name_there() -> None:
    clients, routes = named("NetworkPolicy", "nats")["spec"]["ingress"]
    [wanted] = clients["from"][0]["podSelector"]["matchExpressions"]
    components = {
        name: each["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/component"]
        for name, each in WORKLOADS.items()
    }
    assert {name for name, component in components.items() if component in wanted["values"]} == {*SERVICES, "migrate"}
    assert routes["from"] == [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "nats"}}}]


def test_the_bus_runs_on_the_shipped_configuration() -> None:
    text = CLUSTER.read_text(encoding="utf-8")
    given = {each["name"] for each in container("nats")["env"]}
    assert given == set(re.findall(r"\$(\w+)", text.split("server_name:", 1)[1]))
    mounts = [each["mountPath"] for each in container("nats")["volumeMounts"]]
    for path in re.findall(r'"(/\S+)"', text):
        assert any(path == mount or path.startswith(f"{mount}/") for mount in mounts), path
    assert "/etc/nats/generated" in mounts
    assert "sync_interval: always" in text
    assert named("Service", "nats")["spec"]["clusterIP"] == "None"
    assert WORKLOADS["nats"]["spec"]["replicas"] == 3
    hosts = [server.removeprefix("tls://").removesuffix(":4222") for server in servers(SETTINGS["NATS_URL"])]
    routes = [each["value"] for each in container("nats")["env"] if each["name"].startswith("ROUTE")]
    assert routes == [f"nats-route://{host}:6222" for host in hosts]


def test_migrate_is_called_with_options_it_has() -> None:
    asked = [
        each.removeprefix("--").replace("-", "_") for each in container("migrate")["args"] if each.startswith("--")
    ]
    assert set(asked) <= set(inspect.signature(house.migrate).parameters)


def test_the_overlay_names_a_version_for_every_image_of_ours() -> None:
    overlay = yaml.safe_load((PRODUCTION / "kustomization.yaml").read_text(encoding="utf-8"))
    ours = {container(name)["image"] for name in WORKLOADS} - {container("nats")["image"]}
    assert {each["name"] for each in overlay["images"]} == ours
    for patch in overlay["patches"]:
        assert (PRODUCTION / patch["path"]).is_file()


def test_addresses_trust_the_houses_own_authorities() -> None:
    assert "sslrootcert=/etc/donthu/secrets/" in SETTINGS["DATABASE_URL"]
    assert all(server.startswith("tls://") for server in servers(SETTINGS["NATS_URL"]))
    guide = (DEPLOY.parent / "docs/operations.md").read_text(encoding="utf-8")
    assert f"--from-file={CA}" in guide, "house-public needs it"
