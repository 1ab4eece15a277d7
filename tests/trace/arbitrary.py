"""Strategies for every input, outcome and effect that a trace can hold, built from their types."""

from __future__ import annotations

import dataclasses
import functools
import sys
import types
import typing
from typing import Any, Final

from google.protobuf import descriptor_pool
from google.protobuf.descriptor import FieldDescriptor
from hypothesis import strategies as st

from necp_replay.events.effects import EFFECT_NAMES
from necp_replay.events.inputs import INPUT_NAMES, Step
from necp_replay.events.outcome import Answer, Outcome
from necp_replay.events.text import Text
from necp_replay.events.unmeasured import answer_fields, with_unmeasured
from necp_replay.events.unmeasured_inputs import partial_step, unknown_fields
from necp_replay.events.user_buffer import BufferDigest, Unseen, UserBuffer, UserPointer
from necp_replay.trace.pb import trace_pb2

SIGNED: Final = st.integers(-(1 << 63), (1 << 63) - 1) | st.integers(-2, 300)
UNSIGNED: Final = st.integers(0, (1 << 64) - 1) | st.integers(0, 300)
_BYTES: Final = st.binary(max_size=24)
_STRINGS: Final = st.text(max_size=8)
_DIGESTS: Final = st.builds(BufferDigest, st.binary(min_size=32, max_size=32), UNSIGNED)


def _user_buffers(depth: int = 2) -> st.SearchStrategy[UserBuffer]:
    pointers: st.SearchStrategy[tuple[UserPointer, ...]] = st.just(())
    if depth:
        target = st.none() | _user_buffers(depth - 1)
        pointers |= st.lists(st.builds(UserPointer, UNSIGNED, target), max_size=2).map(tuple)
    ordinary = st.builds(UserBuffer, _BYTES, UNSIGNED)
    limited = st.builds(
        UserBuffer, _BYTES, UNSIGNED, st.none() | UNSIGNED, st.booleans(), st.booleans(), pointers
    )
    partly_known = st.integers(0, 24).flatmap(
        lambda known: st.builds(
            UserBuffer, st.binary(max_size=known), UNSIGNED, known=st.just(known)
        )
    )
    return ordinary | limited | partly_known


@functools.cache
def events_of(cls: type) -> st.SearchStrategy[Any]:
    """Instances of a data class of the vocabulary, with all that its fields can hold."""
    namespace = vars(sys.modules[cls.__module__])
    hints = typing.get_type_hints(cls, namespace, {}, include_extras=True)
    values = [_values_of(hints[field.name], cls, field.name) for field in dataclasses.fields(cls)]
    return st.builds(cls, *values)


def _values_of(hint: Any, cls: type, name: str) -> st.SearchStrategy[Any]:
    if hint is int:
        return UNSIGNED if (cls.__name__, name) in _unsigned_fields() else SIGNED
    if hint in _SCALARS:
        return _SCALARS[hint]
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return st.one_of([_values_of(member, cls, name) for member in typing.get_args(hint)])
    if typing.get_origin(hint) is tuple:
        item = _values_of(typing.get_args(hint)[0], cls, name)
        return st.lists(item, max_size=2).map(tuple)
    return events_of(hint)


@functools.cache
def _unsigned_fields() -> frozenset[tuple[str, str]]:
    """Message and field names of numbers that take no negative value."""
    found = set()
    for file in (trace_pb2.DESCRIPTOR, *trace_pb2.DESCRIPTOR.dependencies):
        file = descriptor_pool.Default().FindFileByName(file.name)
        for each in (file, *file.dependencies):
            for message in each.message_types_by_name.values():
                for field in message.fields:
                    if field.type == FieldDescriptor.TYPE_UINT64:
                        found.add((message.name, field.name))
    return frozenset(found)


_SCALARS: Final[dict[Any, st.SearchStrategy[Any]]] = {
    bool: st.booleans(),
    bytes: _BYTES,
    str: _STRINGS,
    Text: _BYTES | _STRINGS.map(str.encode),
    types.NoneType: st.none(),
    Unseen: st.sampled_from(Unseen),
    BufferDigest: _DIGESTS,
    UserBuffer: _user_buffers(),
}

uuids = st.lists(st.binary(min_size=16, max_size=16), max_size=2).map(tuple)
known_steps = st.builds(
    partial_step,
    st.sampled_from(list(INPUT_NAMES.values())).flatmap(events_of),
    uuids,
    st.none() | UNSIGNED,
)


def _with_unknown_fields(step: Step, number: int) -> Step:
    """A step of which one field is not known, and so is zero or what it is by default."""
    field = dataclasses.fields(step.input)[number]
    value = field.default
    if value is dataclasses.MISSING:
        value = unknown_fields(type(step.input))[field.name]
    event = dataclasses.replace(step.input, **{field.name: value})
    return partial_step(event, step.uuids, step.now_ns, [field.name])


steps = known_steps | known_steps.flatmap(
    lambda step: (
        st.integers(0, len(dataclasses.fields(step.input)) - 1).map(
            lambda number: _with_unknown_fields(step, number)
        )
        if dataclasses.fields(step.input)
        else st.just(step)
    )
)
effects = st.sampled_from(list(EFFECT_NAMES.values())).flatmap(events_of)
answers = st.sampled_from(typing.get_args(Answer)).flatmap(events_of)
known_outcomes = st.builds(
    Outcome,
    st.none() | SIGNED,
    st.none() | SIGNED,
    st.none() | answers,
    st.lists(effects, max_size=3).map(tuple),
)


def _parts_of(outcome: Outcome) -> st.SearchStrategy[list[str]]:
    """Some names of parts that an outcome can have."""
    fields = [] if outcome.answer is None else list(answer_fields(type(outcome.answer)))
    ranges = [f"{name}[1:]" for name in ("client_id", "buffer") if name in fields]
    names = ["errno", "retval", "answer", "effects", "effects.log", *fields, *ranges]
    return st.lists(st.sampled_from(names), max_size=3)


outcomes = known_outcomes | known_outcomes.flatmap(
    lambda outcome: _parts_of(outcome).map(lambda parts: with_unmeasured(outcome, parts))
)


def identity(value: Any) -> str:
    """All of a value as text: equality leaves out what vectors do not measure, and types."""
    return repr(value)
