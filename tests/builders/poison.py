"""Ways in which an event cannot be digested."""

from shared.postgres.pool import Connection


class Ünnamable(Exception):
    """Its name is no closed word."""


class CodedWithText(Exception):
    code = "Nông Văn Bảo is not a code"


async def raises_value_error(tx: Connection) -> None:
    raise ValueError("secret")


async def raises_an_unnamable(tx: Connection) -> None:
    raise Ünnamable


async def raises_a_sentence(tx: Connection) -> None:
    raise CodedWithText


async def breaks_a_constraint(tx: Connection) -> None:
    await tx.execute("insert into noted (event_id) values (gen_random_uuid())")


async def sends_what_the_driver_cannot_encode(tx: Connection) -> None:
    await tx.execute("insert into noted (step) values ($1)", 2**40)


async def sends_what_the_database_cannot_store(tx: Connection) -> None:
    await tx.execute("select $1::text", "\x00")
