"""What a golden says of what an input passed: short, and different for another input."""

from __future__ import annotations

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.abi.client import ClientAction, ClientParameter
from necp_replay.abi.policy import SessionAction
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.agents import NetagentUpdate
from necp_replay.events.inputs import Step
from necp_replay.events.syscalls import NecpClientAction, NecpSessionAction
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.passed_text import MOST_LINES, passed_text
from necp_replay.outcomes.safe_text import first_unsafe
from tests.trace.arbitrary import steps

ACTIONS = (
    *((NecpClientAction, int(action)) for action in ClientAction),
    *((NecpSessionAction, int(action)) for action in SessionAction),
)


def text_of(step: Step) -> str:
    names = StableNames()
    names.learn(step)
    return passed_text(step, names, 0)


def with_buffer(action: tuple[type, int], content: bytes) -> Step:
    """A call that passes these bytes."""
    kind, number = action
    buffer = UserBuffer(content, len(content))
    if kind is NecpClientAction:
        return Step(NecpClientAction(1, 3, number, buffer, 16, buffer, len(content)))
    return Step(NecpSessionAction(1, 3, number, buffer, len(content), buffer, len(content)))


@given(st.one_of(steps, st.builds(with_buffer, st.sampled_from(ACTIONS), st.binary(max_size=80))))
def test_whatever_is_passed_is_indented_text_that_is_safe_to_print(step: Step) -> None:
    for line in filter(None, text_of(step).split("\n")):
        assert line.startswith("  ")
        assert first_unsafe(line) is None


def test_the_ids_that_were_generated_come_last() -> None:
    step = Step(NecpClientAction(1, 3, ClientAction.ADD), (b"a" * 16, b"b" * 16))
    assert text_of(step) == "  generated: #1, #2"
    names = StableNames()
    names.learn(step)
    assert passed_text(step, names, 1) == "  generated: #2"


@pytest.mark.parametrize("change", [0, 40, 4095], ids=["first", "middle", "last"])
def test_long_bytes_are_shown_short_with_a_digest_of_all(change: int) -> None:
    content = bytearray(b"\1" * 4096)
    shown = text_of(Step(NetagentUpdate("s", data=bytes(content))))
    content[change] = 2
    other = text_of(Step(NetagentUpdate("s", data=bytes(content))))
    assert shown.startswith("  data: 4096 bytes 0x" + "01" * 32 + "... (4,064 bytes more, digest ")
    assert other != shown
    assert len(shown) < 160


def test_many_lines_end_with_a_digest_of_the_others() -> None:
    tlvs = [pack_tlv(ClientParameter.PID, pack("<I", number)) for number in range(MOST_LINES + 50)]
    texts = [
        text_of(with_buffer((NecpClientAction, ClientAction.ADD), b"".join(each)))
        for each in (tlvs, [*tlvs[:-1], tlvs[0]])
    ]
    ends = [text.splitlines()[-1] for text in texts]
    assert all(end.startswith("  and 51 more lines: digest ") for end in ends)
    assert ends[0] != ends[1]
    assert len(texts[0].splitlines()) == MOST_LINES + 1


def test_all_flags_of_a_client_have_their_names() -> None:
    flags = pack_tlv(ClientParameter.FLAGS, b"\xff" * 4)
    (line,) = text_of(with_buffer((NecpClientAction, ClientAction.ADD), flags)).splitlines()[1:2]
    assert line.startswith("    FLAGS: 0xffffffff MULTIPATH|")
    assert "digest" not in line


def test_a_priority_has_a_name_only_if_all_releases_name_it_alike() -> None:
    texts = [
        text_of(with_buffer((NecpSessionAction, SessionAction.SET_SESSION_PRIORITY), number))
        for number in (pack("<I", 1), pack("<I", 4))
    ]
    assert [text.splitlines()[1].strip() for text in texts] == ["value: 1 CONTROL", "value: 4"]
