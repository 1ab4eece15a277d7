"""Titles for people: addresses are decoded, and texts have their spaces."""

from __future__ import annotations

import pytest

from necp_replay.events.inputs import Input
from necp_replay.events.notifications import InjectNexusFlow
from necp_replay.events.routes import RouteAdd
from necp_replay.events.syscalls import NecpOpen
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.shown_title import arguments_of, shown_title, with_spaces
from necp_replay.scenario.addresses import sockaddr

LOCAL = sockaddr("192.0.2.10:50000")


@pytest.mark.parametrize("size", [8, 16, 28])
def test_an_address_is_shown_as_one_at_every_length(size: int) -> None:
    flow = InjectNexusFlow(bytes(15) + b"\1", local=LOCAL[:8].ljust(size, b"\0"))
    assert " local=192.0.2.10:50000" in shown_title(flow, StableNames())
    assert dict(arguments_of(flow, StableNames()))["local"] == "192.0.2.10:50000"


def test_bytes_that_are_not_an_address_stay_bytes() -> None:
    flow = InjectNexusFlow(bytes(15) + b"\1", local=b"\x10\x63\0\1")
    assert " local=0x10630001" in shown_title(flow, StableNames())


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        (RouteAdd("to the office", "10.0.0.0"), 'route_add id="to the office" dest=10.0.0.0'),
        (NecpOpen(100, 4), "necp_open pid=100 flags=0x4(PUSH_OBSERVER)"),
    ],
)
def test_a_text_with_spaces_has_quotes(event: Input, shown: str) -> None:
    assert shown_title(event, StableNames()) == shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (
            r"panic: function=copyio reason=no\x20memory",
            'panic: function=copyio reason="no memory"',
        ),
        (r"name=a\x20b other=c\x20d", 'name="a b" other="c d"'),
        (r"name=a\\x20b", r"name=a\\x20b"),
        (r"name=a\\\x20b", r'name="a\\ b"'),
        ("name=plain", "name=plain"),
    ],
)
def test_escaped_spaces_become_spaces_and_escaped_backslashes_stay(line: str, shown: str) -> None:
    assert with_spaces(line) == shown
