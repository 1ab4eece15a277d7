"""One line of each tracer, and what is taken of it."""

from __future__ import annotations

from typing import Any

import pytest

from necp_replay.importers.seen_call import FaultingBuffer, SeenCall
from necp_replay.importers.tracer_text import (
    LineParser,
    dtrace_text,
    f8_text,
    is_tracer_loss,
    new_dtruss,
    pykdebugparser_text,
    strace_json,
    strace_text,
)

TAKEN: dict[str, tuple[LineParser, str, dict[str, Any]]] = {
    "strace JSON": (
        strace_json,
        '{"syscall": "necp_client_action", "args": [4, 2, "0x10", 16, "0x0", 0],'
        ' "return": "-1 ENOENT (No such file or directory)", "pid": 7, "timestamp": 1.5}',
        {
            "call": "necp_client_action",
            "arguments": (4, 2, 16, 16, 0, 0),
            "pid": 7,
            "time_ns": 1_500_000_000,
            "errno": 2,
            "retval": None,
            "failed": True,
        },
    ),
    "strace JSON, unfinished": (
        strace_json,
        '{"syscall": "necp_open", "args": [0], "return": "?", "pid": 7, "timestamp": 1}',
        {"errno": None, "retval": None, "failed": False},
    ),
    "strace": (strace_text, "necp_open(0) = 4", {"arguments": (0,), "retval": 4, "errno": None}),
    "strace with an error": (
        strace_text,
        "necp_session_open(0) = -1 EACCES (Permission denied)",
        {"errno": 13, "failed": True},
    ),
    "strace with an error without a name": (
        strace_text,
        "necp_client_action(4, 2, 0x16, 16, NULL, 0) = -1",
        {"arguments": (4, 2, 0x16, 16, 0, 0), "errno": None, "failed": True},
    ),
    "strace with a process": (strace_text, "[pid 12] close(4) = 0", {"call": "close", "pid": 12}),
    "dtruss": (
        new_dtruss(),
        "  812/0x1f2a:      1053 necp_open(0x0, 0x0, 0x0)\t\t = 4 0",
        {"arguments": (0,), "pid": 812, "thread": 0x1F2A, "time_ns": 1_053_000, "retval": 4},
    ),
    "dtruss with an error": (
        new_dtruss(),
        "necp_client_action(0x4, 0x10, 0x16B2F1C30)\t\t = -1 Err#22",
        {"arguments": (4, 16, 0x16B2F1C30), "errno": 22, "retval": None, "pid": None},
    ),
    "dtruss with a close": (
        new_dtruss(),
        "close_nocancel(0x4)\t\t = 0 0",
        {"call": "close", "errno": 0, "retval": 0},
    ),
    "F8": (
        f8_text,
        "F8_SYSCALL 812 7978 necp_client_action -1 2 1764367200000240 4 2",
        {
            "arguments": (4, 2),
            "pid": 812,
            "thread": 7978,
            "errno": 2,
            "time_ns": 1_764_367_200_000_240_000,
        },
    ),
    "pykdebugparser": (
        pykdebugparser_text,
        "necp_open(0), fd: 4",
        {"retval": 4, "errno": 0, "pid": None},
    ),
    "pykdebugparser with time, thread and process": (
        pykdebugparser_text,
        "2021-06-01 10:00:00.250000       7978 my app(812)                       "
        "necp_client_action(4, 2, 0x16, 16), errno: ENOENT(2)",
        {
            "pid": 812,
            "process": "my app",
            "thread": 7978,
            "errno": 2,
            "time_ns": 1_622_541_600_250_000_000,
        },
    ),
    "pykdebugparser without a result": (
        pykdebugparser_text,
        "necp_session_action(5, 1, 0x16b2f1c30, 77)",
        {"errno": 0, "retval": None},
    ),
    "our script": (
        dtrace_text,
        "NECP1 ts=7 pid=8 tid=9 call=necp_client_action args=0x4,0x1,0x10,0x10,0x20,0x7 ret=0"
        " errno=0 in4=0b020000000600 out2=fault exe=my app",
        {
            "arguments": (4, 1, 16, 16, 32, 7),
            "time_ns": 7,
            "pid": 8,
            "thread": 9,
            "process": "my app",
            "before": {4: bytes.fromhex("0b020000000600")},
            "after": {2: FaultingBuffer()},
            "retval": 0,
        },
    ),
}


@pytest.mark.parametrize(("parse", "text", "fields"), TAKEN.values(), ids=TAKEN)
def test_a_call_is_taken_as_far_as_the_line_shows_it(
    parse: LineParser, text: str, fields: dict[str, Any]
) -> None:
    call = parse(text)
    assert isinstance(call, SeenCall)
    assert {name: getattr(call, name) for name in fields} == fields


LEFT: dict[str, tuple[LineParser, str]] = {
    "another call": (strace_text, 'open("necp_open(0) = 4", 0) = 3'),
    "another call as JSON": (strace_json, '{"syscall": "read", "args": [3], "return": 1}'),
    "JSON of something else": (strace_json, '{"necp_open": 1}'),
    "no JSON": (strace_json, "necp_open(0) = 4"),
    "half a line": (strace_text, "necp_client_action(4, 1, 0x16"),
    "a call without a result": (new_dtruss(), "necp_open(0x0, 0x0, 0x0)"),
    "F8 without an errno": (f8_text, "F8_SYSCALL 812 7978 necp_open 4"),
}


@pytest.mark.parametrize(("parse", "text"), LEFT.values(), ids=LEFT)
def test_a_line_that_shows_no_whole_call_is_left(parse: LineParser, text: str) -> None:
    assert parse(text) is None


DAMAGED: dict[str, tuple[LineParser, str]] = {
    "JSON cut short": (strace_json, '{"syscall": "necp_open", "args": [0'),
    "JSON with odd arguments": (strace_json, '{"syscall": "necp_open", "args": 0}'),
    "bytes cut short": (dtrace_text, "NECP1 pid=1 call=necp_open args=0x0 in0=abc"),
    "no call": (dtrace_text, "NECP1 pid=1"),
}


@pytest.mark.parametrize(("parse", "text"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_line_says_what_is_wrong(parse: LineParser, text: str) -> None:
    assert isinstance(parse(text), str)


def test_numbers_of_any_size_are_no_arguments() -> None:
    call = strace_text(f"necp_open({'9' * 400}) = {'9' * 400}")
    assert isinstance(call, SeenCall)
    assert (call.arguments, call.retval) == ((None,), None)
    call = strace_json(f'{{"syscall": "necp_open", "args": [{1 << 80}], "return": {1 << 80}}}')
    assert isinstance(call, SeenCall)
    assert (call.arguments, call.retval) == ((None,), None)


def test_the_columns_of_dtruss_are_those_of_its_header() -> None:
    parse = new_dtruss()
    assert parse("PID/THRD  ELAPSD SYSCALL(args) \t\t = return") is None
    call = parse("  812/0x1f2a:      17 necp_open(0x0, 0x0, 0x0)\t\t = 4 0")
    assert isinstance(call, SeenCall)
    assert call.time_ns is None


def test_what_a_tracer_says_it_lost_is_known() -> None:
    assert is_tracer_loss("dtrace: 1352 drops on CPU 0")
    assert is_tracer_loss("dtrace: error on enabled probe ID 2149 (ID 463: syscall::x): bad")
    assert not is_tracer_loss("dtrace: script 'necp.d' matched 12 probes")
