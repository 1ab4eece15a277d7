"""Encodes and decodes records: a step and its outcome to the bytes of a message, and back.

Most records of most traces are calls of ``necp_client_action``. They have hand-written fast paths:
``call_encoding`` for encoding, and the body of `decode_record` for decoding. All other inputs go
through codecs that ``message_codec`` compiles from the data classes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, get_args

from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.errors import TraceError
from necp_replay.events import outcome as answers
from necp_replay.events.effects import EFFECT_NAMES, Effect, Wake
from necp_replay.events.inputs import INPUT_NAMES, NAMES_OF_INPUTS, Input, Step
from necp_replay.events.outcome import ActionBuffers, Outcome
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.events.unmeasured import with_unmeasured
from necp_replay.events.unmeasured_inputs import unmeasured_parts
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.trace.call_encoding import encode_call_record
from necp_replay.trace.message_codec import (
    SHOWN_BYTES,
    decode_special_buffer,
    message_codec,
    read_shown,
    write_shown,
)
from necp_replay.trace.pb import effects_pb2, outcome_pb2, trace_pb2

NumberedRecord = tuple[int, Step, Outcome | None]
"""A record's number in the trace, counted from 1, its step and its recorded outcome."""


def decode_records(records: Iterable[trace_pb2.Record], number: int) -> Iterator[NumberedRecord]:
    """Decode the records of a chunk one by one. The first has ``number``.

    Raises TraceError as :func:`decode_record` does.
    """
    for record in records:
        step, outcome = decode_record(record, number)
        yield number, step, outcome
        number += 1


def decode_record(record: trace_pb2.Record, number: int) -> tuple[Step, Outcome | None]:
    """Decode one record, which has ``number`` in the trace.

    Raises TraceError, without an offset, for an input, effect or value that this version does not
    know.
    """
    # Written out without function calls: most records of most traces go through here.
    if not record.HasField("necp_client_action"):
        return _decode_step(record, number), _decode_optional_outcome(record)
    call = record.necp_client_action
    argument = call.client_id
    client_id: UserBuffer | None = None
    if argument.HasField("limits"):
        client_id = decode_special_buffer(argument)
    elif argument.length or call.HasField("client_id"):
        client_id = UserBuffer(argument.content, argument.length)
    argument = call.buffer
    buffer: UserBuffer | None = None
    if argument.HasField("limits"):
        buffer = decode_special_buffer(argument)
    elif argument.length or call.HasField("buffer"):
        buffer = UserBuffer(argument.content, argument.length)
    uuids = record.uuids
    step = Step(
        NecpClientAction(
            call.pid,
            call.fd,
            call.action,
            client_id,
            call.client_id_len,
            buffer,
            call.buffer_size,
        ),
        (uuids,) if len(uuids) == UUID_BYTES else _split_uuids(uuids),
    )
    if record.HasField("now_ns"):
        step.now_ns = record.now_ns
    found = record.outcome
    if found.client_id_shown != SHOWN_BYTES or found.buffer_shown != SHOWN_BYTES:
        return step, _decode_optional_outcome(record)
    answer = ActionBuffers(found.client_id, found.buffer)
    # `HasField` costs more than reading a field. A value other than 0 says that it is set.
    errno: int | None = found.errno
    if errno == 0 and not found.HasField("errno"):
        errno = None
    retval: int | None = found.retval
    if retval == 0 and not found.HasField("retval"):
        retval = None
    effects = found.effects
    return step, Outcome(errno, retval, answer, decode_effects(effects) if effects else ())


def decode_effects(messages: Iterable[effects_pb2.Effect]) -> tuple[Effect, ...]:
    """Decode the effects of an outcome, in order."""
    caused: list[Effect] = []
    for message in messages:
        if message.HasField("wake"):
            wake = message.wake
            caused.append(Wake(wake.pid, wake.fd))
            continue
        name = message.WhichOneof("effect")
        if name is None:
            raise TraceError("an effect that this version does not know", hint=_NEWER)
        caused.append(message_codec(EFFECT_NAMES[name]).decode(getattr(message, name)))
    return tuple(caused)


def encode_record(step: Step, outcome: Outcome | None) -> bytes:
    """One record as the bytes of its message.

    Raises ValueError for a number that does not fit its field, an id that is not 16 bytes long, or
    a value of the wrong type.
    """
    try:
        for uuid in step.uuids:
            if len(uuid) != UUID_BYTES:
                raise ValueError("an id is not 16 bytes long")
        if (encoded := encode_call_record(step, outcome, _effect_bytes)) is not None:
            return encoded
        name = NAMES_OF_INPUTS[type(step.input)]
        fields: dict[str, Any] = {name: message_codec(INPUT_NAMES[name]).encode(step.input)}
        unmeasured = unmeasured_parts(step.input, step.unmeasured)
        if unmeasured or (outcome is not None and outcome.unmeasured):
            fields = {"partial": {"record": fields, "unmeasured": unmeasured}}
        if step.uuids:
            fields["uuids"] = b"".join(step.uuids)
        if step.now_ns is not None:
            fields["now_ns"] = step.now_ns
        if outcome is not None:
            fields["outcome"] = encode_outcome(outcome)
        return trace_pb2.Record(**fields).SerializeToString()
    except (TypeError, ValueError) as error:
        raise ValueError(f"{NAMES_OF_INPUTS[type(step.input)]}: {error}") from error


