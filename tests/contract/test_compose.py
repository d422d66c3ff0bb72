"""docker-compose.yml: valid, with the settings that the services really have, official images, and no secret."""

import importlib
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic_settings import BaseSettings

from shared.contracts.house import SERVICES
from shared.security.secrets import STEWARD
from shared.settings.addresses import refuse_plaintext

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
RUNNING: Mapping[str, dict[str, Any]] = COMPOSE["services"]
OWN_SECRETS = "/etc/donthu/secrets"
IMAGE = re.compile(r"([a-z0-9-]+/)?[a-z0-9][a-z0-9_-]*(:[A-Za-z0-9._-]+)?")
VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::?([-?])([^}]*))?\}")


def settings_of(service: str) -> type[BaseSettings]:
    found: type[BaseSettings] = importlib.import_module(f"services.{service}.app").Settings
    return found


def mounts(service: str) -> dict[str, str]:
    """Target of each mount with its source and mode."""
    parts = (entry.split(":", 1) for entry in RUNNING[service].get("volumes", []))
    return {
        target.removesuffix(":ro"): f"{source}{':ro' if target.endswith(':ro') else ''}" for source, target in parts
    }


def resolved(value: str, given: Mapping[str, str]) -> str:
    def pick(match: re.Match[str]) -> str:
        name, mode, rest = match.groups()
        return given.get(name, rest if mode == "-" else "")

    return VARIABLE.sub(pick, value)


def environment(service: str, given: Mapping[str, str]) -> dict[str, str]:
    """What the container gets, given the variables of an env file; a name without value is passed on if given."""
    asked: dict[str, Any] = RUNNING[service]["environment"]
    passed_on = {name: given[name] for name, value in asked.items() if value is None and name in given}
    return passed_on | {name: resolved(str(value), given) for name, value in asked.items() if value is not None}


