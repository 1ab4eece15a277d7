"""The text of system call tracers: strace-macos, dtruss, F8's tracer, pykdebugparser, our script.

Each has a pattern for its own lines. A parser takes one line, and gives the call that it shows; a
text that says why a line about NECP is left out; or None for a line about something else.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from necp_replay.importers.errno_names import errno_named
from necp_replay.importers.seen_call import (
    ARGUMENTS,
    CALL_NAMES,
    SAME_CALLS,
    FaultingBuffer,
    SeenCall,
    whole_number,
)

Parsed = SeenCall | str | None
LineParser = Callable[[str], Parsed]

_STRACE: Final = re.compile(
    rf"(?:\[?pid +(?P<pid>\d{{1,10}})\]? +)?(?P<call>{CALL_NAMES})"
    r"\((?P<arguments>[^()]*)\) += +(?P<result>\S.*)"
)
_STRACE_ERROR: Final = re.compile(r"-1 (?P<name>E[A-Z0-9]+)\b|-1 \(?errno[ :=]*(?P<number>\d{1,3})")
_DTRUSS: Final = re.compile(
    r" *(?:(?P<pid>\d{1,10})/(?P<thread>0x[0-9a-fA-F]+): *)?(?P<columns>(?:\d+ +)*)"
    rf"(?P<call>{CALL_NAMES})\((?P<arguments>[^()]*)\)\s+= (?P<result>-?\w+) "
    r"(?:Err#(?P<failed>\d{1,4})|(?P<errno>-?\d{1,4}))\s*"
)
_DTRUSS_HEAD: Final = re.compile(r"(?P<columns>.*)SYSCALL\(args\)")
_F8: Final = re.compile(
    rf"F8_SYSCALL (?P<pid>\d{{1,10}}) (?P<thread>\d{{1,20}}) (?P<call>{CALL_NAMES}) "
    r"(?P<result>-?\d{1,20}) (?P<errno>\d{1,4}) (?P<usec>\d{1,20})(?P<arguments>(?: +\S+)*)\s*"
)
_PYKDEBUG: Final = re.compile(
    r"(?P<prefix>.*?)"
    rf"(?<![\w])(?P<call>{CALL_NAMES})\((?P<arguments>[^()]*)\)"
    r"(?:, (?:(?:fd|return): (?P<result>-?\d{1,20})|errno: (?:[A-Z0-9]+\()?(?P<errno>\d{1,4})\)?)"
    r"|, )?\s*"
)
_PYKDEBUG_TIME: Final = re.compile(
    r"(?:(?P<wall>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,6}) +|(?P<ticks>\d{1,20}) )?"
    r"(?P<thread>\d{1,20} )?"
)
_PYKDEBUG_PROCESS: Final = re.compile(r"(?P<name>.*)\((?P<pid>\d{1,10})\)\s*|Error: tid \d+\s*")
_DTRACE: Final = re.compile(r"\s*NECP1 (?P<fields>.*)")
_DTRACE_BUFFER: Final = re.compile(r"(?P<side>in|out)(?P<number>[0-5])")
_TRACER_LOSS: Final = re.compile(
    r"dtrace: (?:error on enabled probe|\d+ (?:\w+ )*drops?\b|.*buffer)", re.IGNORECASE
)
_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2})*")
_MOST_SECONDS: Final = 1e11
LOST: Final = "the tracer lost events here"
"""The note on a line in which a tracer says that it lost something."""


def is_tracer_loss(text: str) -> bool:
    """Whether a tracer says here that it could not record something."""
    return _TRACER_LOSS.match(text) is not None


def strace_json(text: str) -> Parsed:
    """A JSON line of ``strace --json``."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return "it is not complete JSON" if '"syscall"' in text else None
    if not isinstance(found, dict) or not isinstance(found.get("syscall"), str):
        return None
    name = SAME_CALLS.get(found["syscall"], found["syscall"])
    if name not in ARGUMENTS:
        return None
    arguments = found.get("args")
    if not isinstance(arguments, list):
        return "its `args` is not a list"
    call = _call(name, tuple(map(_json_number, arguments)))
    pid, seconds = found.get("pid"), found.get("timestamp")
    call.pid = pid if type(pid) is int else None
    call.time_ns = _nanoseconds(seconds)
    return _with_strace_result(call, str(found.get("return", "?")))


def _nanoseconds(seconds: Any) -> int | None:
    """A time in seconds, with the microseconds that floating point keeps; None for any other."""
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        return None
    is_time = math.isfinite(seconds) and 0 <= seconds < _MOST_SECONDS
    return round(seconds * 1e6) * 1000 if is_time else None


def strace_text(text: str) -> Parsed:
    """A line such as ``necp_open(0) = 4``."""
    found = _STRACE.fullmatch(text.strip())
    if found is None:
        return None
    call = _call(found["call"], _numbers(found["arguments"]))
    call.pid = None if found["pid"] is None else int(found["pid"])
    return _with_strace_result(call, found["result"])


def new_dtruss() -> LineParser:
    """A parser of ``dtruss`` output. Its header says which columns there are."""
    columns: list[str] = []

    def parse(text: str) -> Parsed:
        head = _DTRUSS_HEAD.match(text)
        if head is not None:
            columns[:] = [each for each in head["columns"].split() if each != "PID/THRD"]
            return None
        return _dtruss(text, columns)

    return parse


