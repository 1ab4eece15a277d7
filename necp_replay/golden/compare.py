"""A golden against what an engine did, stanza by stanza as both come, then field by field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from necp_replay.align.edit_script import Move
from necp_replay.align.sequences import Alignment, align
from necp_replay.golden.document import GoldenDocument, Stanza
from necp_replay.golden.reader import BodyText, StanzaText
from necp_replay.golden.text_entries import (
    TextEntry,
    TextLikeness,
    TextSide,
    with_ids,
)
from necp_replay.outcomes.compare import rendered_differences
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.record_difference import FINAL_TITLE, RecordDifference, Truth
from necp_replay.outcomes.render_outcome import Rendered
from necp_replay.outcomes.sides import Sides, sides_of_text

Compared = tuple[Stanza | None, Stanza | None, RecordDifference | None]
"""A golden's stanza, the one that belongs to it, as far as there are both, and how they differ."""


def compare_documents(
    golden: GoldenDocument, actual: GoldenDocument
) -> tuple[list[Compared], RecordDifference | None]:
    """All stanzas of both, in order, and how the final states differ.

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
    states = BodyText.of(golden.final), BodyText.of(actual.final)
    return compared, final_difference(*states, likeness, Truth.GOLDEN)


def sides_of_step(step: Alignment[TextEntry], likeness: TextLikeness) -> Sides:
    """Both sides of a step whole, in ids of the golden."""
    shown = None if step.right is None else likeness.in_left_ids(step.right)
    old, new = (None if each is None else each.stanza.rendered() for each in (step.left, shown))
    return sides_of_text(old, new)


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
        return RecordDifference(None, stanza.title, stanza.kind, Truth.GOLDEN, [missing])
    number = step.right.stanza.number
    if step.left is None:
        stanza = likeness.in_left_ids(step.right).stanza
        extra = FieldDifference(Layer.RETURN, "record", None, stanza.status)
        return RecordDifference(number, stanza.title, stanza.kind, Truth.GOLDEN, [extra])
    found = stanza_differences(step.left, step.right, likeness)
    stanza = step.left.stanza
    return RecordDifference(number, stanza.title, stanza.kind, Truth.GOLDEN, found)


def stanza_differences(
    left: TextEntry, right: TextEntry, likeness: TextLikeness
) -> list[FieldDifference]:
    """Every field in which two stanzas differ that stand beside each other."""
    shown = likeness.in_left_ids(right)
    found = []
    if left.stanza.title != shown.stanza.title:
        found.append(FieldDifference(Layer.INPUT, "input", left.stanza.title, shown.stanza.title))
    found += rendered_differences(left.stanza.rendered(), shown.stanza.rendered())
    if not found:
        # Both look the same, but an id was renamed in another way than elsewhere.
        old, new = (" ".join(entry.form.ids) for entry in (left, right))
        found.append(FieldDifference(Layer.INPUT, "ids", old, new))
    return found


def final_difference(
    expected: BodyText,
    actual: BodyText,
    likeness: TextLikeness,
    truth: Truth,
    *,
    with_sides: bool = False,
) -> RecordDifference | None:
    """How two final states differ, None if they are equal. All records were aligned before.

    ``likeness`` knows the renaming of ids that the records have shown.
    """
    shown = with_ids(actual.text, likeness.bindings.replacements)
    if expected.text == shown:
        return None
    old = Rendered("", expected.nodes())
    new = Rendered("", BodyText(shown, actual.line).nodes())
    fields = rendered_differences(old, new)
    found = RecordDifference(None, FINAL_TITLE, FINAL_TITLE, truth, fields)
    if with_sides:
        found.shown.sides = sides_of_text(old, new)
    return found
