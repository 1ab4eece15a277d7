"""The points that single records exercise."""

from __future__ import annotations

from necp_replay.abi.client import ClientAction, ClientResult, ClientResultFlag
from necp_replay.abi.policy import PolicyResult
from necp_replay.abi.tlv import pack_tlv
from necp_replay.coverage.count_points import PointCounter
from necp_replay.coverage.points import Area, Point
from necp_replay.events.inputs import Input, Step
from necp_replay.events.outcome import Absent, ActionBuffers, Outcome
from necp_replay.events.syscalls import FdPoll, NecpClientAction
from necp_replay.scenario.buffers import as_buffer, room

COPY_RESULT = NecpClientAction(
    100, 3, ClientAction.COPY_RESULT, as_buffer(b"\1" * 16), 16, room(64), 64
)


def points_of(event: Input, outcome: Outcome) -> set[str]:
    counter = PointCounter()
    counter.add(Step(event), outcome)
    return {str(point) for point in counter.seen}


def test_a_failed_action_exercises_its_errno() -> None:
    assert points_of(COPY_RESULT, Outcome(errno=2)) == {"client action: COPY_RESULT ENOENT"}


def test_a_copied_result_exercises_its_tlvs_and_flags() -> None:
    content = pack_tlv(ClientResult.FLAGS, bytes((ClientResultFlag.SATISFIED, 0, 0, 0)))
    content += pack_tlv(ClientResult.POLICY_RESULT, bytes((PolicyResult.DROP, 0, 0, 0)))
    outcome = Outcome(0, len(content), ActionBuffers(b"\1" * 16, content))
    found = points_of(COPY_RESULT, outcome)
    assert {"client action: COPY_RESULT ok", "input: necp_client_action ok"} <= found
    assert {"result TLV: FLAGS", "result flag: SATISFIED"} <= found
    assert {"result TLV: POLICY_RESULT", "policy matched: DROP"} <= found


def test_an_input_that_is_not_modelled_exercises_nothing() -> None:
    assert points_of(FdPoll(100, 3), Outcome(answer=Absent("not modelled"))) == set()


def test_an_absurd_return_value_is_not_allocated() -> None:
    outcome = Outcome(0, 1 << 62, ActionBuffers(b"\1" * 16, b"\1"))
    assert "client action: COPY_RESULT ok" in points_of(COPY_RESULT, outcome)


def test_points_are_counted() -> None:
    counter = PointCounter()
    for _ in range(3):
        counter.add(Step(COPY_RESULT), Outcome(errno=2))
    assert counter.seen == {Point(Area.CLIENT_ACTION, "COPY_RESULT ENOENT"): 3}
