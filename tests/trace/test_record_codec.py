"""Any records become bytes, and come back as they were."""

from __future__ import annotations

import dataclasses
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from necp_replay.errors import TraceError
from necp_replay.events import syscalls
from necp_replay.events.clock import Now
from necp_replay.events.effects import EFFECT_NAMES, Log, Wake
from necp_replay.events.inputs import INPUT_NAMES, Step
from necp_replay.events.outcome import ActionBuffers, Answer, Outcome
from necp_replay.events.unmeasured_inputs import partial_step
from necp_replay.events.user_buffer import UserBuffer, UserPointer
from necp_replay.trace.pb import outcome_pb2, trace_pb2, user_buffer_pb2
from necp_replay.trace.record_codec import decode_records, encode_record
from tests.examples import examples
from tests.trace import arbitrary


def round_trip(step: Step, outcome: Outcome | None) -> tuple[Step, Outcome | None]:
    record = trace_pb2.Record.FromString(encode_record(step, outcome))
    [(number, found_step, found_outcome)] = decode_records([record], 7)
    assert number == 7
    return found_step, found_outcome


@pytest.mark.parametrize("kind", INPUT_NAMES.values(), ids=INPUT_NAMES)
@settings(max_examples=examples(8, thorough=20))
@given(data=st.data())
def test_every_input_comes_back_as_it_was(kind: type, data: st.DataObject) -> None:
    step = partial_step(data.draw(arbitrary.events_of(kind)))
    assert arbitrary.identity(round_trip(step, None)) == arbitrary.identity((step, None))


@pytest.mark.parametrize("kind", EFFECT_NAMES.values(), ids=EFFECT_NAMES)
@settings(max_examples=examples(15, thorough=40))
@given(data=st.data())
def test_every_effect_comes_back_as_it_was(kind: type, data: st.DataObject) -> None:
    effect = data.draw(arbitrary.events_of(kind))
    expected = (Step(Now(1)), Outcome(effects=(effect, effect)))
    assert arbitrary.identity(round_trip(*expected)) == arbitrary.identity(expected)


@pytest.mark.parametrize("kind", get_args(Answer), ids=lambda kind: str(kind.__name__))
@settings(max_examples=examples(15, thorough=40))
@given(data=st.data())
def test_every_answer_comes_back_as_it_was(kind: type, data: st.DataObject) -> None:
    expected = (Step(Now(1)), Outcome(answer=data.draw(arbitrary.events_of(kind))))
    assert arbitrary.identity(round_trip(*expected)) == arbitrary.identity(expected)


@given(arbitrary.steps, st.none() | arbitrary.outcomes)
def test_every_record_comes_back_as_it_was(step: Step, outcome: Outcome | None) -> None:
    assert arbitrary.identity(round_trip(step, outcome)) == arbitrary.identity((step, outcome))


_calls = st.builds(
    Step,
    st.builds(
        syscalls.NecpClientAction,
        arbitrary.SIGNED,
        arbitrary.SIGNED,
        arbitrary.UNSIGNED,
        st.none() | st.builds(UserBuffer, st.binary(max_size=200), arbitrary.UNSIGNED),
        arbitrary.UNSIGNED,
        st.none() | st.builds(UserBuffer, st.binary(max_size=200), arbitrary.UNSIGNED),
        arbitrary.UNSIGNED,
    ),
    arbitrary.uuids,
)
_call_outcomes = st.builds(
    Outcome,
    st.none() | arbitrary.SIGNED,
    st.none() | arbitrary.SIGNED,
    st.builds(ActionBuffers, st.binary(max_size=200), st.binary(max_size=200)),
    st.lists(arbitrary.events_of(Wake) | arbitrary.events_of(Log), max_size=2).map(tuple),
)


@given(_calls, st.none() | _call_outcomes)
def test_calls_are_the_bytes_that_protobuf_writes(step: Step, outcome: Outcome | None) -> None:
    encoded = encode_record(step, outcome)
    assert trace_pb2.Record.FromString(encoded).SerializeToString() == encoded
    assert arbitrary.identity(round_trip(step, outcome)) == arbitrary.identity((step, outcome))


