"""The last lines of a session: how many traces did not pass, why, and what to do next."""

from __future__ import annotations

import shlex
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
    """What did not pass by cause, then the commands to go on with."""
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
    return lines + [f"{label:18} {command}" for label, command in _next_commands(ranked[0].first)]


def _next_commands(found: Found) -> list[tuple[str, str]]:
    trace = shlex.quote(found.shown)
    match found.verdict:
        case "error":
            return [("What is wrong:", f"necp-replay doctor {trace}")]
        case "different":
            again = ("See it again:", f"necp-replay replay {trace} --release {found.test}")
            accept = ("If it was meant:", f"necp-replay accept {trace}")
            return [again, accept] if found.may_be_accepted else [again]
        case _:
            return [("See it again:", f"necp-replay replay {trace} --release {found.test}")]
