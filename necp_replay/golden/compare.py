"""A golden against what an engine did: aligned by record first, then field by field."""

from __future__ import annotations

import difflib

from necp_replay.golden.document import GoldenDocument, Stanza
from necp_replay.replay.compare import Difference, rendered_differences
from necp_replay.replay.node import Layer
from necp_replay.replay.render_outcome import Rendered
from necp_replay.replay.report_model import RecordDifference, Truth

FINAL_TITLE = "final state"


def golden_differences(golden: GoldenDocument, actual: GoldenDocument) -> list[RecordDifference]:
    """Every record whose outcome is not the golden's, in order, the final state last.

    Records are aligned by what their inputs were, so one record more or less is reported as that.
    """
    differences = []
    old, new = golden.stanzas, actual.stanzas
    matcher = difflib.SequenceMatcher(
        a=[stanza.title for stanza in old], b=[stanza.title for stanza in new], autojunk=False
    )
    for tag, o1, o2, n1, n2 in matcher.get_opcodes():
        if tag == "equal":
            for before, after in zip(old[o1:o2], new[n1:n2], strict=True):
                found = _stanza_differences(before, after)
                if found:
                    differences.append(
                        RecordDifference(after.number, after.title, Truth.GOLDEN, found)
                    )
            continue
        differences += [_only_in_golden(stanza) for stanza in old[o1:o2]]
        differences += [_only_in_replay(stanza) for stanza in new[n1:n2]]
    final = rendered_differences(Rendered("", golden.final), Rendered("", actual.final))
    if final:
        differences.append(RecordDifference(None, FINAL_TITLE, Truth.GOLDEN, final))
    return differences


def _stanza_differences(old: Stanza, new: Stanza) -> list[Difference]:
    if old.status == new.status and old.nodes == new.nodes:
        return []
    return rendered_differences(Rendered(old.status, old.nodes), Rendered(new.status, new.nodes))


def _only_in_golden(stanza: Stanza) -> RecordDifference:
    missing = Difference(Layer.RETURN, "record", stanza.status, None)
    return RecordDifference(None, stanza.title, Truth.GOLDEN, [missing])


def _only_in_replay(stanza: Stanza) -> RecordDifference:
    extra = Difference(Layer.RETURN, "record", None, stanza.status)
    return RecordDifference(stanza.number, stanza.title, Truth.GOLDEN, [extra])
