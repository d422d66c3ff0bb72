"""Composition root of portal."""

from faststream import FastStream

from services.portal.door import Door
from services.portal.entry import accounts
from services.portal.entry.drafts import Drafts
from services.portal.entry.sessions import Sessions
from services.portal.gateway import Gateway
from services.portal.handlers import routes
from services.portal.http import listening, serve
from services.portal.moved import Moved
from services.portal.projection.apply import applying
from services.portal.settings import Settings
from services.portal.site import site
from services.portal.store import ReadModel
from services.portal.web.base.rendering import check as check_templates
from shared.directory import load as load_directory
from shared.messaging.commands.client import CommandClient
from shared.messaging.host.opening import open_host
from shared.postgres.pool import create_pool
from shared.security.actor import ActorSigner

__all__ = ["Settings", "build"]

PAGE_SECONDS = 5
"""Longest wait for one query of a page: people are told rather than kept waiting. The projection has its own pool."""


async def build(settings: Settings) -> FastStream:
    """Open the connections and join the parts.

    Raises:
        UnknownName: a template names what nobody gives it; nothing was opened then.
    """
    check_templates()
    host = await open_host("portal", settings)
    directory = load_directory(settings.directory)
    if settings.demo_accounts:
        await accounts.create_demo(host.pool, directory)
    moved = Moved(host.dsn)
    pages = await create_pool(host.dsn, application="portal-pages", least=0, command_seconds=PAGE_SECONDS)
    opened = listening(settings.host, settings.port)

    drafts = Drafts(pages, host.secrets.session_key)

    async def http() -> None:
        client = CommandClient(await host.broker.connect(), ActorSigner(host.secrets.actor_key, host.emitter.realm))
        door = Door(
            settings=settings,
            directory=directory,
            clock=host.clock,
            pool=pages,
            model=ReadModel(pages),
            moved=moved,
            sessions=Sessions(host, pages, settings.session_hours),
            drafts=drafts,
            gateway=Gateway(client, host.secrets),
            pin_key=host.secrets.session_key,
        )
        await serve(site(door), opened)

    return host.app(
        apply=applying(directory, settings.law_profile),
        router=routes(),
        background=[moved.run, drafts.run, http],
        closing=[pages.close],
    )
