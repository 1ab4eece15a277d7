"""Short texts about one difference: its place, its sides, its likely fact, its golden."""

from __future__ import annotations

from collections.abc import Sequence

from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.record_difference import FINAL_TITLE, STATE_KIND, RecordDifference, Truth
from necp_replay.replay.facts.likely_fact import LikelyFact
from necp_replay.replay.findings.groups import Group
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.fields_text import field_line
from necp_replay.report.style import Style
from necp_replay.report.words import counted


def place_of(difference: RecordDifference) -> str:
    """``record 5``; for two files ``A 5, B 6``; else ``end of trace`` or ``missing record``.

    A state whose hash differs is named by the record before it.
    """
    if difference.place is not None:
        return str(difference.place)
    if difference.record is not None:
        return f"record {difference.record}"
    if difference.kind == STATE_KIND:
        return difference.title.partition(",")[0]
    return "end of trace" if difference.title == FINAL_TITLE else "missing record"


def side_labels(run: RunReport, difference: RecordDifference) -> tuple[str, str]:
    """The names of the expected and the actual side of a difference."""
    match difference.truth:
        case Truth.RECORDED:
            return "recorded", "replayed"
        case Truth.GOLDEN:
            return "golden", "replayed"
        case Truth.FILE:
            return "A", "B"
        case Truth.RELEASE:
            return run.expected_label, run.actual_label


def fact_text(run: RunReport, group: Group) -> str | None:
    """The fact that explains a group of differences, or is likely to. None if none is known."""
    if group.fact is not None:
        return f"explained by {group.fact}"
    likely = run.facts.get(group.key)
    return None if likely is None else likely_fact_text(likely)


def likely_fact_text(likely: LikelyFact) -> str:
    """``the replay behaves as if FACT were False, as in RELEASE; expected is True``."""
    # The nearest release is enough to look the change up.
    releases = f", as in {likely.releases[0]}" if likely.releases else ""
    return (
        f"the replay behaves as if {likely.fact} were {likely.replayed}{releases};"
        f" expected is {likely.expected}"
    )


def golden_text(difference: RecordDifference, style: Style) -> str | None:
    """How a record that differs from its recorded outcome compares with its golden.

    None if it was not compared with a golden as well.
    """
    from_golden = difference.shown.from_golden
    if from_golden is None:
        return None
    if not from_golden:
        return "its golden has the replayed outcome"
    if _values(from_golden) == _values(difference.fields):
        return "its golden has the recorded outcome"
    return f"its golden differs as well: {field_line(from_golden, style)}"


def followers_text(followers: int) -> str:
    """``1 later difference follows from it``, ``12 later differences follow from it``."""
    verb = "follows" if followers == 1 else "follow"
    return f"{counted(followers, 'later difference')} {verb} from it"


def _values(fields: Sequence[FieldDifference]) -> list[tuple[str, str | None, str | None]]:
    return [(field.path, field.expected, field.actual) for field in fields]
