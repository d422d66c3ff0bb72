"""`donthu up`: the whole house, the board, the console's address; Ctrl-C stops everything."""

import asyncio
import contextlib
import sys
from datetime import datetime
from pathlib import Path

from nats.aio.client import Client
from rich.console import Console
from rich.live import Live

from operations.demo.run import FIRST_DAYS, play_district
from operations.embedded.datadir import DataDir
from operations.embedded.supervisor import stop_requested
from operations.house.clockwork import Clockwork
from operations.house.stack import Stack
from operations.ledger.house_counters import HouseCounters, ask_all
from operations.steward import connect_steward
from operations.up.board import board, line
from shared.contracts.house import SERVICES
from shared.law.day import LEGAL_ZONE
from simulation.door import DEMO_PASSWORD
from simulation.play import Played

REFRESH_SECONDS = 2.0
CAST = {
    "le-lai-03": "tiếp công dân xã Lê Lai: tiếp nhận, xác nhận phân loại",
    "le-lai-04": "công chức được giao xử lý: nhận việc",
    "le-lai-01": "Chủ tịch xã: ký thụ lý, xác nhận cảnh báo",
    "thach-an-04": "tiếp công dân huyện: nhận đơn tố cáo người đứng đầu xã",
    "thach-an-07": "người điều phối: trang vận hành",
}
"""Accounts of the tour; every officer of the directory has one."""


async def up(data_dir: Path, *, port: int | None, virtual_clock: bool) -> None:
    """Run until told to stop."""
    console = Console(stderr=False)
    with stop_requested() as stop, DataDir.open(data_dir) as data:
        console.print("Đang khởi động: PostgreSQL, NATS, bảy dịch vụ…")
        async with Stack(data, port=port, encrypted=True) as stack:
            bus = await connect_steward(stack.nats_url, data.secrets)
            clock = Clockwork(stack.database_url, bus, SERVICES)
            tasks: list[asyncio.Task[None]] = []
            try:
                if virtual_clock:
                    await _district(console, stack, bus, clock)
                    tasks.append(asyncio.create_task(clock.keep()))
                _welcome(console, stack.url)
                await _show(console, stack, bus, clock, stop)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await bus.close()
            console.print("Đang dừng…")


async def _district(console: Console, stack: Stack, bus: Client, clock: Clockwork) -> None:
    """At the first start the demo district lives its first days; then the clock runs at the pace of machine time."""
    if not await clock.start():
        return
    with console.status("Huyện mẫu sống những ngày đầu…") as status:

        def show(now: datetime, played: Played) -> None:
            day = now.astimezone(LEGAL_ZONE)
            status.update(f"Huyện mẫu: {day:%d/%m/%Y %H:%M} · {len(played.receipts)} đơn · {played.acts} việc đã làm")

        played = await play_district(stack.url, stack.database_url, bus, clock, FIRST_DAYS, on_jump=show)
    console.print(f"Huyện mẫu đã sống {FIRST_DAYS} ngày: {len(played.receipts)} đơn vào từ bàn tiếp nhận.")
    await clock.let_run()


def _welcome(console: Console, url: str) -> None:
    lines = [
        "",
        f"Bảng điều khiển:       {url}",
        f"Tra cứu cho người dân: {url}/track",
        f"Thư và đồng hồ thử:    {url}/demo",
        f"Tài khoản thử nghiệm (mật khẩu: {DEMO_PASSWORD}; còn lại xem trang đăng nhập):",
        *(f"  {username:<12} {who}" for username, who in CAST.items()),
    ]
    for text in lines:
        console.print(text, soft_wrap=True, highlight=False)


async def _show(console: Console, stack: Stack, bus: Client, clock: Clockwork, stop: asyncio.Event) -> None:
    if not console.is_terminal:
        await _lines(bus, clock, stop)
        return
    empty = board(stack.url, clock.now(), HouseCounters(), stack.statuses())
    with Live(empty, console=console, auto_refresh=False) as live:
        while not stop.is_set():
            counters = await ask_all(bus)
            live.update(board(stack.url, clock.now(), counters, stack.statuses()), refresh=True)
            await _pause(stop)


async def _lines(bus: Client, clock: Clockwork, stop: asyncio.Event) -> None:
    last = ""
    while not stop.is_set():
        now = line(clock.now(), await ask_all(bus))
        if now.split(" ", 1)[-1] != last.split(" ", 1)[-1]:
            sys.stdout.write(now + "\n")
            sys.stdout.flush()
        last = now
        await _pause(stop)


async def _pause(stop: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), REFRESH_SECONDS)
