"""A golden against what an engine did: aligned by record first, then field by field."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from necp_replay.golden.document import GoldenDocument, Stanza
from necp_replay.replay.compare import Difference, rendered_differences
from necp_replay.replay.node import Layer
from necp_replay.replay.render_outcome import Rendered
from necp_replay.replay.report_model import RecordDifference, Truth
from necp_replay.replay.second_look import sides_of_text

FINAL_TITLE = "final state"


def golden_differences(
    golden: GoldenDocument, actual: GoldenDocument, *, with_sides: bool = False
) -> list[RecordDifference]:
    """Every record whose outcome is not the golden's, in order, the final state last.

    Records are aligned by what their inputs were, so one record more or less is reported as that.
    """
    differences = []
    for old, new in aligned_stanzas(golden, actual):
        difference = stanza_difference(old, new)
        if difference is not None:
            if with_sides:
                difference.sides = sides_of_text(_rendered(old), _rendered(new))
            differences.append(difference)
    final = rendered_differences(Rendered("", golden.final), Rendered("", actual.final))
    if final:
        last = RecordDifference(None, FINAL_TITLE, Truth.GOLDEN, final)
        if with_sides:
            last.sides = sides_of_text(Rendered("", golden.final), Rendered("", actual.final))
        differences.append(last)
    return differences


def aligned_stanzas(
    golden: GoldenDocument, actual: GoldenDocument
) -> Iterator[tuple[Stanza | None, Stanza | None]]:
    """Every stanza of both, those of the same input together; None where one has no partner."""
    old, new = golden.stanzas, actual.stanzas
    matcher = difflib.SequenceMatcher(
        a=[stanza.title for stanza in old], b=[stanza.title for stanza in new], autojunk=False
    )
    for tag, o1, o2, n1, n2 in matcher.get_opcodes():
        if tag == "equal":
            yield from zip(old[o1:o2], new[n1:n2], strict=True)
            continue
        for stanza in old[o1:o2]:
            yield stanza, None
        for stanza in new[n1:n2]:
            yield None, stanza


def _rendered(stanza: Stanza | None) -> Rendered | None:
    return None if stanza is None else Rendered(stanza.status, stanza.nodes)


def stanza_difference(old: Stanza | None, new: Stanza | None) -> RecordDifference | None:
    """How a record differs from its golden's stanza; None where it does not."""
    if new is None:
        if old is None:
            return None
        missing = Difference(Layer.RETURN, "record", old.status, None)
        return RecordDifference(None, old.title, Truth.GOLDEN, [missing])
    if old is None:
        extra = Difference(Layer.RETURN, "record", None, new.status)
        return RecordDifference(new.number, new.title, Truth.GOLDEN, [extra])
    if old.status == new.status and old.nodes == new.nodes:
        return None
    found = rendered_differences(Rendered(old.status, old.nodes), Rendered(new.status, new.nodes))
    return RecordDifference(new.number, new.title, Truth.GOLDEN, found)
