"""The donthu command as an operator runs it."""

import asyncio
import sys


async def donthu(*arguments: str, stdin: str = "", environment: dict[str, str] | None = None) -> tuple[int, str]:
    """Run the command; exit status and stdout."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "operations.cli",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # a password is asked on the terminal when there is one
        env={"PATH": "/usr/bin:/bin", "PYTHONUTF8": "1", **(environment or {})},
    )
    out, _ = await process.communicate(stdin.encode())
    return process.returncode or 0, out.decode()
