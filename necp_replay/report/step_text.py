"""What stepping through a trace shows, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.node import lines_of
from necp_replay.outcomes.record_difference import RecordDifference
from necp_replay.outcomes.shell_text import command_line
from necp_replay.releases.names import canonical_tag
from necp_replay.report.explain_text import TreeLines, explanation_trees
from necp_replay.report.fields_text import clipped, clipped_pair, field_lines
from necp_replay.report.show_text import ShowOptions, record_lines
from necp_replay.report.style import Style
from necp_replay.report.table import left, table
from necp_replay.report.words import counted
from necp_replay.stepping.commands import COMMANDS
from necp_replay.stepping.session import (
    SHOWN_CAUSES,
    Answer,
    Compared,
    EditsShown,
    Explained,
    HelpShown,
    PlaceShown,
    Quit,
    Session,
    StateShown,
)
from necp_replay.stepping.stepper import Look
from necp_replay.stepping.what_if import WhatIf
from necp_replay.tools.selected import SelectedRecord

_RECORD_LINES: Final = 16
"""Lines of a record that are shown after a move."""
_CHANGES: Final = 8
"""Changes of the state that are shown after a move."""
_SHOWN_VALUE: Final = 48
_SHOWN_PATH: Final = 90


def answer_lines(answer: Answer, session: Session, style: Style, lines: TreeLines) -> Iterator[str]:
    """An answer, for people."""
    match answer:
        case PlaceShown():
            yield from _place(answer, session, style)
        case StateShown(_, nodes, None):
            yield from lines_of(nodes or [])
        case StateShown(_, _, places):
            for place in places or []:
                yield style.paint(place.text, "bold")
                yield from lines_of([place.node], 1)
        case Explained(explanation):
            yield style.paint(f"record {explanation.record}  {explanation.title}", "bold")
            yield from explanation_trees(explanation, style, lines)
            yield ""
            yield style.paint(f"In one command: {explain_command(session)}", "dim")
        case Compared(result, first):
            yield from _compared(result, first, style)
        case EditsShown(edits):
            if not edits:
                yield "no edits are in force"
            for number, edit in enumerate(edits, 1):
                yield f"{number}. {edit.text}"
        case HelpShown():
            rows = [
                [f"{each.name} {each.arguments}".rstrip(), ", ".join(each.short), each.help]
                for each in COMMANDS
            ]
            yield from table(left("command", "short", "does"), rows).split("\n")
        case Quit():
            return


def explain_command(session: Session) -> str:
    """The command line that explains the record of the place."""
    history = session.history
    return _command_line("explain", history.path, history.number, _release(session))


def step_command(trace: str | Path, record: int, release: str | None) -> str:
    """The command line that steps from a record; ``release`` is None for the recorded one."""
    return _command_line("step", trace, record, release)


def _command_line(command: str, trace: str | Path, record: int, release: str | None) -> str:
    words = () if release is None else ("--release", release)
    return command_line("necp-replay", command, trace, "--record", str(record), *words)


def _release(session: Session) -> str | None:
    history = session.history
    release = history.profile.release
    return None if release == canonical_tag(history.header.release) else release


def prompt_text(session: Session) -> str:
    """What is shown before a command is typed: the place, and how many edits are in force."""
    records = session.history.records()
    of = "" if records is None else f"/{records:,}"
    edits = f" {counted(len(session.edits), 'edit')}" if session.edits else ""
    return f"{session.history.number:,}{of}{edits}> "


def _place(shown: PlaceShown, session: Session, style: Style) -> Iterator[str]:
    look = shown.look
    if shown.note is not None:
        yield style.paint(shown.note, "yellow")
    if not shown.is_moved:
        return
    if look.moment is None:
        of = "" if look.records is None else f" of {counted(look.records, 'record')}"
        yield f"before the first{of}"
        return
    yield from _record(look, session, style, whole=shown.whole_record)
    if look.is_down and look.down_at is not None:
        what = "this record took" if look.down_at == look.number else f"record {look.down_at} took"
        yield style.paint(f"{what} the modelled system down", "red")
    if look.differing:
        yield style.paint("the recorded outcome is different", "yellow")
        yield from field_lines(look.differing, ("recorded", "here"), style, "  ")
    if shown.whole_record:
        return
    yield from _changed(look.changed, style, None if shown.all_changes else _CHANGES)
    for client in look.evaluated[:_CHANGES]:
        change = client.change.value
        yield f"client {client.client} of {client.process}: {client.outcome} ({change})"
    if len(look.evaluated) > _CHANGES:
        yield f"and {counted(len(look.evaluated) - _CHANGES, 'more client')}"


def _record(look: Look, session: Session, style: Style, *, whole: bool) -> Iterator[str]:
    assert look.moment is not None, "shown only at a record"
    record = SelectedRecord(look.number, look.clock_ns, look.moment.step, look.moment.outcome)
    lines = list(record_lines(record, session.history.names, style, ShowOptions(hex=whole)))
    shown = lines if whole else lines[:_RECORD_LINES]
    yield from shown
    if len(shown) < len(lines):
        yield style.paint(f"  and {len(lines) - len(shown)} more lines; record shows them", "dim")


def _changed(changed: Sequence[FieldDifference], style: Style, most: int | None) -> Iterator[str]:
    """What a record changed in the state, one line for each field."""
    if not changed:
        yield style.paint("changed nothing in the state", "dim")
        return
    yield "changed in the state"
    for field in changed[:most]:
        before, after = clipped_pair(field.expected, field.actual, _SHOWN_VALUE)
        values = f"{style.paint(before, 'red')} -> {style.paint(after, 'green')}"
        yield f"  {clipped(field.path, _SHOWN_PATH)}: {values}"
    hidden = 0 if most is None else len(changed) - most
    if hidden > 0:
        yield style.paint(f"  and {counted(hidden, 'more field')}; changes shows them", "dim")


def _compared(result: WhatIf, first: int, style: Style) -> Iterator[str]:
    if first == 0:
        for edit in result.edits:
            yield style.paint(f"what if: {edit.text}", "bold")
    shown = result.causes[first : first + SHOWN_CAUSES]
    for difference in shown:
        yield from _cause(difference, style)
    after = len(result.causes) - first - len(shown)
    if after > 0:
        yield style.paint(f"{counted(after, 'more cause')}; more shows them", "dim")
    elif first and not shown:
        yield "there are no more"
    if result.more_causes:
        yield f"{counted(result.more_causes, 'further cause')} are not kept"
    if first == 0:
        yield _summary(result)
        if result.damage is not None:
            yield style.paint(f"the rest of the trace cannot be read: {result.damage}", "red")


def _cause(difference: RecordDifference, style: Style) -> Iterator[str]:
    place = "" if difference.record is None else f"{difference.record} "
    yield f"{style.paint(place, 'dim')}{style.paint(difference.title, 'bold')}"
    yield from field_lines(difference.fields, ("as it is", "what if"), style, "  ")
    if difference.chain.followers:
        verb = "follows" if difference.chain.followers == 1 else "follow"
        yield f"  {counted(difference.chain.followers, 'later difference')} {verb} from it"


def _summary(result: WhatIf) -> str:
    compared = counted(result.compared, "record")
    if not result.differing and not result.final_state_differs:
        found = "nothing differs"
    else:
        state = ", and the final state" if result.final_state_differs else ""
        verb = "differs" if result.differing == 1 else "differ"
        found = f"{counted(result.differing, 'record')} {verb}{state}"
    end = ""
    if result.same_after is not None:
        end = f"; after record {result.same_after:,} the state is the same again"
    return f"from record {result.first + 1:,} on, {compared} compared: {found}{end}"
