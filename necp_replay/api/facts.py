"""The likely facts of the groups of differences in a part, found on the machine with its traces."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from necp_replay.api.parts import FoundFact, RunPart, in_order
from necp_replay.replay.facts.likely_fact import likely_fact
from necp_replay.replay.findings.groups import group_differences
from necp_replay.replay.progress import OnRecords

MOST_GROUPS: Final = 64
"""For how many groups of a part facts are looked for. Each may be one of the first of a run."""


def find_facts(
    part: RunPart,
    *,
    most: int = MOST_GROUPS,
    on_records: OnRecords | None = None,
    record_limit_s: float | None = None,
) -> Sequence[FoundFact]:
    """The facts of the first groups of a part, whose traces must be readable. Raises nothing."""
    found = []
    for group in group_differences(in_order(part))[:most]:
        if not group.examples:
            continue
        first = group.examples[0]
        difference = first.difference
        fact = likely_fact(Path(first.trace), first.release, difference, on_records, record_limit_s)
        found.append(FoundFact(group.key, first.trace, first.release, difference.record, fact))
    return found
