"""The secrets folder is made once, closed to others, and gives each service its own part."""

import json
from pathlib import Path

import nkeys
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.security.sealing import open_sealed, seal
from shared.security.secrets import PublicKeys, SecretsRefused, ServiceSecrets, provision

SERVICES = ("intake", "portal", "audit", "notify")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    provision(tmp_path / "secrets", SERVICES)
    return tmp_path / "secrets"


def test_every_file_and_folder_is_closed_to_others(root: Path) -> None:
    modes = {path.stat().st_mode & 0o777 for path in root.rglob("*") if path.is_file()}
    folders = {path.stat().st_mode & 0o777 for path in (root, *root.iterdir()) if path.is_dir()}
    assert (modes, folders) == ({0o600}, {0o700})


def test_each_service_has_what_it_needs_and_no_more(root: Path) -> None:
    common = {"nats.nk", "database.password", "sealed.key"}
    assert {folder.name: {path.name for path in folder.iterdir()} for folder in root.iterdir() if folder.is_dir()} == {
        "intake": common | {"kek.json", "lookup.key", "code.key"},
        "portal": common | {"actor.key", "session.key"},
        "audit": common | {"head.key"},
        "notify": common,
        "steward": {"nats.nk"},
    }


def test_provisioning_again_changes_nothing(root: Path) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    provision(root, SERVICES)
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_a_new_service_joins_without_disturbing_the_others(root: Path) -> None:
    before = PublicKeys.load(root)
    provision(root, ["routing"])
    after = PublicKeys.load(root)
    assert after.nats_users.keys() - before.nats_users.keys() == {"routing"}
    assert before.nats_users.items() <= after.nats_users.items()
    assert (after.actor, after.audit) == (before.actor, before.audit)


@pytest.mark.parametrize("service", [*SERVICES, "steward"])
def test_the_nkey_seed_belongs_to_the_public_user(root: Path, service: str) -> None:
    mine = ServiceSecrets.load(root, service)
    pair = nkeys.from_seed(bytearray(mine.nats_seed.encode()))
    assert pair.public_key.decode() == mine.public.nats_users[service]
    assert mine.nats_seed.startswith("SU")
    assert mine.public.nats_users[service].startswith("U")
    assert pair.verify(b"nonce", pair.sign(b"nonce"))


def test_what_is_sealed_to_the_public_key_opens_with_the_private_one(root: Path) -> None:
    intake = ServiceSecrets.load(root, "intake")
    assert open_sealed(intake.sealed_private, seal(intake.public.sealing["intake"], b"letter")) == b"letter"
    assert "steward" not in intake.public.sealing


def test_the_verification_keys_belong_to_portal_and_audit(root: Path) -> None:
    public = PublicKeys.load(root)
    for private, shown in (
        (ServiceSecrets.load(root, "portal").actor_key, public.actor),
        (ServiceSecrets.load(root, "audit").head_key, public.audit),
    ):
        assert Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw() == shown


def test_the_vaults_ring_wraps_and_unwraps_after_loading_again(root: Path) -> None:
    wrapped = ServiceSecrets.load(root, "intake").kek_ring.wrap(bytes(32), b"place")
    assert ServiceSecrets.load(root, "intake").kek_ring.unwrap(wrapped, b"place") == bytes(32)


def test_an_older_kek_stays_on_the_ring(root: Path) -> None:
    wrapped = ServiceSecrets.load(root, "intake").kek_ring.wrap(bytes(32), b"place")
    path = root / "intake" / "kek.json"
    ring = json.loads(path.read_text())
    ring = {"current": "kek-next", "keys": ring["keys"] | {"kek-next": "A" * 43}}
    path.write_text(json.dumps(ring))
    assert ServiceSecrets.load(root, "intake").kek_ring.unwrap(wrapped, b"place") == bytes(32)


def test_all_secrets_differ(root: Path) -> None:
    contents = [path.read_text() for path in root.rglob("*") if path.is_file()]
    assert len(set(contents)) == len(contents)


def test_a_service_needs_only_its_own_folder_and_the_public_file(root: Path, tmp_path: Path) -> None:
    container = tmp_path / "container"
    container.mkdir()
    (root / "notify").rename(container / "notify")
    (root / "public.json").rename(container / "public.json")
    assert ServiceSecrets.load(container, "notify").database_password


def test_a_repr_shows_no_secret(root: Path) -> None:
    assert repr(ServiceSecrets.load(root, "intake")) == "ServiceSecrets(service='intake')"


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o602, 0o601])
def test_a_secret_open_to_the_world_is_refused(root: Path, mode: int) -> None:
    (root / "intake" / "nats.nk").chmod(mode)
    assert refusal(root, "intake") == "secrets_too_open"


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o440, 0o640])
def test_a_secret_mounted_for_a_group_is_accepted(root: Path, mode: int) -> None:
    (root / "intake" / "nats.nk").chmod(mode)
    assert ServiceSecrets.load(root, "intake").nats_seed


def test_a_service_without_folder_has_no_secrets(root: Path) -> None:
    assert refusal(root, "routing") == "secrets_missing"


def test_a_secret_of_another_service_is_missing(root: Path) -> None:
    notify = ServiceSecrets.load(root, "notify")
    for name in ("actor_key", "session_key", "head_key", "lookup_key", "code_key", "kek_ring"):
        with pytest.raises(SecretsRefused, match="secrets_missing"):
            getattr(notify, name)


@pytest.mark.parametrize("content", ["", "short", "é", "A" * 44])
def test_a_damaged_key_is_malformed_and_not_echoed(root: Path, content: str) -> None:
    (root / "intake" / "sealed.key").write_text(content)
    with pytest.raises(SecretsRefused) as refused:
        _ = ServiceSecrets.load(root, "intake").sealed_private
    assert str(refused.value) == "secrets_malformed"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"services": {"x": {}}}', '{"services": 3}', "é"])
def test_a_damaged_public_file_is_malformed(root: Path, content: str) -> None:
    (root / "public.json").write_text(content)
    assert refusal(root, "intake") == "secrets_malformed"


@pytest.mark.parametrize("content", ["", "[]", '{"current": "a", "keys": {}}', '{"current": "a", "keys": {"a": "AA"}}'])
def test_a_damaged_ring_is_malformed(root: Path, content: str) -> None:
    (root / "intake" / "kek.json").write_text(content)
    with pytest.raises(SecretsRefused, match="secrets_malformed"):
        _ = ServiceSecrets.load(root, "intake").kek_ring


def refusal(root: Path, service: str) -> str:
    with pytest.raises(SecretsRefused) as refused:
        ServiceSecrets.load(root, service)
    return refused.value.code
