"""Calls that system logs show: those that failed, with their process and errno, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Final

from necp_replay.importers.describe_call import call_text
from necp_replay.importers.log_facts import FactKind, LogFact, fact_of
from necp_replay.importers.log_lines import LogEntry, entry_of, read_log
from necp_replay.importers.seen_call import ARGUMENTS, LineNote, Notes, SeenCall
from necp_replay.importers.text_lines import TextLine

_ANYBODY_SAYS: Final = frozenset({FactKind.KERNEL, FactKind.PATH})
_NO_CALL: Final = "; it is not a call"


def has_log_line(text: str) -> bool:
    """Whether a line is an entry of a log that says something about NECP.

    Patterns that fit programs and documents too are only tried on entries with a writer.
    """
    entry = entry_of(TextLine(1, text, is_cut=False, about_necp=True))
    fact = fact_of(entry or LogEntry(1, text, "message"))
    return fact is not None and (entry is not None or fact.kind not in _ANYBODY_SAYS)


def read_log_calls(stream: IO[bytes], note: Notes) -> Iterator[SeenCall]:
    """The calls of a log that failed."""
    for entry in read_log(stream):
        fact = fact_of(entry)
        call = None if fact is None else _call_of(fact)
        if call is not None and fact is not None:
            note(LineNote(entry.line, True, f"{call_text(call)}{_parameters(fact)}"))
            yield call
        elif fact is not None:
            note(LineNote(entry.line, False, f"{fact.kind.value}{_NO_CALL}"))
        else:
            for line in range(entry.line, max(entry.last_line, entry.line) + 1):
                note(LineNote(line, False, "it is not about NECP"))
            continue
        for line in range(entry.line + 1, entry.last_line + 1):
            note(LineNote(line, False, "it continues the line above"))


def _call_of(fact: LogFact) -> SeenCall | None:
    if fact.kind not in (FactKind.CALL_FAILED, FactKind.DENIED) or fact.call not in ARGUMENTS:
        return None
    arguments: tuple[int | None, ...] = ()
    if fact.call == "necp_client_action":
        arguments = (None, fact.action)
    call = SeenCall(fact.call, arguments, fact.line, fact.pid, process=fact.process)
    call.time_ns = fact.time_ns
    call.errno, call.failed = fact.errno or None, True
    return call


def _parameters(fact: LogFact) -> str:
    known = ", ".join(f"{name} {value}".strip() for name, value in fact.parameters.items())
    client = f"; client {fact.client_id}" if fact.client_id else ""
    return f"{client}{f'; parameters: {known}' if known else ''}"
