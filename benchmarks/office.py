"""Simulated officers on the house's own commands: desks that register, handlers that confirm what their list shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

import asyncpg
import nats
from nats.aio.client import Client

from operations.house.stack import Stack
from shared.contracts.bus.subjects import inbox_prefix
from shared.contracts.intake import Letter, Register, Registered
from shared.contracts.routing import Confirm, Confirmed, ConfirmItem
from shared.contracts.vocabulary import Channel, Kind
from shared.directory import Directory, Role
from shared.directory import load as load_directory
from shared.messaging.commands.client import CommandClient
from shared.messaging.commands.sealed import seal_model
from shared.security.actor import Actor, ActorSigner
from shared.security.secrets import ServiceSecrets

DESKS = ("le-lai", "duc-thong", "trong-con")
RECEIVED_ON = date(2025, 1, 6)
_NAMES = ("Nông Văn Bảo", "Hoàng Thị Dìn", "Lý Thị Mùi", "Bế Văn Tài")
_TEXTS = (
    "Tôi khiếu nại quyết định thu hồi đất vườn của Ủy ban nhân dân xã, tôi không đồng ý với diện tích đo lại. ",
    "Tôi khiếu nại quyết định công nhận hộ nghèo năm nay của xã, nhà tôi bị đưa ra khỏi danh sách mà không rõ lý do. ",
    "Tôi khiếu nại quyết định xử phạt của Chủ tịch xã về việc dựng lán trên đất của gia đình tôi. ",
)
_ENCLOSED = "Tôi gửi kèm bản sao giấy tờ và mong được trả lời bằng văn bản theo đúng thời hạn. "
_RUN = UUID("b6c1f6b4-2f6a-5a55-8f0c-6a3d1f4c8a10")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A row of the confirmer's list."""

    case_id: UUID
    version: int
    kind: Kind
    level: int
    competent_authority_id: str
    holder_id: str
    confirmer_authority_id: str


class Office:
    """Everybody who works at a desk in this measurement, over one connection in the console's name."""

    def __init__(self, connection: Client, signer: ActorSigner, vault_key: bytes, directory: Directory) -> None:
        self._connection = connection
        self._client = CommandClient(connection, signer)
        self._vault_key = vault_key
        self._directory = directory
        self._written: dict[int, Register] = {}

    @classmethod
    async def open(cls, stack: Stack) -> "Office":
        """Connect as the console does."""
        secrets = ServiceSecrets.load(stack.data.secrets, "portal")
        connection = await nats.connect(
            stack.nats_url, nkeys_seed_str=secrets.nats_seed, inbox_prefix=inbox_prefix("portal")
        )
        signer = ActorSigner(secrets.actor_key, stack.tag)
        return cls(connection, signer, secrets.public.sealing["intake"], load_directory("thach_an"))

    async def close(self) -> None:
        """Leave."""
        await self._connection.close()

    def write(self, numbers: Iterable[int]) -> None:
        """Fill in and seal these letters beforehand: what is measured begins with the command."""
        self._written |= {number: self._command(number) for number in numbers}

    async def register(self, number: int) -> UUID:
        """Register the letter of this number at one of the desks; answered when it is committed."""
        command = self._written.pop(number)
        actor = self._handler(command.authority_id)
        reply = await self._client.send(command, Registered, actor=actor, key=uuid5(_RUN, str(number)), timeout=60.0)
        return reply.case_id

    def _command(self, number: int) -> Register:
        desk = DESKS[number % len(DESKS)]
        letter = Letter(
            sender_name=_NAMES[number % len(_NAMES)],
            sender_address="Thôn Nà Lình",
            phone=f"09{number:08d}",
            text=_TEXTS[number % len(_TEXTS)] + _ENCLOSED * 4 + f"Đơn số {number}.",
            pin="274913",
        )
        return Register(
            channel_of_arrival=Channel.COUNTER,
            authority_id=desk,
            received_on=RECEIVED_ON,
            kind_ticked=Kind.COMPLAINT,
            against=[desk],
            signed=True,
            letter=seal_model(letter, self._vault_key),
        )

    async def confirm(self, proposals: list[Proposal]) -> int:
        """Confirm proposals of one authority as proposed, at most 200; return how many were."""
        items = [
            ConfirmItem(
                case_id=each.case_id,
                expected_version=each.version,
                kind=each.kind,
                level=each.level,
                competent_authority_id=each.competent_authority_id,
                holder_id=each.holder_id,
                nobody_denounced=True,
            )
            for each in proposals
        ]
        actor = self._handler(proposals[0].confirmer_authority_id)
        reply = await self._client.send(Confirm(items=items), Confirmed, actor=actor, timeout=60.0)
        refused = [result.error for result in reply.results if result.error is not None]
        if refused:
            raise RuntimeError(f"{len(refused)} confirmations refused, the first: {refused[0].code}")
        return len(reply.results)

    def _handler(self, authority_id: str) -> Actor:
        officer = self._directory.resolve(authority_id, Role.HANDLER, RECEIVED_ON)
        return Actor(officer.officer_id, authority_id, "benchmark")


async def proposals(admin: asyncpg.Connection, most: int) -> list[Proposal]:
    """What stands in the confirmers' lists of the read model."""
    rows = await admin.fetch(
        """select case_id, (versions ->> 'routing')::int as version, kind, level, competent_authority_id, holder_id,
                  confirmer_authority_id
           from portal.case_view
           where stage in ('proposed', 'transferred', 'returned') and stage = 'proposed' limit $1""",
        most,
    )
    return [Proposal(**{**row, "kind": Kind(row["kind"])}) for row in rows]
