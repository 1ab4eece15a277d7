"""A golden against what an engine did, stanza by stanza as both come, then field by field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from necp_replay.align.edit_script import Move
from necp_replay.align.sequences import Alignment, align
from necp_replay.golden.document import GoldenDocument, Stanza
from necp_replay.golden.reader import GoldenReader, StanzaText, parse_body
from necp_replay.golden.text_entries import (
    TextEntry,
    TextLikeness,
    TextSide,
    nodes_with_ids,
)
from necp_replay.outcomes.compare import rendered_differences
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.node import Layer, Node, lines_of
from necp_replay.outcomes.node_differences import node_differences
from necp_replay.outcomes.record_difference import RecordDifference, Truth
from necp_replay.outcomes.render_outcome import Rendered
from necp_replay.outcomes.sides import Sides, sides_of_text

FINAL_TITLE = "final state"


Compared = tuple[Stanza | None, Stanza | None, RecordDifference | None]
"""A golden's stanza, the one that belongs to it, as far as there are both, and how they differ."""


def compare_documents(
    golden: GoldenDocument, actual: GoldenDocument
) -> tuple[list[Compared], list[FieldDifference]]:
    """All stanzas of both, in order, and in what the final states differ.

    Records are aligned by what their inputs were, so one record more or less is reported as that,
    and ids that are renamed by it are the same.
    """
    likeness = TextLikeness()
    old, new = (
        text_entries(StanzaText.of(stanza) for stanza in document.stanzas)
        for document in (golden, actual)
    )
    olds, news = iter(golden.stanzas), iter(actual.stanzas)
    compared: list[Compared] = []
    for step in align(old, new, likeness):
        if step.move is Move.MATCH:
            compared += [(next(olds), next(news), None) for _ in range(step.same)]
            continue
        before = None if step.left is None else next(olds)
        after = None if step.right is None else next(news)
        compared.append((before, after, record_difference(step, likeness)))
    final = nodes_with_ids(actual.final, likeness.bindings.replacements)
    return compared, node_differences(golden.final, final)


def golden_differences(golden: GoldenDocument, actual: GoldenDocument) -> list[RecordDifference]:
    """Every record whose outcome is not the golden's, in order, the final state last."""
    compared, final = compare_documents(golden, actual)
    found = [difference for _, _, difference in compared if difference is not None]
    if final:
        found.append(RecordDifference(None, FINAL_TITLE, Truth.GOLDEN, final))
    return found


def sides_of_step(step: Alignment[TextEntry], likeness: TextLikeness) -> Sides:
    """Both sides of a step whole, in ids of the golden."""
    shown = None if step.right is None else likeness.in_left_ids(step.right)
    return sides_of_text(_rendered(step.left), _rendered(shown))


def _rendered(entry: TextEntry | None) -> Rendered | None:
    return None if entry is None else Rendered(entry.stanza.status, entry.layered_nodes())


def text_entries(stanzas: Iterable[StanzaText]) -> Iterator[TextEntry]:
    """Stanzas on their way into the aligner."""
    side = TextSide()
    for stanza in stanzas:
        yield TextEntry(stanza, side)


def record_difference(step: Alignment[TextEntry], likeness: TextLikeness) -> RecordDifference:
    """What a step of the alignment with a golden found."""
    if step.right is None:
        assert step.left is not None
        stanza = step.left.stanza
        missing = FieldDifference(Layer.RETURN, "record", stanza.status, None)
        return RecordDifference(None, stanza.title, Truth.GOLDEN, [missing])
    number = step.right.stanza.number
    if step.left is None:
        stanza = likeness.in_left_ids(step.right).stanza
        extra = FieldDifference(Layer.RETURN, "record", None, stanza.status)
        return RecordDifference(number, stanza.title, Truth.GOLDEN, [extra])
    found = stanza_differences(step.left, step.right, likeness)
    return RecordDifference(number, step.left.stanza.title, Truth.GOLDEN, found)


def stanza_differences(
    left: TextEntry, right: TextEntry, likeness: TextLikeness
) -> list[FieldDifference]:
    """Every field in which two stanzas differ that stand beside each other."""
    shown = likeness.in_left_ids(right)
    found = []
    if left.stanza.title != shown.stanza.title:
        found.append(FieldDifference(Layer.INPUT, "input", left.stanza.title, shown.stanza.title))
    found += rendered_differences(
        Rendered(left.stanza.status, left.layered_nodes()),
        Rendered(shown.stanza.status, shown.layered_nodes()),
    )
    if not found:
        # Both look the same, but an id was renamed in another way than elsewhere.
        old, new = (" ".join(entry.form.ids) for entry in (left, right))
        found.append(FieldDifference(Layer.INPUT, "ids", old, new))
    return found


def final_difference(
    golden: GoldenReader, final: list[Node], likeness: TextLikeness, *, with_sides: bool
) -> RecordDifference | None:
    """How the state at the end differs, None where it does not; the golden was read to its end."""
    final = nodes_with_ids(final, likeness.bindings.replacements)
    if golden.final == "\n".join(lines_of(final, 1)):
        return None
    expected = parse_body(FINAL_TITLE, golden.final, golden.final_line)
    found = RecordDifference(None, FINAL_TITLE, Truth.GOLDEN, node_differences(expected, final))
    if with_sides:
        found.shown.sides = sides_of_text(Rendered("", expected), Rendered("", final))
    return found
