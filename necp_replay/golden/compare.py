"""Compares a golden with what an engine does: records are aligned, then compared field by field.

Equal stanzas are compared as text. Only those that differ are parsed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from necp_replay.align.edit_script import Move
from necp_replay.align.sequences import Edit, align
from necp_replay.golden.document import GoldenDocument
from necp_replay.golden.stanza import BodyText, Stanza
from necp_replay.golden.stanza_entries import (
    StanzaComparator,
    StanzaEntry,
    stanza_entries,
    with_ids,
    without_passed,
)
from necp_replay.golden.versions import VERSIONS
from necp_replay.outcomes.compare import rendered_differences
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.node import INDENT
from necp_replay.outcomes.node_differences import node_differences
from necp_replay.outcomes.record_difference import FINAL_TITLE, RecordDifference, Truth
from necp_replay.outcomes.render_outcome import Rendered
from necp_replay.outcomes.sides import Sides, sides_of_text

Compared = tuple[Stanza | None, Stanza | None, RecordDifference | None]
"""A stanza of the golden, the stanza that corresponds to it (either may be missing), and how they
differ, None if they do not."""


def compare_documents(
    golden: GoldenDocument,
    actual: GoldenDocument,
    on_records: Callable[[int], None] | None = None,
) -> tuple[list[Compared], RecordDifference | None]:
    """All stanzas of both, in order, and how the final states differ.

    Both have titles of one form. An inserted or missing record is reported as one difference. Ids
    that are renamed because of it count as equal. ``on_records`` is told how many more records were
    compared.
    """
    comparator = StanzaComparator()
    stanzas = actual.stanzas
    if not VERSIONS[golden.version].shows_passed:
        # So that is not compared.
        stanzas = [without_passed(stanza) for stanza in stanzas]
    old, new = stanza_entries(golden.stanzas), stanza_entries(stanzas)
    olds, news = iter(golden.stanzas), iter(actual.stanzas)
    compared: list[Compared] = []
    for edit in align(old, new, comparator):
        if on_records is not None:
            on_records(edit.same or 1)
        if edit.move is Move.MATCH:
            compared += [(next(olds), next(news), None) for _ in range(edit.same)]
            continue
        before = None if edit.left is None else next(olds)
        after = None if edit.right is None else next(news)
        compared.append((before, after, record_difference(edit, comparator)))
    return compared, final_difference(golden.final, actual.final, comparator, Truth.GOLDEN)


def sides_of_edit(edit: Edit[StanzaEntry], comparator: StanzaComparator) -> Sides:
    """Both sides of a difference, whole, with the ids of the golden."""
    shown = None if edit.right is None else comparator.in_left_ids(edit.right)
    return sides_of_stanzas(
        None if edit.left is None else edit.left.stanza, None if shown is None else shown.stanza
    )


def sides_of_stanzas(left: Stanza | None, right: Stanza | None) -> Sides:
    """Both sides of a difference, whole."""
    old, new = (None if each is None else each.rendered() for each in (left, right))
    passed = next((each.passed for each in (left, right) if each is not None), "")
    return sides_of_text(old, new, [line[len(INDENT) :] for line in passed.split("\n") if line])


def record_difference(edit: Edit[StanzaEntry], comparator: StanzaComparator) -> RecordDifference:
    """The difference that an edit of the alignment with a golden stands for."""
    if edit.right is None:
        assert edit.left is not None
        stanza = edit.left.stanza
        missing = FieldDifference(Layer.RETURN, "record", stanza.status, None)
        return RecordDifference(None, stanza.title, stanza.kind, Truth.GOLDEN, [missing])
    number = edit.right.stanza.number
    if edit.left is None:
        stanza = comparator.in_left_ids(edit.right).stanza
        extra = FieldDifference(Layer.RETURN, "record", None, stanza.status)
        return RecordDifference(number, stanza.title, stanza.kind, Truth.GOLDEN, [extra])
    found = stanza_differences(edit.left, edit.right, comparator)
    stanza = edit.left.stanza
    return RecordDifference(number, stanza.title, stanza.kind, Truth.GOLDEN, found)


def stanza_differences(
    left: StanzaEntry, right: StanzaEntry, comparator: StanzaComparator
) -> list[FieldDifference]:
    """Every field in which two stanzas differ that correspond to each other."""
    shown = comparator.in_left_ids(right)
    found = []
    if left.stanza.title != shown.stanza.title:
        found.append(FieldDifference(Layer.INPUT, "input", left.stanza.title, shown.stanza.title))
    if left.stanza.passed != shown.stanza.passed:
        nodes = (left.stanza.passed_nodes(), shown.stanza.passed_nodes())
        found += [
            replace(field, path=f"passed > {field.path}")
            for field in node_differences(*nodes, lambda _: Layer.INPUT)
        ]
    found += rendered_differences(left.stanza.rendered(), shown.stanza.rendered())
    if not found:
        # The text is the same, but an id corresponds to another one elsewhere.
        old, new = (" ".join(entry.canonical.ids) for entry in (left, right))
        found.append(FieldDifference(Layer.INPUT, "ids", old, new))
    return found


def final_difference(
    expected: BodyText,
    actual: BodyText,
    comparator: StanzaComparator,
    truth: Truth,
    *,
    with_sides: bool = False,
) -> RecordDifference | None:
    """How two final states differ, None if they are equal.

    ``comparator`` has aligned all records, so that it knows the renaming of their ids.
    """
    shown = with_ids(actual.text, comparator.renaming.replacements)
    if expected.text == shown:
        return None
    old = Rendered("", expected.nodes())
    new = Rendered("", BodyText(shown, actual.line).nodes())
    fields = rendered_differences(old, new)
    found = RecordDifference(None, FINAL_TITLE, FINAL_TITLE, truth, fields)
    if with_sides:
        found.shown.sides = sides_of_text(old, new)
    return found
