"""Comparing outcomes, layer by layer."""

import pytest

from necp_replay.abi.client import ClientAction, ClientResult
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.effects import KernelPointerLeak, Log, TypeConfusionMark, Wake
from necp_replay.events.equality import same_as_measured, same_whole
from necp_replay.events.outcome import ActionBuffers, Outcome, TypeConfused
from necp_replay.events.syscalls import Close, NecpClientAction
from necp_replay.events.user_buffer import Unseen, UserBuffer
from necp_replay.outcomes.compare import outcome_differences
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.names import StableNames

COPY_RESULT = NecpClientAction(
    pid=100,
    fd=3,
    action=ClientAction.COPY_RESULT,
    client_id=UserBuffer(length=16),
    client_id_len=16,
    buffer=UserBuffer(length=512),
    buffer_size=512,
)


def result(*tlvs: tuple[int, bytes], effects: tuple[Wake | Log, ...] = ()) -> Outcome:
    content = b"".join(pack_tlv(type_, value) for type_, value in tlvs)
    buffers = ActionBuffers(Unseen.NO_BUFFER, content.rstrip(b"\0"))
    return Outcome(0, len(content), buffers, effects)


def differences(expected: Outcome, actual: Outcome) -> list[FieldDifference]:
    return outcome_differences(COPY_RESULT, expected, actual, StableNames(), beyond_vectors=True)


def test_equal_outcomes_have_no_differences() -> None:
    one = result((ClientResult.INTERFACE_INDEX, b"\4\0\0\0"))
    other = result((ClientResult.INTERFACE_INDEX, b"\4\0\0\0"))
    assert same_whole(one, other)
    assert differences(one, other) == []


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        pytest.param(None, None, id="none"),
        pytest.param(
            ActionBuffers(Unseen.NOT_SHOWN, Unseen.NO_BUFFER),
            "ActionBuffers client_id: not shown; buffer: no buffer",
            id="not shown",
        ),
    ],
)
def test_answers_that_look_the_same_and_are_not_are_told_apart(
    answer: ActionBuffers | None, shown: str | None
) -> None:
    one, other = Outcome(3, None, ActionBuffers()), Outcome(3, None, answer)
    assert not same_whole(one, other)
    none = "ActionBuffers client_id: no buffer; buffer: no buffer"
    assert differences(one, other) == [FieldDifference(Layer.OUTPUT, "answer", none, shown)]


def test_a_result_tlv_that_differs_is_named_in_its_layer() -> None:
    one = result((ClientResult.INTERFACE_INDEX, b"\4\0\0\0"))
    other = result((ClientResult.INTERFACE_INDEX, b"\5\0\0\0"))
    assert differences(one, other) == [
        FieldDifference(Layer.RESULT, "buffer[9 bytes] > INTERFACE_INDEX", "4", "5")
    ]


def test_a_flow_that_differs_is_in_the_layer_of_flow_sets() -> None:
    viable = pack_tlv(ClientResult.FLAGS, b"\xc0\0\0\0")
    dead = pack_tlv(ClientResult.FLAGS, b"\x40\0\0\0")
    (found,) = differences(result((ClientResult.FLOW, viable)), result((ClientResult.FLOW, dead)))
    assert found.layer is Layer.FLOWS
    assert found.actual == "0x00000040 FLOW_ASSIGNED"


def test_an_additional_tlv_is_the_only_difference() -> None:
    one = result((ClientResult.FLAGS, bytes(4)), (ClientResult.EFFECTIVE_MTU, b"\1\0\0\0"))
    other = result(
        (ClientResult.FLAGS, bytes(4)),
        (ClientResult.INTERFACE_INDEX, b"\4\0\0\0"),
        (ClientResult.EFFECTIVE_MTU, b"\1\0\0\0"),
    )
    fields = {d.path.split(" > ")[-1]: (d.expected, d.actual) for d in differences(one, other)}
    assert fields["INTERFACE_INDEX"] == (None, "4")
    assert "EFFECTIVE_MTU" not in fields


def test_an_errno_and_an_effect_that_differ_are_both_reported() -> None:
    one = Outcome(0, 0, None, (Wake(100, 3),))
    other = Outcome(9)
    found = outcome_differences(Close(100, 3), one, other, StableNames(), beyond_vectors=True)
    assert [(d.layer, d.expected, d.actual) for d in found] == [
        (Layer.RETURN, "ok retval=0", "EBADF"),
        (Layer.EFFECTS, "{wake: pid=100 fd=3}", None),
    ]


def test_details_beyond_the_vectors_count_between_engines_only() -> None:
    measured = Outcome(14, effects=(Log(3, "necp_client_add"),))
    replayed = Outcome(14, effects=(Log(3, "necp_client_add", error=14),))
    assert same_as_measured(measured, replayed)
    assert not same_whole(measured, replayed)


def test_effects_that_vectors_never_record_are_no_mismatch_with_them() -> None:
    measured = Outcome(0, 0)
    replayed = Outcome(0, 0, effects=(KernelPointerLeak("necp_session_get_policy", 8),))
    assert same_as_measured(measured, replayed)
    assert not same_whole(measured, replayed)


def test_an_answered_type_confusion_is_compared_with_a_measured_one_in_the_fact_alone() -> None:
    measured = Outcome(answer=TypeConfused())
    log = Log(3, "necp_client_action")
    replayed = Outcome(22, None, ActionBuffers(), (TypeConfusionMark("necp_client_action"), log))
    assert same_as_measured(measured, replayed)
    assert not same_as_measured(measured, Outcome(22, None, ActionBuffers(), (log,)))
    assert not same_as_measured(Outcome(22, None, ActionBuffers(), (log,)), replayed)
    assert not same_whole(measured, replayed)


def test_every_other_difference_from_what_was_measured_counts() -> None:
    measured = Outcome(0, 0, effects=(Wake(100, 3),))
    assert not same_as_measured(measured, Outcome(0, 0))
    assert not same_as_measured(measured, Outcome(0, 1, effects=(Wake(100, 3),)))
    assert not same_as_measured(measured, Outcome(0, 0, effects=(Wake(100, 4),)))
