"""Which check of an action or input failed, and the values that failed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from necp_replay.kernel.description import Check

Value = int | str | bytes
"""A value that a check looked at: a number, a text, or bytes."""


class FailedCheck(NamedTuple):
    """What made an input fail, for explanations; outcomes do not depend on it.

    ``check`` is None if only one check of the handler has this ``errno``. ``values`` are the values
    that the check looked at, by name.
    """

    errno: int
    check: Check | None
    values: Mapping[str, Value]


def failed_check(failed: int | Check, values: Mapping[str, Value]) -> FailedCheck:
    """The failure of a check. An errno stands for the only check that has it."""
    if isinstance(failed, Check):
        return FailedCheck(failed.errno, failed, values)
    return FailedCheck(int(failed), None, values)
