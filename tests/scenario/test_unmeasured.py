"""Scenarios leave parts of records unmeasured, as tracers do that do not see all."""

from __future__ import annotations

from typing import Any

import pytest

from necp_replay.errors import ScenarioError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.scenario import ClientHandle, System

NEW = "xnu-4570.51.1"
REMOTE = "203.0.113.5:443"


class Seen:
    """A system, what was recorded of it, and a client."""

    def __init__(self) -> None:
        self.records: list[tuple[Step, Outcome]] = []
        self.system = System.of_release(
            NEW, sink=lambda step, outcome: self.records.append((step, outcome))
        )
        self.fd = self.system.add_process(100).necp_open()

    def added(self, **parts: Any) -> tuple[ClientHandle, Step, Outcome]:
        """Add a client without these parts, and give what was recorded of it."""
        with self.system.unmeasured(**parts):
            client = self.fd.add(remote=REMOTE)
        return (client, *self.records[-1])


def test_a_field_of_an_outcome_is_left_out_of_the_record_alone() -> None:
    seen = Seen()
    client, step, outcome = seen.added(outcome=["buffer[4:]", "effects"])
    assert outcome.unmeasured == ("buffer[4:]", "effects")
    assert step.unmeasured == ()
    assert client.added is not None
    assert client.added.outcome.unmeasured == ()
    assert len(client.added.whole_buffer) > 4
    assert client.remove().errno == 0


def test_an_outcome_can_be_left_out_as_a_whole() -> None:
    _, _, outcome = Seen().added(outcome=True)
    assert outcome.unmeasured == ("answer", "effects", "errno", "retval")
    assert (outcome.errno, outcome.retval, outcome.answer) == (None, None, None)
    assert not outcome.effects


def test_bytes_of_a_user_buffer_are_left_out() -> None:
    client, step, outcome = Seen().added(known={"buffer": 5}, inputs=["uuids"])
    event = step.input
    assert isinstance(event, NecpClientAction) and event.buffer is not None
    assert (event.buffer.known, event.buffer.content[:2]) == (5, b"\x0b\x02")
    assert len(event.buffer.content) <= 5
    assert event.buffer.length == event.buffer_size
    assert (step.unmeasured, step.uuids) == (("buffer.content", "uuids"), ())
    assert client.client_id != bytes(16)
    assert outcome.unmeasured == ()


def test_a_field_of_an_input_is_left_out() -> None:
    _, step, _ = Seen().added(inputs=["buffer_size"])
    assert isinstance(step.input, NecpClientAction)
    assert (step.unmeasured, step.input.buffer_size) == (("buffer_size",), 0)


def test_blocks_are_nested_and_end() -> None:
    seen = Seen()
    with seen.system.unmeasured(outcome=["effects"]):
        _, _, both = seen.added(outcome=["errno"])
        seen.fd.poll()
        assert seen.records[-1][1].unmeasured == ("effects",)
    seen.fd.poll()
    assert both.unmeasured == ("effects", "errno")
    _, last = seen.records[-1]
    assert not last.unmeasured


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"outcome": ["bufer"]}, "no outcome has a part 'bufer'"),
        ({"outcome": ["errno[1:]"]}, "no outcome has a part"),
        ({"inputs": ["buffersize"]}, "no input has a field 'buffersize'"),
        ({"known": {"buf": 0}}, "no input has a user buffer 'buf'"),
        ({"known": {"buffer": -1}}, "-1 bytes of buffer are known"),
        ({"outcome": ["out_buffer"]}, "no record of the block has out_buffer"),
        ({"inputs": ["ifindex"]}, "no record of the block has ifindex"),
        ({"known": {"in_buffer": 0}}, "no record of the block has in_buffer"),
    ],
)
def test_an_unknown_part_is_an_error(parts: dict[str, Any], reason: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        Seen().added(**parts)
    assert reason in str(raised.value)
