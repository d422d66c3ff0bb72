"""From where a request comes, and who is refused for too many failures."""

from pathlib import Path
from typing import Any

import pytest

from services.portal.entry.limits import MOST_KEYS, Limits, Window
from services.portal.settings import Settings
from services.portal.source import networks, source_of
from shared.contracts.denial import Denied
from shared.settings import Realm
from tests.builders.settings import GOOD

OURS = networks("10.0.0.1, 10.1.0.0/16 2001:db8:1::/48")


@pytest.mark.parametrize(
    ("peer", "forwarded", "source"),
    [
        ("10.0.0.1", ["203.0.113.7"], "203.0.113.7"),
        ("10.0.0.1", ["198.51.100.9, 203.0.113.7"], "203.0.113.7"),  # what the visitor wrote himself is not read
        ("10.0.0.1", ["198.51.100.9", "203.0.113.7, 10.1.2.3"], "203.0.113.7"),  # two proxies of ours, two lines
        ("10.0.0.1", ["10.1.2.3"], "10.1.2.3"),  # somebody within
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", ["unknown"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.7, 203.0.113.8:443"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.7, <script>, 10.1.2.3"], "10.0.0.1"),
        ("10.0.0.1", ["rubbish, 203.0.113.7"], "203.0.113.7"),
        ("10.0.0.2", ["203.0.113.7"], "10.0.0.2"),  # no proxy of ours: its header is not believed
        ("::ffff:10.0.0.1", ["::ffff:203.0.113.7"], "203.0.113.7"),
        ("2001:db8:1::5", ["2001:db8:2:3:4:5:6:7"], "2001:db8:2:3::/64"),
        ("10.0.0.1", ["fe80::1%eth0"], "fe80::/64"),
        ("", ["203.0.113.7"], "-"),
        ("testclient", ["203.0.113.7"], "testclient"),
    ],
)
def test_a_source_is_the_nearest_address_that_is_no_proxy_of_ours(peer: str, forwarded: list[str], source: str) -> None:
    assert source_of(peer, forwarded, OURS) == source


def test_without_the_setting_the_header_is_ignored() -> None:
    assert source_of("10.0.0.1", ["203.0.113.7"], ()) == "10.0.0.1"


def settings(**over: Any) -> Settings:
    return Settings(realm=Realm.TEST, secrets_dir=Path("x"), **(GOOD | over))


def test_trusted_proxies_are_a_list_of_addresses_and_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings().trusted_proxies == ()
    monkeypatch.setenv("TRUSTED_PROXIES", "10.0.0.1, 10.1.0.0/16 2001:db8:1::/48")
    assert settings().trusted_proxies == OURS
    for wrong in ("proxy.example", "10.0.0.1/8", "*"):
        monkeypatch.setenv("TRUSTED_PROXIES", wrong)
        with pytest.raises(ValueError, match="trusted_proxies"):
            settings()


def test_only_failures_count_and_only_for_a_while() -> None:
    now = [0.0]
    window = Window(2, 60, clock=lambda: now[0])
    window.failed("a")
    assert window.allows("a")
    window.failed("a")
    assert not window.allows("a")
    assert window.allows("b")
    now[0] = 61.0
    assert window.allows("a")


def test_a_window_keeps_no_key_as_it_is_and_not_too_many() -> None:
    window = Window(1, 60)
    for number in range(MOST_KEYS + 1):
        window.failed(f"5F5A1-{number}")
    assert window.allows("5F5A1-0"), "the oldest is forgotten"
    assert not window.allows(f"5F5A1-{MOST_KEYS}")
    assert "5F5A1" not in repr(vars(window))


def refusal(limits: Limits, secret: str, source: str) -> str | None:
    """What somebody is told who failed."""
    try:
        limits.check(secret)
        limits.failed(secret, source)
    except Denied as refused:
        return refused.code
    return None


def test_a_source_is_refused_only_after_it_failed() -> None:
    limits = Limits(Window(2, 60), Window(3, 60))
    assert [refusal(limits, f"secret {n}", "commune") for n in range(4)] == [None, None, None, "too_many_tries"]
    limits.check("right")
    assert refusal(limits, "secret 9", "elsewhere") is None


def test_a_secret_is_refused_from_wherever_it_is_tried() -> None:
    limits = Limits(Window(2, 60), Window(300, 60))
    assert [refusal(limits, "secret", f"source {n}") for n in range(3)] == [None, None, "too_many_tries"]


def test_a_source_beyond_its_limit_still_counts_against_the_secret() -> None:
    limits = Limits(Window(2, 60), Window(1, 60))
    for name in ("one", "other", "other"):
        refusal(limits, name, "commune")
    with pytest.raises(Denied):
        limits.check("other")
