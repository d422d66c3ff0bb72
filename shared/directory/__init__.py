"""Who decides, where and in which post, effective-dated. Pure: no I/O beyond its data, no clock."""

from shared.directory.directory import Directory
from shared.directory.errors import (
    Abolished,
    DirectoryError,
    NobodyLawful,
    UnknownAuthority,
    UnknownDirectory,
    UnknownHamlet,
    UnknownOfficer,
    UnknownUnit,
)
from shared.directory.load import load, parse
from shared.directory.model import (
    Absence,
    Authority,
    Hamlet,
    Heir,
    Level,
    Officer,
    Post,
    Problem,
    Recipient,
    Role,
    Unit,
    Via,
)

__all__ = [
    "Abolished",
    "Absence",
    "Authority",
    "Directory",
    "DirectoryError",
    "Hamlet",
    "Heir",
    "Level",
    "NobodyLawful",
    "Officer",
    "Post",
    "Problem",
    "Recipient",
    "Role",
    "Unit",
    "UnknownAuthority",
    "UnknownDirectory",
    "UnknownHamlet",
    "UnknownOfficer",
    "UnknownUnit",
    "Via",
    "load",
    "parse",
]
