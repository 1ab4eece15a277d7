"""Entries of logs in every style: who wrote what when, with folded lines unfolded."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest

from necp_replay.importers.log_lines import LogEntry, read_log, time_ns_of

MESSAGE = "nw_path_necp_check_for_updates Failed to copy updated result (22)"
STYLES: dict[str, tuple[str, dict[str, Any]]] = {
    "default": (
        "2020-04-12 23:51:43.981977+0300 0x7bd1     Default     0x0                  732    0   "
        f" Block Block: (libnetwork.dylib) [com.apple.network:] {MESSAGE}",
        {"process": "Block Block", "pid": 732, "library": "libnetwork.dylib"},
    ),
    "compact": (
        f"2024-09-01 10:00:00.123 Df  App[732:7bd1] [com.apple.network:connection] {MESSAGE}",
        {"process": "App", "pid": 732, "subsystem": "com.apple.network:connection"},
    ),
    "syslog": (
        f"2020-04-12 23:51:43.981977+0300  localhost App[732]: (libnetwork.dylib) {MESSAGE}",
        {"process": "App", "pid": 732},
    ),
    "xcode": (
        f"2020-04-12 23:51:43.981977+0300 App[732:12345] [connection] {MESSAGE}",
        {"process": "App", "pid": 732},
    ),
    "idevicesyslog": (
        f"Apr 12 23:51:43 My-iPhone App(libnetwork.dylib)[732] <Error>: {MESSAGE}",
        {"process": "App", "pid": 732, "library": "libnetwork.dylib"},
    ),
    "idevicesyslog without a device": (
        f"Apr 12 23:51:43.981977 App(libnetwork.dylib)[732] <Error>: {MESSAGE}",
        {"process": "App", "pid": 732},
    ),
    "an old syslog": (
        f"Apr  2 23:51:43 My-iPhone App[732] <Error>: {MESSAGE}",
        {"process": "App", "pid": 732},
    ),
    "Console": (
        f"default\t14:38:55.831499+0530\tmyextension\t{MESSAGE}",
        {"process": "myextension", "pid": None},
    ),
    "ndjson": (
        '{"timestamp":"2020-04-12 23:51:43.981977+0300","processID":732,"processImagePath":'
        '"/Applications/App.app/App","eventMessage":"' + MESSAGE + '","category":"x"}',
        {"process": "App", "pid": 732},
    ),
    "pretty JSON": (
        '[{\n  "eventMessage" : "' + MESSAGE + '",\n  "processID" : 732,\n'
        '  "processImagePath" : "\\/usr\\/bin\\/App",\n  "other" : 1\n},{\n}]',
        {"process": "App", "pid": 732},
    ),
    "Xcode 15": (
        f"{MESSAGE}\nType: Error | Timestamp: 2024-01-02 03:04:05.678901+01:00 | Process: App |"
        " Library: Network | Subsystem: com.apple.network | Category: x | TID: 0x1",
        {"process": "App", "library": "Network", "time_ns": 1_704_161_045_678_901_000},
    ),
    "a message alone": (MESSAGE, {"process": "", "pid": None}),
}


def entries(text: str) -> list[LogEntry]:
    return list(read_log(io.BytesIO(text.encode())))


@pytest.mark.parametrize(("text", "fields"), STYLES.values(), ids=STYLES)
def test_the_writer_and_the_message_of_every_style(text: str, fields: dict[str, Any]) -> None:
    (entry,) = [each for each in entries(text + "\n") if "Failed" in each.message]
    assert MESSAGE in entry.message
    assert {name: getattr(entry, name) for name in fields} == fields


def test_a_folded_entry_is_one() -> None:
    first = "2024-09-01 10:00:00.123 Df  kernel[0:1] tcp drop outgoing [a:1<->b:2] interface: en0"
    text = f"{first} (skipped: 0)\nso_gencnt: 5 process: curl:812 so_error: 0 reason: NECP\n"
    (entry,) = entries(text)
    assert (entry.line, entry.last_line) == (1, 2)
    folded = "so_gencnt: 5 process: curl:812 so_error: 0 reason: NECP"
    assert entry.message.endswith(f"(skipped: 0) {folded}")


def test_lines_alone_are_entries_alone() -> None:
    assert [each.message for each in entries("one\ntwo\n\tof two\nthree\n")] == [
        *("one", "two of two", "three")
    ]


def test_an_entry_takes_a_bounded_number_of_lines() -> None:
    text = "2024-09-01 10:00:00.123 Df  kernel[0:1] begin\n" + "more\n" * 500
    assert max(each.last_line - each.line for each in entries(text)) <= 65


@pytest.mark.parametrize(
    "text", ["", "23:51:43", "2020-13-01 00:00:00", "2020-01-01 00:00:00+9999", "9" * 400]
)
def test_what_is_no_time_with_a_date_is_none(text: str) -> None:
    assert time_ns_of(text) is None


def test_a_time_counts_from_1970() -> None:
    assert time_ns_of("1970-01-01 01:00:00.5+0100") == 500_000_000
    assert time_ns_of("1970-01-01T00:00:01Z") == 1_000_000_000


@pytest.mark.parametrize(
    "line",
    [
        pytest.param('"timestamp": ' + " " * 500_000 + "x", id="spaces in a member"),
        pytest.param(
            "2020-04-12 23:51:43.981977+0300 0x1 Default 0x0 1 0" + "\t" * 60_000 + "x",
            id="tabs before a process",
        ),
        pytest.param("necp " * 500_000, id="one long line"),
    ],
)
def test_the_time_grows_with_the_length_of_a_line(line: str) -> None:
    """Quadratic work takes minutes here."""
    started_s = time.process_time()
    entries = list(read_log(io.BytesIO(line.encode())))
    assert time.process_time() - started_s < 5
    assert all(len(entry.message) <= 65_536 for entry in entries)
