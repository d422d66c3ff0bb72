"""Composition root of notify."""

from typing import Self

from faststream import FastStream
from pydantic import SecretStr, model_validator

from services.notify.channels.channel import Channel
from services.notify.channels.smtp import SmtpChannel
from services.notify.channels.webhook import WebhookChannel
from services.notify.dispatcher import Dispatcher
from services.notify.handlers import applying, measure, routes
from services.notify.letters import writing
from shared.directory import load as load_directory
from shared.messaging.host.opening import open_host
from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings of notify."""

    smtp_url: SecretStr
    """`smtp://[user:password@]host:port`, or `smtps://`."""
    mail_from: str
    """Address that mails come from."""
    public_url: str
    """Where officials reach the console; mails link to `/alerts` below it."""
    webhook_url: SecretStr | None = None
    """Receiver of signed webhooks, https or on the loopback; the path may hold a token. None: there is no webhook."""
    webhook_secret: SecretStr | None = None
    """Key of the signature: `whsec_` and base64, or text; at least 24 bytes."""

    @model_validator(mode="after")
    def _webhook_is_whole(self) -> Self:
        self.webhook()
        return self

    def webhook(self) -> WebhookChannel | None:
        """The channel of these settings, if they name one.

        Raises:
            ValueError: half of it is missing or not acceptable.
        """
        match self.webhook_url, self.webhook_secret:
            case None, None:
                return None
            case SecretStr() as url, SecretStr() as secret:
                return WebhookChannel(url.get_secret_value(), secret.get_secret_value())
        raise ValueError("WEBHOOK_URL and WEBHOOK_SECRET come together")


async def build(settings: Settings) -> FastStream:
    """Open the connections and join the parts."""
    host = await open_host("notify", settings)
    directory = load_directory(settings.directory)
    write = writing(directory, sender=settings.mail_from, public_url=settings.public_url)
    channels: list[Channel] = [SmtpChannel(settings.smtp_url.get_secret_value(), write)]
    if (webhook := settings.webhook()) is not None:
        channels.append(webhook)
    dispatchers = [Dispatcher(host, channel) for channel in channels]

    def expect() -> None:
        for dispatcher in dispatchers:
            dispatcher.expect()

    return host.app(
        apply=applying([channel.medium for channel in channels], expect),
        router=routes(directory),
        background=[dispatcher.run for dispatcher in dispatchers],
        ticker_idle=lambda: all(dispatcher.idle() for dispatcher in dispatchers),
        measure=measure,
    )
