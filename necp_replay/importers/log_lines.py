"""Entries of system logs, in the styles in which people have them, with folded lines unfolded.

The styles are those of ``log show`` (default, compact, syslog, JSON and ndjson), of Console and
Xcode, of ``idevicesyslog`` and older syslogs, and messages without anything before them.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import PurePosixPath
from typing import IO, Any, Final

from necp_replay.dataclass import dataclass
from necp_replay.importers.text_lines import TextLine, read_text_lines

MAX_FOLDED_LINES: Final = 64
"""How many lines one entry may have. Lines after them are entries of their own."""
_MAX_MESSAGE_CHARACTERS: Final = 65_536


@dataclass(slots=True)
class LogEntry:
    """One entry of a log: who wrote what, as far as it is shown.

    ``line`` and ``last_line`` are the lines that it has, and ``about_necp`` says whether one of
    them names the subsystem. ``time_ns`` is none if the log shows no
    time with a date.
    """

    line: int
    message: str
    style: str
    time: str = ""
    time_ns: int | None = None
    process: str = ""
    pid: int | None = None
    library: str = ""
    subsystem: str = ""
    last_line: int = 0
    is_cut: bool = False
    about_necp: bool = True


_WALL: Final = r"(?P<time>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[-+]\d\d:?\d\d)?)"
_WHERE: Final = r"(?:\((?P<library>[^()]*)\) )?(?:\[(?P<subsystem>[\w.-]*:[^\]]*)\] ?)?"
_MESSAGE: Final = r"(?P<message>.*)"
_DAY: Final = r"[A-Z][a-z]{2} [ \d]\d"
_CLOCK: Final = r"\d\d:\d\d:\d\d"
_DEVICE_PROCESS: Final = (
    r"(?P<process>[^(\[]+)(?:\((?P<library>[^()]*)\))?\[(?P<pid>\d{1,10})\](?: \(\S*\))? ?"
    r"(?:<\w+>)?: "
)
_STYLES: Final = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        (
            "default",
            rf"{_WALL}\s+0x[0-9a-f]+\s+\w+\s+0x[0-9a-f]+\s+(?P<pid>\d{{1,10}})\s+\d+\s+"
            rf"(?P<process>\S.*?): {_WHERE}{_MESSAGE}",
        ),
        (
            "compact",
            rf"{_WALL} +(?P<level>[A-Z][a-z]?)\s+(?P<process>\S.*?)\[(?P<pid>\d{{1,10}}):"
            rf"[0-9a-f]+\] {_WHERE}{_MESSAGE}",
        ),
        (
            "xcode",
            rf"{_WALL} (?P<process>\S.*?)\[(?P<pid>\d{{1,10}}):\d+\] {_WHERE}{_MESSAGE}",
        ),
        (
            "syslog",
            rf"{_WALL}\s+(?P<host>\S+) (?P<process>.*?)\[(?P<pid>\d{{1,10}})\]:? *"
            rf"(?:<\w+>: ?)?{_WHERE}{_MESSAGE}",
        ),
        ("idevicesyslog", rf"(?P<time>{_DAY} {_CLOCK}\.\d{{1,6}}) {_DEVICE_PROCESS}{_MESSAGE}"),
        ("idevicesyslog", rf"(?P<time>{_DAY} {_CLOCK}) (?P<host>\S+) {_DEVICE_PROCESS}{_MESSAGE}"),
        (
            "console",
            r"(?:default|info|error|debug|fault)\t(?P<time>\d\d:\d\d:\d\d\S*)\t"
            rf"(?P<process>[^\t]*)\t{_MESSAGE}",
        ),
        (
            "short",
            rf"(?P<time>\d\d:\d\d:\d\d(?:\.\d{{1,6}})?) (?P<process>\S+)"
            rf"(?:\[(?P<pid>\d{{1,10}})\])?:? {_MESSAGE}",
        ),
        ("syslog", rf"(?P<process>[\w.-]+)\[(?P<pid>\d{{1,10}})\] <\w+>: {_MESSAGE}"),
    )
)
_TEMPLATE_TIME: Final = re.compile(r"<Mon> +<d> +HH:MM:SS +<device> +(?=\S+\[)")
_XCODE_METADATA: Final = re.compile(r"Type: \w+ \| .*\| ?")
_CONTINUED: Final = re.compile(r"\s+\S|so_gencnt:|t_state:|process: |reason: ")
_MESSAGE_BEGINS: Final = re.compile(
    r"(?:tcp|udp) \w+ |nw_\w+ |System Policy: |Sandbox: |LocalNetwork: |necp_\w+[: ]"
)
"""How messages of the kernel or of libnetwork begin. No continued line begins so."""
_JSON_MEMBER: Final = re.compile(r'\s*"(?P<name>\w+)"\s*:(?P<value>.*)')
_JSON_MEMBERS: Final = frozenset(
    {
        *("timestamp", "eventMessage", "processID", "processImagePath", "senderImagePath"),
        *("subsystem", "category", "process"),
    }
)


def read_log(stream: IO[bytes]) -> Iterator[LogEntry]:
    """All entries of a log, in order. Lines that continue an entry belong to it."""
    entry: LogEntry | None = None
    members: dict[str, Any] = {}
    members_from = 0
    style = ""
    for line in read_text_lines(stream):
        member = _JSON_MEMBER.fullmatch(line.text)
        if member is not None and member["name"] in _JSON_MEMBERS:
            # The pretty JSON of `log show --style json`: one member a line.
            members_from = members_from or line.number
            members[member["name"]] = _json_value(member["value"].strip().removesuffix(","))
            continue
        if members and line.text.lstrip(" ,").startswith("}"):
            if entry is not None:
                yield entry
            entry = None
            yield _of_json(members, members_from, line.number)
            members, members_from = {}, 0
            continue
        found = entry_of(line, style)
        if found is not None:
            style = found.style
        if found is not None and found.message:
            if entry is not None:
                yield entry
            entry = found
        elif entry is not None and _continues(entry, line):
            _add_line(entry, line)
        else:
            if entry is not None:
                yield entry
            message = line.text[:_MAX_MESSAGE_CHARACTERS]
            entry = LogEntry(line.number, message, "message", last_line=line.number)
            entry.is_cut, entry.about_necp = line.is_cut, line.about_necp
    if entry is not None:
        yield entry


def _continues(entry: LogEntry, line: TextLine) -> bool:
    if entry.last_line - entry.line >= MAX_FOLDED_LINES:
        return False
    if _XCODE_METADATA.match(line.text) is not None:
        return True
    if _MESSAGE_BEGINS.match(line.text) is not None:
        return False
    if entry.style == "message":
        return _CONTINUED.match(line.text) is not None and bool(entry.message.strip())
    return entry.style != "ndjson"


def _add_line(entry: LogEntry, line: TextLine) -> None:
    entry.last_line = line.number
    entry.about_necp |= line.about_necp
    metadata = _XCODE_METADATA.match(line.text)
    if metadata is not None:
        fields = dict(part.partition(": ")[::2] for part in line.text.split(" | "))
        entry.style = "xcode"
        entry.process = fields.get("Process", "").strip()
        entry.library = fields.get("Library", "").strip()
        entry.subsystem = fields.get("Subsystem", "").strip()
        entry.time = fields.get("Timestamp", "").strip()
        entry.time_ns = time_ns_of(entry.time)
    elif len(entry.message) < _MAX_MESSAGE_CHARACTERS:
        entry.message = f"{entry.message.rstrip()} {line.text.strip()}"


def entry_of(line: TextLine, likely: str = "") -> LogEntry | None:
    """The entry that begins with a line; None for a line that begins none.

    ``likely`` is the style that is tried first: that of the entry above.
    """
    text = line.text
    if '"eventMessage"' in text:
        begin = text.find("{")
        try:
            members = json.loads(text[begin : text.rfind("}") + 1]) if begin >= 0 else None
        except (ValueError, RecursionError):
            members = None
        if isinstance(members, dict):
            return _of_json(members, line.number, line.number)
    text = _TEMPLATE_TIME.sub("", text, count=1)
    # The styles only look at the beginning of a line.
    for name, pattern in _likely_first(likely):
        found = pattern.match(text[:_MAX_MESSAGE_CHARACTERS])
        if found is None:
            continue
        fields = found.groupdict()
        entry = LogEntry(line.number, fields["message"], name, last_line=line.number)
        entry.is_cut, entry.about_necp = line.is_cut, line.about_necp
        entry.time = fields.get("time") or ""
        entry.time_ns = time_ns_of(entry.time)
        entry.process = (fields.get("process") or "").strip()
        entry.pid = None if fields.get("pid") is None else int(fields["pid"])
        entry.library = fields.get("library") or ""
        entry.subsystem = fields.get("subsystem") or ""
        return entry
    return None


@functools.cache
def _likely_first(likely: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """All styles, those of a name first."""
    return tuple(sorted(_STYLES, key=lambda style: style[0] != likely))


def _of_json(members: dict[str, Any], first: int, last: int) -> LogEntry:
    entry = LogEntry(first, _text_of(members, "eventMessage"), "ndjson", last_line=last)
    entry.time = _text_of(members, "timestamp")
    entry.time_ns = time_ns_of(entry.time)
    pid = members.get("processID")
    entry.pid = pid if type(pid) is int else None
    image = _text_of(members, "processImagePath") or _text_of(members, "process")
    entry.process = PurePosixPath(image).name
    entry.library = PurePosixPath(_text_of(members, "senderImagePath")).name
    entry.subsystem = f"{_text_of(members, 'subsystem')}:{_text_of(members, 'category')}"
    return entry


def _text_of(members: dict[str, Any], name: str) -> str:
    value = members.get(name)
    return value[:_MAX_MESSAGE_CHARACTERS] if isinstance(value, str) else ""


def _json_value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def time_ns_of(text: str) -> int | None:
    """A time with a date as nanoseconds since 1970; in UTC if it names no zone. Else None."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    try:
        moment = datetime.strptime(f"{found['date']} {found['clock']}", "%Y-%m-%d %H:%M:%S")
        zone = found["zone"]
        if zone in (None, "Z"):
            moment = moment.replace(tzinfo=UTC)
        else:
            minutes = int(zone[1:3]) * 60 + int(zone[-2:])
            offset = timedelta(minutes=-minutes if zone[0] == "-" else minutes)
            moment = moment.replace(tzinfo=timezone(offset))
        since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    fraction = int((found["fraction"] or "0")[:9].ljust(9, "0"))
    nanoseconds = (since.days * 86_400 + since.seconds) * 1_000_000_000 + fraction
    return nanoseconds if nanoseconds >= 0 else None


_TIME: Final = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[ T](?P<clock>\d\d:\d\d:\d\d)(?:[.,](?P<fraction>\d{1,9}))?"
    r"(?P<zone>Z|[-+]\d\d:?\d\d)?"
)
