"""The formats of other tools that are imported, and which of them a file has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Final

from necp_replay.dataclass import dataclass
from necp_replay.errors import ImportedFileError, foreign_content
from necp_replay.events.inputs import Input
from necp_replay.importers.describe_call import call_text
from necp_replay.importers.kdebug import begins_as_kdebug, read_kdebug
from necp_replay.importers.log_calls import has_log_line, read_log_calls
from necp_replay.importers.policy_dump import begins_as_policy_dump, read_policy_dump
from necp_replay.importers.proto_schema import read_schema
from necp_replay.importers.seen_call import LineNote, Notes, SeenCall
from necp_replay.importers.sockfuzzer import is_session, read_session
from necp_replay.importers.text_lines import read_text_lines
from necp_replay.importers.tracer_text import (
    LOST,
    LineParser,
    dtrace_text,
    f8_text,
    is_tracer_loss,
    new_dtruss,
    pykdebugparser_text,
    strace_json,
    strace_text,
)

Reader = Callable[[IO[bytes], Notes], Iterator[SeenCall | Input]]
"""Gives the calls of a file, and inputs that the system around them needs."""
_ELSE: Final = "it is not about NECP"
_WORTH_PARSING: Final = re.compile(r"close|exit|dtrace: |SYSCALL\(")
"""Texts in lines that a parser has to see, besides the lines about NECP."""
_CAPTURED: Final = b"NECPCAP1"
_HEAD_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class SourceFormat:
    """One format: its name on the command line, what it is, and what an import recovers.

    ``begins`` says of the first bytes of a file whether they are of this format, ``has_line`` of a
    line about NECP. ``unit`` is what its parts are called, such as lines or events.
    ``knows_system`` says that the file shows all networks and policies.
    """

    name: str
    what: str
    recovers: str
    read: Reader
    begins: Callable[[bytes], bool] | None = None
    has_line: Callable[[str], bool] | None = None
    unit: str = "line"
    knows_system: bool = False

    def counted(self, number: int) -> str:
        """A number of its lines, events or policies, as text."""
        plural = f"{self.unit[:-1]}ies" if self.unit.endswith("y") else f"{self.unit}s"
        return f"{number:,} {self.unit if number == 1 else plural}"


def find_format(name: str) -> SourceFormat:
    """The format of a name. Raises ImportedFileError for one that is not there."""
    for each in FORMATS:
        if each.name == name:
            return each
    raise ImportedFileError(f"there is no format {name!r}")


def sessions_of(proto: Path) -> SourceFormat:
    """The format of fuzzer sessions of a given schema. Raises ImportedFileError."""
    schema = read_schema(proto)
    format = find_format("sockfuzzer")
    return replace(format, read=lambda stream, note: read_session(stream, note, schema))


def detect_format(stream: IO[bytes], label: str) -> SourceFormat:
    """The format of a file, found from its content. The stream is read, and then at its start.

    Raises ImportedFileError for a file of no format, and says what it is if that is known.
    """
    head = stream.read(_HEAD_BYTES)
    stream.seek(0)
    if not head:
        raise ImportedFileError("the file is empty", file=label)
    foreign = foreign_content(head)
    if foreign is not None and not head.startswith(b"\xef\xbb\xbf"):
        raise ImportedFileError(f"it is {foreign[0]}", file=label, hint=foreign[1])
    if head.startswith(_CAPTURED):
        raise ImportedFileError(
            "it is a recording of necp-replay's own capture",
            file=label,
            hint=f"Make a trace of it: necp-replay capture --from {label} -o FILE.",
        )
    for each in FORMATS:
        if each.begins is not None and each.begins(head):
            return each
    lines = about = 0
    refused = ""
    for line in read_text_lines(stream):
        lines += 1
        if not line.about_necp:
            continue
        about += 1
        for each in FORMATS:
            if each.has_line is not None and each.has_line(line.text):
                stream.seek(0)
                return each
        refused = refused or _why_useless(line.text)
    stream.seek(0)
    if not refused and is_session(stream):
        return find_format("sockfuzzer")
    raise ImportedFileError(refused or _nothing(lines, about), file=label)


def read_with(parse: LineParser) -> Reader:
    """A reader of lines that do not depend on each other, given what parses one of them."""
    return reading_with(lambda: parse)


def reading_with(new_parser: Callable[[], LineParser]) -> Reader:
    """A reader of lines, given what makes a parser for one file."""

    def read(stream: IO[bytes], note: Notes) -> Iterator[SeenCall | Input]:
        parse = new_parser()
        for line in read_text_lines(stream):
            if line.is_cut:
                note(LineNote(line.number, False, "the line is longer than 4 MiB", line.about_necp))
                continue
            if not line.about_necp and _WORTH_PARSING.search(line.text) is None:
                note(LineNote(line.number, False, _ELSE))
                continue
            parsed = parse(line.text)
            if isinstance(parsed, SeenCall):
                parsed.line = line.number
                if parsed.call != "close":
                    note(LineNote(line.number, True, call_text(parsed)))
                yield parsed
            elif is_tracer_loss(line.text):
                note(LineNote(line.number, False, LOST, is_loss=True))
            elif parsed is not None:
                note(LineNote(line.number, False, parsed, is_loss=True))
            else:
                why = "it does not show a complete call" if line.about_necp else _ELSE
                note(LineNote(line.number, False, why))

    return read


def _is(parse: LineParser) -> Callable[[str], bool]:
    return lambda text: isinstance(parse(text), SeenCall)


def _is_session_line(text: str) -> bool:
    return _SESSION_LINE.match(text) is not None


def _nothing(lines: int, about: int) -> str:
    spoken = f"{about:,} of them name NECP" if about else "none of them names NECP"
    if lines == 1:
        spoken = "it names NECP" if about else "it does not name NECP"
    return f"it is of no known format: {lines:,} line{'s' if lines != 1 else ''}, {spoken}"


def _why_useless(text: str) -> str:
    """Why lines like this one cannot be imported; empty for any other line."""
    for pattern, why in _USELESS:
        if pattern.search(text):
            return why
    return ""


_SESSION_LINE: Final = re.compile(
    r"\s*(?:commands[123]?|necp_(?:open|session_open|client_action|session_action|match_policy))"
    r"\s*:?\s*[{<]"
)
_USELESS: Final = (
    (
        re.compile(r"\d+ packets? dropped due to NECP policy"),
        "it has counters of dropped packets: they do not say whose or which",
    ),
    (
        re.compile(r"^\s*\((?:allow|deny)\b.*necp-client"),
        "it is a sandbox profile: it says what is denied, not what a process called",
    ),
    (
        re.compile(r"^\s*(?:\d+\s+)?\S+(?:\s+0x[0-9a-f]+)?\s+nw_\w+(?: \+ \d+)?\s*$"),
        "it is a stack of function names: it shows no call of NECP with what it returned",
    ),
    (
        re.compile(r"^\s*(?:#include|/\*|//)|\bnecp_\w+: +open\(|necp_client_action\([^)]*\);"),
        "it is a program, or a description of one: run it and trace it to get its calls",
    ),
)


FORMATS: Final = (
    SourceFormat(
        "kdebug",
        "raw kernel traces, version 2 and 3 (.raw, .ktrace)",
        "all calls in order: four arguments, return value, errno, thread, process; no contents",
        read_kdebug,
        begins=begins_as_kdebug,
        unit="event",
    ),
    SourceFormat(
        "policy-dump",
        "an answer of POLICY_DUMP_ALL, as bytes or hexadecimal digits",
        "the policies, as session actions that recreate them",
        read_policy_dump,
        begins=begins_as_policy_dump,
        unit="policy",
        knows_system=True,
    ),
    SourceFormat(
        "sockfuzzer",
        "a session of SockFuzzer, text or binary protobuf",
        "inputs with their contents; no outcomes; threads switch only between commands",
        read_session,
        has_line=_is_session_line,
        unit="command",
        knows_system=True,
    ),
    SourceFormat(
        "strace-json",
        "JSON lines of strace-macos (`strace --json`)",
        "all calls with sizes, return value, errno, pid and time; no contents",
        read_with(strace_json),
        has_line=_is(strace_json),
    ),
    SourceFormat(
        "dtrace",
        "lines of our own DTrace script",
        "all calls with arguments, return value, errno, pid, time, and bytes of their buffers",
        read_with(dtrace_text),
        has_line=_is(dtrace_text),
    ),
    SourceFormat(
        "dtruss",
        "output of dtruss",
        "three arguments, return value and errno; pid and time where shown; no contents",
        reading_with(new_dtruss),
        has_line=_is(new_dtruss()),
    ),
    SourceFormat(
        "f8",
        "lines of F8's DTrace tracer (F8_SYSCALL ...)",
        "fd, action, return value, errno, pid and time; no contents",
        read_with(f8_text),
        has_line=_is(f8_text),
    ),
    SourceFormat(
        "strace",
        "text of strace-macos",
        "all calls with sizes, return value, and errno where shown; no process, no contents",
        read_with(strace_text),
        has_line=_is(strace_text),
    ),
    SourceFormat(
        "pykdebugparser",
        "text of pykdebugparser",
        "calls with their first four arguments, return value, errno; process where shown",
        read_with(pykdebugparser_text),
        has_line=_is(pykdebugparser_text),
    ),
    SourceFormat(
        "log",
        "a system log: log show, Console, Xcode, idevicesyslog",
        "which call failed with which errno, of which process and when; no fd, no arguments",
        read_log_calls,
        has_line=has_log_line,
    ),
)
"""Every format, in the order in which a file is compared with them."""
