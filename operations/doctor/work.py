"""Judged of the house's work: services, readers, what waits, law counters, the calendar, backups. Pure."""

from collections.abc import Iterator
from datetime import timedelta

from operations.doctor.finding import Finding, State, duration
from operations.doctor.signs import Queue, Signs
from shared.contracts.bus.flows import CONSUMES
from shared.contracts.house import SERVICES
from shared.law import calendar

UNSENT_SECONDS = 60.0
FAR_BEHIND = 5000
"""Events; what two cores read in some ten seconds."""
MAIL_SECONDS = 600.0
CALENDAR_AHEAD = timedelta(days=120)
"""A complaint's terms, extended, reach so far."""
BACKUP_OLD, JOURNAL_OLD, DRILL_OLD = timedelta(days=2), timedelta(days=1), timedelta(days=100)
_NOT_RUNNING = "Xem nhật ký của dịch vụ và khởi động lại nó."


def work(signs: Signs) -> Iterator[Finding]:
    """Every check of this room."""
    yield from _services(signs)
    yield from _readers(signs)
    yield from _unsent(signs)
    yield from _held(signs)
    yield from _mails(signs)
    yield from _laws(signs)
    yield from _calendar(signs)
    yield from _upkeep(signs)


def _services(signs: Signs) -> Iterator[Finding]:
    if signs.bus is None:
        return
    if signs.bus.silent:
        yield Finding("services", "wrong", f"Không trả lời: {', '.join(signs.bus.silent)}.", _NOT_RUNNING)
    else:
        yield Finding("services", "ok", f"{len(SERVICES)} dịch vụ trả lời.")


def _readers(signs: Signs) -> Iterator[Finding]:
    if signs.bus is None or signs.bus.tag is None:
        return
    behind = len(signs.bus.curious)
    for service in signs.bus.curious:
        advice = "Dịch vụ của phiên bản khác, hoặc ai đó dùng khóa của nó: xem nhật ký của NATS, thay `nats.nk` của nó."
        yield Finding("readers", "wrong", f"{service} đọc nhiều hơn hợp đồng của nó.", advice)
    for service in (name for name in SERVICES if CONSUMES[name]):
        reading = signs.bus.readers.get(service)
        if reading is None:
            behind += 1
            yield Finding("readers", "wrong", f"{service} không đọc luồng sự kiện.", _NOT_RUNNING)
            continue
        before, after = reading.pending
        if after and (not reading.asking or (after >= before and reading.delivered[0] == reading.delivered[1])):
            behind += 1
            advice = (
                "Xem `reader.waiting` trong nhật ký của dịch vụ; `donthu held list`; nếu im lặng, khởi động lại nó."
            )
            yield Finding("readers", "wrong", f"{service} đứng yên, còn {after} sự kiện chưa đọc.", advice)
        elif after > FAR_BEHIND:
            behind += 1
            yield Finding("readers", "warning", f"{service} còn {after} sự kiện chưa đọc.", "Đang đọc; xem lại sau.")
    if not behind:
        yield Finding("readers", "ok", "Mọi dịch vụ đọc kịp.")


def _unsent(signs: Signs) -> Iterator[Finding]:
    if signs.database is None or signs.database.tag is None:
        return
    late = {name: queue for name, queue in signs.database.unsent.items() if queue.seconds > UNSENT_SECONDS}
    for name, queue in late.items():
        advice = "Xem `relay.` trong nhật ký của dịch vụ và NATS có ghi được không (đĩa, giới hạn của luồng)."
        yield Finding("outbox", "wrong", f"{name}: {_waiting(queue, 'sự kiện chưa gửi')}.", advice)
    if not late:
        yield Finding("outbox", "ok", "Mọi sự kiện đã gửi.")


def _held(signs: Signs) -> Iterator[Finding]:
    if signs.database is None or signs.database.tag is None:
        return
    found = {name: queue for name, queue in signs.database.held.items() if queue.rows}
    for name, queue in found.items():
        advice = f"`donthu held list` cho biết mã lỗi; sửa xong thì `donthu held retry {name}`."
        yield Finding("held", "wrong", f"{name}: {_waiting(queue, 'sự kiện bị giữ lại')}.", advice)
    if not found:
        yield Finding("held", "ok", "Không sự kiện nào bị giữ lại.")


def _mails(signs: Signs) -> Iterator[Finding]:
    if signs.database is None or signs.database.tag is None:
        return
    mails = signs.database.mails
    if mails.seconds > MAIL_SECONDS:
        advice = "Kiểm tra SMTP_URL và máy chủ thư; xem `mail.` trong nhật ký của notify. Thư tự gửi lại khi có đường."
        yield Finding("mail", "wrong", f"{_waiting(mails, 'thư cảnh báo chưa gửi được')}.", advice)
    else:
        yield Finding("mail", "ok", "Thư cảnh báo gửi được.")


def _laws(signs: Signs) -> Iterator[Finding]:
    if signs.bus is None:
        return
    broken = {name: count for name, count in signs.bus.counters.items() if count}
    for name, count in broken.items():
        advice = "Giữ nguyên hiện trạng, `donthu ledger` và `donthu audit verify`, báo người phụ trách."
        yield Finding("laws", "wrong", f"{name} = {count}.", advice)
    if not broken and signs.bus.counters:
        yield Finding("laws", "ok", f"{len(signs.bus.counters)} bộ đếm luật đều bằng 0.")


def _calendar(signs: Signs) -> Iterator[Finding]:
    if signs.database is None:
        return
    now, verified = signs.database.case_now.date(), calendar.verified_until
    advice = "Cài phiên bản có lịch nghỉ của năm sau khi nghị định được ban hành; hạn đã tính được tính lại."
    found = f"Lịch nghỉ đã đối chiếu đến {verified:%d/%m/%Y}."
    if now > verified:
        yield Finding("calendar", "wrong", f"{found} Mọi hạn tính hôm nay là tạm tính.", advice)
    elif now + CALENDAR_AHEAD > verified:
        yield Finding("calendar", "warning", f"{found} Hạn rơi sau ngày ấy là tạm tính.", advice)
    else:
        yield Finding("calendar", "ok", found)


def _upkeep(signs: Signs) -> Iterator[Finding]:
    if signs.database is None or signs.database.tag is None:
        return
    kinds = (
        ("backup", "Bản sao lưu", BACKUP_OLD, "`donthu backup --to … --keys-to …` mỗi ngày (docs/backup.md)."),
        ("journal", "Nhật ký của bản sao", JOURNAL_OLD, "`donthu backup --journal …` vài phút một lần."),
        ("drill", "Diễn tập khôi phục", DRILL_OLD, "Diễn tập như docs/backup.md, rồi `donthu drilled`."),
    )
    serious = signs.database.tag.startswith("production-")
    for kind, name, old, advice in kinds:
        last = signs.database.upkeep.get(kind)
        if last is None:
            state: State = "wrong" if serious and kind == "backup" else "warning"
            yield Finding(kind, state, f"{name}: chưa từng có.", advice)
            continue
        age = signs.database.now - last
        state = "ok" if age <= old else "wrong" if kind == "backup" else "warning"
        found = f"{name}: cách đây {duration(max(0.0, age.total_seconds()))}."
        yield Finding(kind, state, found, "" if state == "ok" else advice)


def _waiting(queue: Queue, what: str) -> str:
    return f"{queue.rows} {what}, lâu nhất {duration(queue.seconds)}"
