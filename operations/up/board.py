"""The terminal board of `donthu up`: letters by stage, due soon, overdue, alerts waiting, services, law counters."""

from collections.abc import Mapping
from datetime import datetime

from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from operations.embedded.keeper import Status
from operations.ledger.house_counters import HouseCounters
from shared.law.day import LEGAL_ZONE

STAGES = {
    "petitions": "Đơn đã nhận",
    "awaiting_confirmation": "Chờ phân loại",
    "awaiting_acceptance": "Chờ thụ lý",
    "live_clocks": "Thời hạn đang chạy",
    "due_soon": "Sắp đến hạn",
    "overdue": "Quá hạn",
    "alerts_waiting": "Cảnh báo chờ xác nhận",
    "ledger_entries": "Mục trong sổ kiểm toán",
}


def board(url: str, case_now: datetime, house: HouseCounters, services: Mapping[str, Status]) -> Panel:
    """The board as it is drawn."""
    stages = Table.grid(padding=(0, 3))
    for name, label in STAGES.items():
        value = house.gauges.get(name)
        stages.add_row(label, Text("–" if value is None else str(value), style="bold"))
    running = Table.grid(padding=(0, 2))
    for name, status in services.items():
        running.add_row(name, _state(status), f"↻ {status.restarts}" if status.restarts else "")
    local = case_now.astimezone(LEGAL_ZONE)
    title = f"Đơn Thư · {url} · giờ nghiệp vụ {local:%d/%m/%Y %H:%M:%S}"
    columns = Table.grid(padding=(0, 6))
    columns.add_row(stages, running)
    return Panel(Group(columns, _laws(house)), title=title, subtitle="Ctrl-C để dừng")


def line(case_now: datetime, house: HouseCounters) -> str:
    """The board as one line, for an output that is not a terminal."""
    parts = [f"{name}={house.gauges[name]}" for name in STAGES if name in house.gauges]
    broken = [f"{name}={value}" for name, value in house.counters.items() if value]
    return " ".join([case_now.isoformat(timespec="seconds"), *parts, *(["VIOLATIONS:", *broken] if broken else [])])


def _state(status: Status) -> Text:
    if status.state == "running":
        return Text("đang chạy", style="green")
    if status.retry_in is not None:
        return Text(f"khởi động lại sau {status.retry_in:.0f} s", style="yellow")
    return Text(status.state, style="red")


def _laws(house: HouseCounters) -> Text:
    broken = {name: value for name, value in house.counters.items() if value}
    if broken:
        return Text("Vi phạm: " + ", ".join(f"{name} = {value}" for name, value in broken.items()), style="bold red")
    if house.silent:
        return Text("Chưa trả lời: " + ", ".join(house.silent), style="yellow")
    return Text(f"{len(house.counters)} bộ đếm luật đều bằng 0", style="green")
