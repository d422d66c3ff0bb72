"""Who may see a case: one policy for list, count, search, detail and alert (laws 7 and 12). Pure.

A case carries an audience of tags, written when it is projected; a person carries the tags of his posts of the day. A
row is visible when they meet and the person is not hidden from it. Both conditions stand inside every
query (`VISIBLE`, `COUNTED`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from shared.contracts.vocabulary import Kind, Stage
from shared.directory import Directory, Post, Role
from shared.procedure import ENDED, ENDED_AT_THE_DESK, ON_THE_WAY, UNCONFIRMED

VISIBLE = "((case_view.audience || '{}') && $1::text[] and not case_view.hidden_from @> array[$2::text])"
"""`$1` tags of the viewer, `$2` the viewer. A filter on purpose: PostgreSQL must find the rows by the query's own index
(tag, person, authority, case)."""

COUNTED = "(tally.audience && $1::text[] and not tally.hidden_from @> array[$2::text])"
"""The same condition on open cases that are counted together because they stand alike."""

OPEN = f"case_view.stage not in ({', '.join(repr(stage.value) for stage in ENDED)})"
"""Cases that still wait for somebody."""

CONFIDENTIAL = frozenset({Kind.DENUNCIATION, Kind.INFORMATION, Kind.MIXED})
"""Kinds that only those who work on them see."""

PROTECTED = frozenset({Kind.DENUNCIATION, Kind.INFORMATION})
"""Kinds from which the envelope they were separated from may be seen; never from an open content."""

_CONFIRMERS = frozenset({Role.HANDLER})
_LEADERS = frozenset({Role.HEAD, Role.DEPUTY})
_OVERSEERS = frozenset({Role.HEAD, Role.ADVISER})


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in official on one legal day, with what the posts of that day let him do."""

    officer_id: str
    authority_id: str
    roles: frozenset[Role]
    confirms_at: tuple[str, ...]
    heads: tuple[str, ...]
    """Authorities the viewer heads or helps to head."""
    decides_at: tuple[str, ...]
    """Authorities whose competent person the viewer is today."""
    oversees: tuple[str, ...]
    tags: tuple[str, ...]
    on: date

    @property
    def scope(self) -> tuple[list[str], str]:
        """The parameters of `VISIBLE`."""
        return list(self.tags), self.officer_id

    @property
    def monitors(self) -> bool:
        """Whether the viewer watches over other authorities than those he works in."""
        return len(self.oversees) > len(set(self.heads) | {self.authority_id})

    @property
    def runs_operations(self) -> bool:
        """Whether the operations page is for this person: those who watch over the house, not those who lead units."""
        return bool(self.roles & {Role.STEWARD, Role.ADVISER})


def guarded(queries: dict[str, str]) -> dict[str, str]:
    """Queries with the policy in the place of `{visible}` and `{counted}`, and with `{open}`."""
    return {name: _filled(text) for name, text in queries.items()}


@lru_cache(maxsize=4096)
def viewer_of(directory: Directory, officer_id: str, on: date) -> Viewer | None:
    """The person with the posts he holds or acts in on that day; None when he holds none."""
    if not directory.knows(officer_id):
        return None
    own = directory.posts_of(officer_id, on)
    posts = (*own, *directory.acts_for(officer_id, on))
    if not own:
        return None
    confirms_at = _places(posts, _CONFIRMERS)
    heads = _places(posts, _LEADERS)
    oversees = tuple(
        sorted({each for place in _places(posts, _OVERSEERS) for each in _tree(directory, place, on)} | set(heads))
    )
    desks = _places(posts, frozenset({Role.HANDLER}))
    tags = (
        f"officer:{officer_id}",
        *(f"confirm:{each}" for each in confirms_at),
        *(f"head:{each}" for each in heads),
        *(f"oversee:{each}" for each in oversees),
        *(f"desk:{each}" for each in desks),
    )
    roles = frozenset(post.role for post in posts)
    decides_at = _places(posts, frozenset({Role.HEAD}))
    return Viewer(officer_id, own[0].authority_id, roles, confirms_at, heads, decides_at, oversees, tags, on)


def audience(
    *,
    stage: str,
    kind: Kind | None,
    confirmer_authority_id: str | None,
    receiving_authority_id: str,
    competent_authority_id: str | None,
    person_id: str,
    holder_id: str | None,
    transferred_by: str | None,
    alerted: Sequence[str],
) -> tuple[str, ...]:
    """Tags of those who may see a case. Nobody sees one whose exclusions are not known yet.

    Before confirmation every letter is treated as a denunciation: only the desk that confirms it sees it, and
    whoever sent it on until it arrived. The envelope of separated contents holds the most protected of them: only the
    person who separated them sees it.
    """
    if stage == Stage.REGISTERED:
        return ()
    if stage == Stage.SPLIT:
        return (f"officer:{person_id}",)
    tags = {f"officer:{each}" for each in alerted}
    if stage in UNCONFIRMED or stage in ENDED_AT_THE_DESK:
        tags |= {f"confirm:{confirmer_authority_id}", f"officer:{person_id}"}
        tags |= {f"officer:{transferred_by}"} if stage in ON_THE_WAY else set()
        place = confirmer_authority_id
    else:
        tags |= {f"officer:{holder_id}", f"head:{competent_authority_id}"}
        place = competent_authority_id
    if stage in UNCONFIRMED or kind is None or kind in CONFIDENTIAL:
        return tuple(sorted(tags))
    tags |= {f"officer:{transferred_by}"} if transferred_by else set()
    return tuple(sorted({*tags, f"head:{place}", f"oversee:{place}", f"desk:{receiving_authority_id}"}))


def _filled(query: str) -> str:
    for name, condition in (("visible", VISIBLE), ("counted", COUNTED), ("open", OPEN)):
        query = query.replace(f"{{{name}}}", condition)
    return query


def _places(posts: Sequence[Post], roles: frozenset[Role]) -> tuple[str, ...]:
    return tuple(sorted({post.authority_id for post in posts if post.role in roles}))


def _tree(directory: Directory, authority_id: str, on: date) -> set[str]:
    """An authority and those below it on that day."""
    return {
        each.id
        for each in directory.authorities(on)
        if each.id == authority_id or authority_id in directory.superiors_of(each.id, on)
    }
