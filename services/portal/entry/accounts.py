"""Accounts: argon2id, computed in a thread. In a demo realm every officer has one, with the password shown."""

import asyncio
from collections.abc import Sequence
from datetime import date

import argon2
import asyncpg

from services.portal.store import Q
from shared.directory import Directory, Level, Role

DEMO_PASSWORD = "thu-nghiem"  # noqa: S105 - shown on the sign-in page; settings refuse demo accounts in production
DemoAccount = tuple[str, str, str]
"""User name, name and post."""
LONGEST_PASSWORD = 200
SHORTEST_PASSWORD = 10

_CAST = (Role.HANDLER, Role.OFFICER, Role.HEAD, Role.ADVISER, Role.STEWARD)
_RANK = {Level.COMMUNE: 0, Level.DISTRICT: 1, Level.PROVINCE: 2}
_HASHER = argon2.PasswordHasher()
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$A7Wsc7Kk4PSIRPF5KKfNVA$/a+M76E8d9kBaakDohOIdm59aIi3cNarcYpegMRyoSc"
"""Checked for an unknown user name, so that the answer takes as long."""


class WeakPassword(ValueError):
    """Shorter than ten characters, or longer than two hundred."""

    code = "weak_password"
    advice = "Mật khẩu cần từ 10 đến 200 ký tự."


async def create(pool: asyncpg.Pool, directory: Directory, officers: Sequence[str], password: str) -> None:
    """Give officers accounts named by their ids; existing accounts stay as they are.

    Raises:
        WeakPassword: the password is too short or too long.
        UnknownOfficer: one of them is not in the directory; nobody got an account.
    """
    for officer_id in officers:
        directory.officer(officer_id)
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise WeakPassword
    hashed = await asyncio.to_thread(_HASHER.hash, password)
    await pool.execute(Q["create_accounts"], list(officers), list(officers), [hashed] * len(officers))


async def create_demo(pool: asyncpg.Pool, directory: Directory) -> None:
    """One account per officer of the directory."""
    await create(pool, directory, [officer.id for officer in directory.officers()], DEMO_PASSWORD)


async def officer_of(pool: asyncpg.Pool, username: str, password: str) -> str | None:
    """Officer id of a user name and password; None when they do not fit, after the same work."""
    row = await pool.fetchrow(Q["account"], username[:LONGEST_PASSWORD])
    hashed = row["password_hash"] if row else _NOBODY
    fits = await asyncio.to_thread(_verify, hashed, password[:LONGEST_PASSWORD])
    return row["officer_id"] if row and fits else None


def _verify(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def demo_cast(directory: Directory, on: date) -> list[DemoAccount]:
    """One person per role to play a case with, from the lowest level that has the role."""
    ranked = sorted(directory.authorities(on), key=lambda each: _RANK[each.level])
    found = {
        role: officer_id
        for role in _CAST
        for each in reversed(ranked)
        for officer_id in directory.holders_of(each.id, role, on)[:1]
    }
    listed = {account[0]: account for account in demo_list(directory, on)}
    return [listed[officer_id] for officer_id in found.values()]


def demo_list(directory: Directory, on: date) -> list[DemoAccount]:
    """User name, name and post of everybody who holds a post on that day."""
    return [
        (officer.id, officer.name, f"{post.title}, {directory.authority(post.authority_id, on).name}")
        for officer in directory.officers()
        for post in directory.posts_of(officer.id, on)[:1]
    ]