@pytest.mark.parametrize(
    "step",
    [
        Step(syscalls.Close(1 << 63, 3)),
        Step(syscalls.NecpClientAction(-(1 << 63) - 1, 3, 4)),
        Step(syscalls.NecpClientAction(1, 3, -1)),
        Step(syscalls.NecpClientAction(1, 3, 4, buffer_size=1 << 64)),
        Step(syscalls.NecpClientAction(1, 3, 4, UserBuffer(b"", -1))),
        Step(Now(1), uuids=(bytes(15),)),
        Step(Now(1), now_ns=-1),
        Step(syscalls.FdPoll(1, 3, "\ud800")),
    ],
)
def test_what_a_field_cannot_hold_is_refused(step: Step) -> None:
    with pytest.raises(ValueError, match=r"^(close|necp_client_action|now|fd_poll): "):
        encode_record(step, None)


def nested(depth: int) -> UserBuffer:
    buffer = UserBuffer()
    for _ in range(depth):
        buffer = UserBuffer(pointers=(UserPointer(0, buffer),))
    return buffer


def test_user_buffers_nest_sixteen_deep() -> None:
    step = Step(syscalls.NecpClientAction(1, 3, 4, None, 0, nested(16)))
    assert round_trip(step, None)[0] == step


def test_user_buffers_that_nest_deeper_are_not_written() -> None:
    with pytest.raises(ValueError, match="nest more than 16 deep"):
        encode_record(Step(syscalls.NecpClientAction(1, 3, 4, None, 0, nested(17))), None)


def test_user_buffers_that_nest_deeper_are_not_read() -> None:
    record = trace_pb2.Record(necp_client_action={})
    buffer = record.necp_client_action.buffer
    for _ in range(17):
        buffer = buffer.limits.pointers.add().to
    assert_refused(record, "nest more than 16 deep")


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (trace_pb2.Record(), "an input that this version does not know"),
        (trace_pb2.Record(now={}, outcome={"effects": [{}]}), "an effect that this version"),
        (trace_pb2.Record(now={}, uuids=bytes(17)), "17 bytes of ids"),
        (trace_pb2.Record(necp_client_action={}, uuids=bytes(8)), "8 bytes of ids"),
        (trace_pb2.Record(now={}, outcome={"client_id_shown": 1}), "in an unknown way"),
        (trace_pb2.Record(now={}, outcome={"match_result": {}}), "in an unknown way"),
        (trace_pb2.Record(proc_add={}), "privileges are neither"),
        (trace_pb2.Record(proc_add={"privileged": {"only": {"items": [{}]}}}), "a privilege has"),
        (trace_pb2.Record(route_add={"flags": {}}), "flags of a route are neither"),
        (trace_pb2.Record(partial={}), "an input that this version does not know"),
        (trace_pb2.Record(partial={"record": {"partial": {}}}), "an input that this version"),
        (
            trace_pb2.Record(partial={"record": {"now": {}}, "unmeasured": ["newer"]}),
            "the input has no field 'newer'",
        ),
        (
            trace_pb2.Record(partial={"record": {"now": {}}}, outcome={"unmeasured": ["newer"]}),
            "no outcome has a part 'newer'",
        ),
        (
            trace_pb2.Record(
                partial={"record": {"now": {}}},
                outcome={"unmeasured": [f"buffer[{begin}:]" for begin in range(65)]},
            ),
            "more than 64 parts",
        ),
    ],
)
def test_what_this_version_does_not_know_is_refused(record: trace_pb2.Record, reason: str) -> None:
    assert_refused(record, reason)


def assert_refused(record: trace_pb2.Record, reason: str) -> None:
    with pytest.raises(TraceError, match=reason):
        list(decode_records([record], 1))


def test_an_outcome_that_shows_only_one_buffer_of_a_call_is_refused() -> None:
    outcome = outcome_pb2.Outcome(client_id_shown=user_buffer_pb2.SHOWN_NO_BUFFER)
    assert_refused(trace_pb2.Record(necp_client_action={}, outcome=outcome), "in an unknown way")


MESSAGES: list[Any] = list(trace_pb2.Record.DESCRIPTOR.oneofs_by_name["input"].fields)


def test_every_input_has_a_field_of_its_name_in_the_record() -> None:
    assert {field.name for field in MESSAGES} == {*INPUT_NAMES, "partial"}


@pytest.mark.parametrize(
    "field",
    [each for each in MESSAGES if each.name != "partial"],
    ids=lambda field: str(field.name),
)
def test_messages_have_the_fields_of_their_inputs(field: Any) -> None:
    kind = INPUT_NAMES[field.name]
    assert field.message_type.name == kind.__name__
    names = [each.name for each in dataclasses.fields(kind)]
    assert [each.name for each in field.message_type.fields] == names
