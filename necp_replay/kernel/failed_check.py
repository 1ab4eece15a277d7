"""Which check of an action or input failed, and the values that failed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from necp_replay.kernel.description import Check

Value = int | str | bytes
"""A value that a check looked at: a number, a text, or bytes."""


class FailedCheck(NamedTuple):
    """What made an input fail, for explanations; outcomes do not depend on it.

    ``check`` is None where the handler has one check with this ``errno``, so that the errno says
    which it is. ``values`` are what the check looked at, by name.
    """

    errno: int
    check: Check | None
    values: Mapping[str, Value]


def failed_check(failed: int | Check, values: Mapping[str, Value]) -> FailedCheck:
    """The failure of a check, or of the one check with an errno."""
    if isinstance(failed, Check):
        return FailedCheck(failed.errno, failed, values)
    return FailedCheck(int(failed), None, values)
