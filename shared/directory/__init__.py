"""Authorities, officers, posts and absences, effective-dated. Pure: no I/O beyond its data, no clock."""

from shared.directory.directory import Directory
from shared.directory.errors import DirectoryError, NobodyLawful, UnknownAuthority, UnknownDirectory, UnknownOfficer
from shared.directory.load import load, parse
from shared.directory.model import Absence, Authority, Level, Officer, Post, Problem, Recipient, Role, Via

__all__ = [
    "Absence",
    "Authority",
    "Directory",
    "DirectoryError",
    "Level",
    "NobodyLawful",
    "Officer",
    "Post",
    "Problem",
    "Recipient",
    "Role",
    "UnknownAuthority",
    "UnknownDirectory",
    "UnknownOfficer",
    "Via",
    "load",
    "parse",
]
