"""The last lines of a session: how many traces did not pass, why, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from necp_replay.pytest_plugin.found import Found
from necp_replay.report.words import counted

_CAUSES: Final = 5
"""Causes that are listed, those of most traces first."""


@dataclass(slots=True)
class _Cause:
    line: str
    first: Found
    tests: int = 0


def failure_summary(failed: Sequence[Found], ran: int) -> list[str]:
    """What did not pass by cause, then what to do about the first of them."""
    causes: dict[str, _Cause] = {}
    for found in failed:
        for group, line in found.causes:
            causes.setdefault(group, _Cause(line, found)).tests += 1
    if not causes:
        return []
    ranked = sorted(causes.values(), key=lambda cause: -cause.tests)
    lines = [f"{len(failed):,} of {counted(ran, 'trace test')} did not pass:"]
    for cause in ranked[:_CAUSES]:
        more = f", and {cause.tests - 1:,} more" if cause.tests > 1 else ""
        lines += [f"  {cause.line}", f"    {cause.first.shown} on {cause.first.test}{more}"]
    if len(ranked) > _CAUSES:
        lines.append(f"  and {len(ranked) - _CAUSES:,} more causes")
    return lines + [f"{what:18} {advice}" for what, advice in ranked[0].first.advice]
