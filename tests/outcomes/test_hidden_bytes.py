"""Every difference between two outcomes is reported, also where decoding hides it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from necp_replay.abi.client import ClientAction, ClientResult
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.equality import same_as_measured, same_whole
from necp_replay.events.inputs import Input
from necp_replay.events.outcome import ActionBuffers, Answer, Outcome
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.events.user_buffer import Unseen, UserBuffer
from necp_replay.outcomes.compare import outcome_differences
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.names import StableNames
from tests.examples import examples
from tests.trace import arbitrary

events = arbitrary.steps.map(lambda step: step.input) | st.builds(
    NecpClientAction,
    pid=st.just(1),
    fd=st.just(3),
    action=st.sampled_from([int(action) for action in ClientAction]),
    client_id=st.none() | st.just(UserBuffer(b"\1", 16)),
    client_id_len=st.sampled_from((0, 16)),
    buffer=st.none() | st.builds(UserBuffer, st.sampled_from((b"", b"\1\2")), st.just(64)),
    buffer_size=st.just(64),
)
tlvs = st.lists(
    st.builds(
        pack_tlv, st.sampled_from([int(kind) for kind in ClientResult]), st.binary(max_size=20)
    ),
    max_size=3,
).map(b"".join)
out_buffers = tlvs | tlvs.map(lambda content: content + b"\0") | st.sampled_from(Unseen)
outcomes = arbitrary.outcomes | st.builds(
    Outcome,
    st.sampled_from((None, 0, 2)),
    st.none() | st.integers(-1, 40),
    st.builds(ActionBuffers, out_buffers, out_buffers),
)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Outcome, Outcome]:
    """Two outcomes of which the second may have only a field of its answer changed."""
    one = draw(outcomes)
    other = draw(outcomes)
    if draw(st.booleans()):
        other = dataclasses.replace(one, answer=_altered(draw, one.answer), unmeasured=())
    return one, other


def _altered(draw: Callable[[st.SearchStrategy[Any]], Any], value: Any) -> Any:
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return draw(arbitrary.answers)
    entries = dataclasses.fields(value)
    if not entries:
        return value
    name = draw(st.sampled_from([entry.name for entry in entries]))
    other = draw(arbitrary.events_of(type(value)))
    return dataclasses.replace(value, **{name: getattr(other, name)})


@given(events, pairs())
@settings(max_examples=examples(60, thorough=300), deadline=None)
def test_outcomes_that_are_not_the_same_have_a_difference(
    event: Input, both: tuple[Outcome, Outcome]
) -> None:
    found = outcome_differences(event, *both, StableNames(), beyond_vectors=True)
    assert bool(found) is not same_whole(*both)


@given(events, pairs())
@settings(deadline=None)
def test_outcomes_that_differ_in_what_was_measured_have_a_difference(
    event: Input, both: tuple[Outcome, Outcome]
) -> None:
    if same_as_measured(*both):
        return
    measured, replayed = both
    assert outcome_differences(event, measured, replayed, StableNames(), beyond_vectors=False)


@pytest.mark.parametrize("kind", get_args(Answer), ids=lambda kind: str(kind.__name__))
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_every_field_of_every_answer_is_seen(kind: type, data: st.DataObject) -> None:
    answer = data.draw(arbitrary.events_of(kind))
    one = Outcome(answer=answer)
    other = Outcome(answer=_altered(data.draw, answer))
    found = outcome_differences(data.draw(events), one, other, StableNames(), beyond_vectors=True)
    assert bool(found) is not same_whole(one, other)


def test_bytes_that_decode_to_the_same_text_are_shown_as_bytes() -> None:
    event = NecpClientAction(1, 3, ClientAction.COPY_RESULT, None, 16, UserBuffer(length=64), 64)
    content = pack_tlv(ClientResult.FLAGS, b"\1\0\0\0")
    one = Outcome(0, len(content), ActionBuffers(Unseen.NO_BUFFER, content))
    other = Outcome(0, len(content), ActionBuffers(Unseen.NO_BUFFER, content.rstrip(b"\0")))
    assert outcome_differences(event, one, other, StableNames(), beyond_vectors=True) == [
        FieldDifference(
            Layer.OUTPUT, "buffer bytes", "9 bytes, at 6: 000000", "6 bytes, at 6: the end"
        )
    ]
