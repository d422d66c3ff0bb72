from __future__ import annotations

import datetime as dt
import email.policy
import stat
import sys
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest

from operations.embedded.mails import Mail, read_mails
from operations.embedded.ports import free_port
from operations.embedded.supervisor import ServiceSpec, Supervisor
from tests.integration.embedded import PROJECT, folder

SUBJECT = "Đơn số 03: còn 03 ngày làm việc, đề nghị Ủy ban nhân dân xã xem xét, giải quyết đúng hạn"


def _mail(number: int) -> EmailMessage:
    message = EmailMessage(policy=email.policy.SMTP.clone(max_line_length=998))
    message["Subject"] = SUBJECT
    message["From"] = "don-thu@example.gov.vn"
    message["To"] = "Chánh thanh tra <chanh@example.gov.vn>, pho@example.gov.vn"
    message["Date"] = dt.datetime(2025, 1, 6, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=7)))
    message["Message-ID"] = f"<{number}@example.gov.vn>"
    message.set_content("Kính gửi ông,\nHồ sơ sắp đến hạn.\n")
    return message


async def test_mails_are_kept_in_order_and_read_back_whole() -> None:
    with folder() as root:
        port = free_port()
        store = root / "mails"
        sink = ["-m", "operations.embedded.mail", "--port", str(port), "--store", str(store)]
        argv = [sys.executable, "-W", "error", *sink]
        supervisor = Supervisor([ServiceSpec("mail", argv, {"PYTHONPATH": str(PROJECT)})], root)
        try:
            await supervisor.start()
            for number in (1, 2):
                await aiosmtplib.send(_mail(number), hostname="127.0.0.1", port=port, start_tls=False)
        finally:
            await supervisor.stop()
        first, second = read_mails(store)
        assert first == Mail(
            subject=SUBJECT,
            sender="don-thu@example.gov.vn",
            to=("chanh@example.gov.vn", "pho@example.gov.vn"),
            date=dt.datetime(2025, 1, 6, 1, 30, tzinfo=dt.UTC),
            message_id="<1@example.gov.vn>",
            body="Kính gửi ông,\nHồ sơ sắp đến hạn.\n",
        )
        assert second.message_id == "<2@example.gov.vn>"
        assert {stat.S_IMODE(file.stat().st_mode) for file in store.iterdir()} == {0o600}


@pytest.mark.parametrize("raw", [b"", b"Date: yesterday\r\n\r\n", b"no header at all"])
def test_a_mail_without_usable_headers_is_still_listed(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "1.eml").write_bytes(raw)
    [mail] = read_mails(tmp_path)
    assert (mail.subject, mail.to, mail.date) == ("", (), None)
