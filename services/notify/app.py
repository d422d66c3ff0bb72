"""Composition root of notify."""

from faststream import FastStream
from pydantic import SecretStr

from services.notify.channels.smtp import SmtpChannel
from services.notify.handlers import applying, routes
from services.notify.mailer import Mailer
from shared.directory import load as load_directory
from shared.messaging.runtime import open_house
from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings of notify."""

    smtp_url: SecretStr
    """`smtp://[user:password@]host:port`, or `smtps://`."""
    mail_from: str
    """Address that mails come from."""
    public_url: str
    """Where officials reach the console; mails link to `/alerts` below it."""


async def build(settings: Settings) -> FastStream:
    """Open the connections and join the parts."""
    house = await open_house("notify", settings)
    directory = load_directory(settings.directory)
    channel = SmtpChannel(settings.smtp_url.get_secret_value())
    mailer = Mailer(house, directory, channel, sender=settings.mail_from, public_url=settings.public_url)
    return house.app(
        apply=applying(mailer.expect),
        router=routes(directory),
        background=[mailer.run],
        ticker_idle=mailer.idle,
    )
