"""Statutory rules as dated, cited data; working days; due-date arithmetic. Pure: no I/O beyond its data, no clock."""

from shared.law.due import Due, due, end_of_day, lengthened, resume, used_days
from shared.law.errors import (
    DateOutOfRange,
    DatesOutOfOrder,
    LawError,
    NoProfile,
    OptionNotKnown,
    ProfileNotInForce,
    RuleHasNoTerm,
    RuleNotInForce,
    TermCannotPause,
    UnknownProfile,
    UnknownRule,
)
from shared.law.model import Amounts, Kind, Rule, StartEvent, Unit
from shared.law.profiles import Profile, profile_at, profile_for, profiles
from shared.law.table import TABLE_VERSION, rule, rules

__all__ = [
    "TABLE_VERSION",
    "Amounts",
    "DateOutOfRange",
    "DatesOutOfOrder",
    "Due",
    "Kind",
    "LawError",
    "NoProfile",
    "OptionNotKnown",
    "Profile",
    "ProfileNotInForce",
    "Rule",
    "RuleHasNoTerm",
    "RuleNotInForce",
    "StartEvent",
    "TermCannotPause",
    "Unit",
    "UnknownProfile",
    "UnknownRule",
    "due",
    "end_of_day",
    "lengthened",
    "profile_at",
    "profile_for",
    "profiles",
    "resume",
    "rule",
    "rules",
    "used_days",
]