def _dtruss(text: str, columns: list[str]) -> Parsed:
    found = _DTRUSS.fullmatch(text.replace("\t", " "))
    if found is None:
        return None
    call = _call(found["call"], _numbers(found["arguments"]))
    call.pid = None if found["pid"] is None else int(found["pid"])
    call.thread = None if found["thread"] is None else whole_number(found["thread"])
    numbers = found["columns"].split()
    if numbers and (not columns or columns[0] == "RELATIVE"):
        micros = whole_number(numbers[0])
        call.time_ns = None if micros is None else micros * 1000
    call.errno = int(found["failed"] or found["errno"] or 0)
    result = whole_number(found["result"])
    if result is not None and not call.errno:
        call.retval = result
    call.failed = bool(call.errno)
    return call


def f8_text(text: str) -> Parsed:
    """A line of F8's tracer: F8_SYSCALL pid tid name return errno usec args..."""
    found = _F8.fullmatch(text.strip())
    if found is None:
        return None
    numbers = tuple(map(whole_number, found["arguments"].split()))
    call = _call(found["call"], numbers)
    call.pid, call.thread = int(found["pid"]), int(found["thread"])
    call.time_ns = int(found["usec"]) * 1000
    call.errno = int(found["errno"])
    call.failed = bool(call.errno)
    if not call.errno:
        call.retval = int(found["result"])
    return call


def pykdebugparser_text(text: str) -> Parsed:
    """A line of the traces that pykdebugparser prints, with or without time and process."""
    found = _PYKDEBUG.fullmatch(text)
    if found is None or " = " in text:
        return None
    call = _call(found["call"], _numbers(found["arguments"]))
    time = _PYKDEBUG_TIME.match(found["prefix"])
    rest = found["prefix"]
    if time is not None:
        call.time_ns = _pykdebug_time(time)
        call.thread = None if time["thread"] is None else int(time["thread"])
        rest = rest[time.end() :]
    process = _PYKDEBUG_PROCESS.fullmatch(rest)
    if process is not None and process["pid"] is not None:
        call.pid, call.process = int(process["pid"]), process["name"].strip()
    if found["errno"] is not None:
        call.errno = int(found["errno"])
        call.failed = bool(call.errno)
    else:
        call.errno = 0
        call.retval = None if found["result"] is None else int(found["result"])
    return call


def _pykdebug_time(found: re.Match[str]) -> int | None:
    if found["wall"] is None:
        return None
    try:
        moment = datetime.strptime(found["wall"], "%Y-%m-%d %H:%M:%S.%f")
    except ValueError:
        return None
    since = moment.replace(tzinfo=UTC) - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000_000 + since.microseconds * 1000


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def dtrace_text(text: str) -> Parsed:
    """A line of our own DTrace script: NECP1 key=value ..."""
    found = _DTRACE.fullmatch(text)
    if found is None:
        return None
    rest, _, process = found["fields"].partition(" exe=")
    fields = dict(part.partition("=")[::2] for part in rest.split())
    name = SAME_CALLS.get(fields.get("call", ""), fields.get("call", ""))
    if name not in ARGUMENTS:
        return f"it shows no call of NECP: {name!r}" if name else "it names no call"
    call = _call(name, tuple(map(whole_number, filter(None, fields.get("args", "").split(",")))))
    call.process = process.strip()
    call.pid = whole_number(fields.get("pid", ""))
    call.thread = whole_number(fields.get("tid", ""))
    call.time_ns = whole_number(fields.get("ts", ""))
    call.errno = whole_number(fields.get("errno", ""))
    call.failed = bool(call.errno)
    if not call.failed:
        call.retval = whole_number(fields.get("ret", ""))
    buffers: dict[str, dict[int, bytes]] = {"in": {}, "out": {}}
    for key, value in fields.items():
        buffer = _DTRACE_BUFFER.fullmatch(key)
        if buffer is None:
            continue
        if value != "fault" and _HEX.fullmatch(value) is None:
            return f"the bytes of {key} are not complete"
        content = FaultingBuffer() if value == "fault" else bytes.fromhex(value)
        buffers[buffer["side"]][int(buffer["number"])] = content
    call.before, call.after = buffers["in"], buffers["out"]
    return call


def _call(name: str, arguments: tuple[int | None, ...]) -> SeenCall:
    name = SAME_CALLS.get(name, name)
    return SeenCall(name, arguments[: len(ARGUMENTS[name])])


def _numbers(text: str) -> tuple[int | None, ...]:
    return tuple(map(whole_number, text.split(","))) if text.strip() else ()


def _json_number(value: Any) -> int | None:
    if type(value) is int:
        return value if abs(value) < 1 << 64 else None
    return whole_number(value) if isinstance(value, str) else None


def _with_strace_result(call: SeenCall, result: str) -> SeenCall:
    """The call with what it returned: a value, -1 and an error's name, or ? for what is unknown."""
    error = _STRACE_ERROR.match(result)
    if error is not None:
        call.failed = True
        name = error["name"]
        call.errno = errno_named(name) if name is not None else int(error["number"])
    else:
        words = result.split()
        value = whole_number(words[0]) if words else None
        if value is not None and value < 0:
            call.failed = True
        else:
            call.retval = value
    return call