def input_name(record: trace_pb2.Record) -> str | None:
    """The name of the input in a record; None if this version does not know it."""
    name = input_holder(record).WhichOneof("input")
    return name if name in INPUT_NAMES else None


def input_holder(record: trace_pb2.Record) -> trace_pb2.Record:
    """The message that has the input as a field: the record, or the one inside a partial record."""
    return record.partial.record if record.HasField("partial") else record


def is_partial(step: Step, outcome: Outcome | None) -> bool:
    """Whether some part of a record is not known."""
    return bool(step.unmeasured) or (outcome is not None and bool(outcome.unmeasured))


def decode_outcome(message: outcome_pb2.Outcome) -> Outcome:
    """Decode an outcome. Raises TraceError for what this version does not know."""
    answer: answers.Answer | None
    if shown := message.client_id_shown:
        answer = ActionBuffers(
            read_shown(shown, message.client_id, message.client_id_digest),
            read_shown(message.buffer_shown, message.buffer, message.buffer_digest),
        )
    else:
        name = message.WhichOneof("answer")
        answer = None
        if name is not None:
            answer = message_codec(_ANSWER_CLASSES[name]).decode(getattr(message, name))
    outcome = Outcome(
        message.errno if message.HasField("errno") else None,
        message.retval if message.HasField("retval") else None,
        answer,
        decode_effects(message.effects),
    )
    if not message.unmeasured:
        return outcome
    try:
        return with_unmeasured(outcome, message.unmeasured)
    except ValueError as error:
        raise TraceError(str(error), hint=_NEWER) from error


def encode_outcome(outcome: Outcome) -> dict[str, Any]:
    """An outcome as keyword arguments of its message. Raises ValueError as `encode_record` does."""
    written: dict[str, Any] = {
        "errno": outcome.errno,
        "retval": outcome.retval,
        "effects": [_encode_effect(effect) for effect in outcome.effects],
        "unmeasured": outcome.unmeasured,
    }
    answer = outcome.answer
    if isinstance(answer, ActionBuffers):
        for name, value in (("client_id", answer.client_id), ("buffer", answer.buffer)):
            shown, content, digest = write_shown(value)
            written[f"{name}_shown"] = shown
            written[name] = content
            written[f"{name}_digest"] = digest
    elif answer is not None:
        name = _NAMES_OF_ANSWERS[type(answer)]
        written[name] = message_codec(_ANSWER_CLASSES[name]).encode(answer)
    return written


def _decode_step(record: trace_pb2.Record, number: int) -> Step:
    name = input_name(record)
    if name is None:
        reason = f"record {number} holds an input that this version does not know"
        raise TraceError(reason, hint=_NEWER)
    step = Step(message_codec(INPUT_NAMES[name]).decode(getattr(input_holder(record), name)))
    if record.HasField("partial"):
        step.unmeasured = _unmeasured_fields(step.input, record.partial.unmeasured)
    if uuids := record.uuids:
        step.uuids = _split_uuids(uuids)
    if record.HasField("now_ns"):
        step.now_ns = record.now_ns
    return step


def _unmeasured_fields(event: Input, names: Iterable[str]) -> tuple[str, ...]:
    try:
        return unmeasured_parts(event, names)
    except ValueError as error:
        raise TraceError(str(error), hint=_NEWER) from error


def _split_uuids(uuids: bytes) -> tuple[bytes, ...]:
    if len(uuids) % UUID_BYTES:
        raise TraceError(f"{len(uuids)} bytes of ids, which have 16 bytes each")
    return tuple([uuids[start : start + UUID_BYTES] for start in range(0, len(uuids), UUID_BYTES)])


def _decode_optional_outcome(record: trace_pb2.Record) -> Outcome | None:
    return decode_outcome(record.outcome) if record.HasField("outcome") else None


def _encode_effect(effect: Effect) -> dict[str, Any]:
    name = _NAMES_OF_EFFECTS[type(effect)]
    return {name: message_codec(EFFECT_NAMES[name]).encode(effect)}


def _effect_bytes(effect: Effect) -> bytes:
    return effects_pb2.Effect(**_encode_effect(effect)).SerializeToString()


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


_NEWER: Final = "A newer version of necp-replay wrote this trace; use that one."
_NAMES_OF_EFFECTS: Final[dict[type, str]] = {cls: name for name, cls in EFFECT_NAMES.items()}
_NAMES_OF_ANSWERS: Final[dict[type, str]] = {
    answer_class: _snake_case(answer_class.__name__)
    for answer_class in get_args(answers.Answer)
    if answer_class is not ActionBuffers
}
_ANSWER_CLASSES: Final = {name: answer_class for answer_class, name in _NAMES_OF_ANSWERS.items()}
INPUT_FIELD_NUMBERS: Final[dict[type, int]] = {
    input_class: trace_pb2.Record.DESCRIPTOR.fields_by_name[name].number
    for name, input_class in INPUT_NAMES.items()
}
"""The field number of each input in Record. The index names kinds of inputs by it."""