def demo_variables() -> dict[str, str]:
    lines = (ROOT / "deploy/docker/demo.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


PRODUCTION = {
    "REALM": "production",
    "LAW_PROFILE": "two_tier_2026",
    "MAIL_FROM": "don-thu@example",
    "PUBLIC_URL": "https://don-thu.example",
}


def test_the_file_is_valid_by_the_compose_specification() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE)]
    checked = subprocess.run(command, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout.decode()


def test_every_service_of_the_house_runs() -> None:
    assert set(SERVICES) <= set(RUNNING)


@pytest.mark.parametrize("service", SERVICES)
def test_every_environment_name_is_a_setting_of_its_service(service: str) -> None:
    names = {name.upper() for name in settings_of(service).model_fields}
    known = names | {f"{name}_FILE" for name in names}
    assert set(RUNNING[service]["environment"]) <= known


@pytest.mark.parametrize("given", [demo_variables(), PRODUCTION], ids=["demo", "production"])
@pytest.mark.parametrize("service", SERVICES)
def test_the_settings_are_complete_and_accepted(
    service: str, given: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in settings_of(service).model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    mounted = {"smtp_url": "smtps://desk:word@mail.example:465" if given is PRODUCTION else "", "webhook_secret": ""}
    for name, value in environment(service, given).items():
        if name.endswith("_FILE"):
            secret = value.removeprefix("/run/secrets/")
            assert secret in RUNNING[service]["secrets"]
            (tmp_path / secret).write_text(mounted[secret], encoding="utf-8")
            value = str(tmp_path / secret)
        monkeypatch.setenv(name, value)
    assert settings_of(service)().model_dump()["realm"] == given["REALM"]


def test_no_image_names_a_registry() -> None:
    images = [part["image"] for part in RUNNING.values() if "image" in part]
    dockerfile = (ROOT / "deploy/docker/Dockerfile").read_text(encoding="utf-8")
    images += re.findall(r"^ARG BASE=(\S+)", dockerfile, re.MULTILINE)
    assert [image for image in images if not IMAGE.fullmatch(image)] == []
    assert set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)) == {"${BASE}"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_sees_only_its_own_secrets_and_cannot_write_them(service: str) -> None:
    secrets = {target: source for target, source in mounts(service).items() if target.startswith("/etc/donthu")}
    assert secrets == {OWN_SECRETS: "secrets-public:ro", f"{OWN_SECRETS}/{service}": f"secrets-{service}:ro"}


def test_provisioning_reaches_every_secrets_folder() -> None:
    assert {f"{OWN_SECRETS}/{name}" for name in (*SERVICES, STEWARD)} <= set(mounts("secrets"))


def test_no_secret_value_stands_in_the_files() -> None:
    text = FILE.read_text(encoding="utf-8") + (ROOT / "deploy/docker/demo.env").read_text(encoding="utf-8")
    assert not re.search(r"://[^/\s@]*:[^/\s@]*@", text), "an address with a password"
    assert not re.search(r"\bS[UANOC][A-Z2-7]{56}\b", text), "an nkey seed"
    named = re.findall(r"^\s*\w*(?:PASSWORD|SECRET|TOKEN)\w*[:=]\s*(\S+)", text, re.MULTILINE)
    given_outside = re.compile(r"/etc/donthu/\S+|/run/secrets/\w+|\$\{\w+:-\}")
    assert [value for value in named if not given_outside.fullmatch(value)] == []


def test_what_signs_certificates_is_mounted_where_they_are_made_and_nowhere_else() -> None:
    assert [name for name in RUNNING if "/etc/donthu/authority" in mounts(name)] == ["secrets"]
    assert {name for name in RUNNING if any(source.startswith("tls-") for source in mounts(name).values())} == {
        "secrets",
        "nats",
        "postgres",
    }


def test_nothing_is_said_in_plain_text() -> None:
    rules = (ROOT / "deploy/docker/pg_hba.conf").read_text(encoding="utf-8").splitlines()
    assert [line.split()[0] for line in rules if not line.startswith("#")] == ["local", "hostssl"]
    assert "-cssl=on" in RUNNING["postgres"]["command"]
    for service in (*SERVICES, "migrate", "demo"):
        for name, value in RUNNING[service]["environment"].items():
            if name.endswith("_URL"):
                refuse_plaintext(str(value))


@pytest.mark.parametrize("name", RUNNING)
def test_nothing_takes_the_whole_machine(name: str) -> None:
    limits = RUNNING[name]["deploy"]["resources"]["limits"]
    assert {"cpus", "memory", "pids"} == set(limits)
    assert RUNNING[name]["logging"]["options"]["max-size"] == "10m"


def test_the_bus_keeps_one_privilege_to_read_its_key() -> None:
    assert (RUNNING["nats"]["cap_drop"], RUNNING["nats"]["cap_add"]) == (["ALL"], ["DAC_OVERRIDE"])
    assert RUNNING["nats"]["read_only"] is True


def test_the_demo_plays_its_first_days_when_everybody_is_there() -> None:
    assert RUNNING["demo"]["depends_on"] == {service: {"condition": "service_healthy"} for service in SERVICES}


@pytest.mark.parametrize("name", sorted(set(RUNNING) - {"postgres", "nats"}))
def test_our_own_containers_are_confined(name: str) -> None:
    assert RUNNING[name]["read_only"] is True
    assert RUNNING[name]["cap_drop"] == ["ALL"]
    assert RUNNING[name]["security_opt"] == ["no-new-privileges:true"]


def test_postgres_prints_neither_statements_nor_values() -> None:
    silent = {
        "-clog_error_verbosity=terse",
        "-clog_statement=none",
        "-clog_min_duration_statement=-1",
        "-clog_min_error_statement=panic",
        "-clog_parameter_max_length=0",
        "-clog_parameter_max_length_on_error=0",
    }
    assert silent <= set(RUNNING["postgres"]["command"])


def test_everything_that_stays_up_restarts_and_every_service_is_checked() -> None:
    one_shot = {"secrets", "migrate"}
    assert {name for name, part in RUNNING.items() if part["restart"] != "unless-stopped"} == one_shot
    without = {name for name, part in RUNNING.items() if "healthcheck" not in part}
    assert without == one_shot | {"demo", "collector"}, "the collector's image has no shell to check with"


def test_the_bus_writes_through_and_is_closed_to_the_unnamed() -> None:
    configuration = (ROOT / "deploy/nats/nats-server.conf").read_text(encoding="utf-8")
    assert "sync_interval: always" in configuration
    assert 'include "generated/authorization.conf"' in configuration
