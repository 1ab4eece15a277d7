"""Which differences the report of a trace keeps whole."""

from __future__ import annotations

from necp_replay.outcomes.trace_report import TraceReport

EXAMPLES = 3
"""How many causes of each group the report of a trace keeps whole by default."""
GROUPS_KEPT = 1_000
"""Groups of one trace that keep examples. All groups are counted."""


def keep_examples(report: TraceReport, keep: int | None) -> None:
    """Keep only ``keep`` examples of each group, as a collector would do; None keeps all."""
    if keep is None:
        return
    groups: dict[str, int] = {}
    kept = []
    for difference in report.examples:
        if difference.chain.follows is None:
            groups[difference.group] = groups.get(difference.group, 0) + 1
            if groups[difference.group] <= keep and len(groups) <= GROUPS_KEPT:
                kept.append(difference)
    report.examples = kept
