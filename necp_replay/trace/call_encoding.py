"""A fast path that encodes records of ``necp_client_action`` without building protobuf objects.

The bytes are exactly those that protobuf writes: the fields in the order of their numbers. Parts
that are often the same (pid with fd and action, client ids, sizes) are cached. Any other call is
encoded by ``record_codec``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Final

from google.protobuf.message import Message

from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.events.effects import Effect, Wake
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import ActionBuffers, Outcome
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.trace.pb import effects_pb2, outcome_pb2, syscalls_pb2, trace_pb2, user_buffer_pb2

_KEPT: Final = 4096
"""The number of entries in each cache."""
_KEPT_CONTENT_BYTES: Final = 64
"""Longer contents of user buffers are not cached: they rarely repeat and would take much memory."""


def varint(number: int) -> bytes:
    """A number as a varint: 7 bits per byte, lowest first. Raises ValueError above 64 bits."""
    if 0 <= number < 0x80:
        return _ONE_BYTE[number]
    if not 0 <= number < 1 << 64:
        raise ValueError(f"Value out of range: {number}")
    parts = bytearray()
    while number >= 0x80:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    parts.append(number)
    return bytes(parts)


def encode_call_record(
    step: Step, outcome: Outcome | None, encode_effect: Callable[[Effect], bytes]
) -> bytes | None:
    """The bytes of a record, if it is an ordinary ``necp_client_action``; None for any other.

    ``encode_effect`` returns the bytes of the message of an effect that is not a wake-up.
    """
    call = step.input
    if type(call) is not NecpClientAction or step.now_ns is not None or step.unmeasured:
        return None
    client_id = _argument_field(_CLIENT_ID, call.client_id)
    buffer = _argument_field(_BUFFER, call.buffer)
    if client_id is None or buffer is None:
        return None
    body = b"".join(
        (
            _call_head(call.pid, call.fd, call.action),
            client_id,
            _number_field(_CLIENT_ID_LEN, call.client_id_len),
            buffer,
            _number_field(_BUFFER_SIZE, call.buffer_size),
        )
    )
    parts = [_CALL, varint(len(body)), body]
    if step.uuids:
        parts += (_UUIDS, varint(UUID_BYTES * len(step.uuids)), *step.uuids)
    if outcome is not None:
        encoded = _encode_outcome(outcome, encode_effect)
        if encoded is None:
            return None
        parts += (_OUTCOME, varint(len(encoded)), encoded)
    return b"".join(parts)


def _argument_field(tag: bytes, buffer: UserBuffer | None) -> bytes | None:
    """A user buffer as a field: empty for NULL, None if it has limits or pointers."""
    if buffer is None:
        return b""
    if buffer.mapped is not None or buffer.readonly or buffer.unmapped or buffer.pointers:
        return None
    if buffer.known is not None:
        return None
    if len(buffer.content) <= _KEPT_CONTENT_BYTES:
        return _kept_buffer_field(tag, buffer.content, buffer.length)
    return _buffer_field(tag, buffer.content, buffer.length)


def _encode_outcome(outcome: Outcome, encode_effect: Callable[[Effect], bytes]) -> bytes | None:
    answer = outcome.answer
    if type(answer) is not ActionBuffers or outcome.unmeasured:
        return None
    client_id, buffer = answer.client_id, answer.buffer
    if type(client_id) is not bytes or type(buffer) is not bytes:
        return None
    parts = [
        _result_fields(outcome.errno, outcome.retval),
        _CLIENT_ID_SHOWN,
        _bytes_field(_SHOWN_CLIENT_ID, client_id),
        _BUFFER_SHOWN,
        _bytes_field(_SHOWN_BUFFER, buffer),
    ]
    for effect in outcome.effects:
        if type(effect) is Wake:
            parts.append(_wake_field(effect.pid, effect.fd))
        else:
            encoded = encode_effect(effect)
            parts += (_EFFECT, varint(len(encoded)), encoded)
    return b"".join(parts)


def _buffer_field(tag: bytes, content: bytes, length_bytes: int) -> bytes:
    body = _bytes_field(_CONTENT, content) + _number_field(_LENGTH, length_bytes)
    return b"".join((tag, varint(len(body)), body))


def _bytes_field(tag: bytes, content: bytes) -> bytes:
    return b"".join((tag, varint(len(content)), content)) if content else b""


@functools.lru_cache(_KEPT)
def _number_field(tag: bytes, number: int) -> bytes:
    return tag + varint(number) if number else b""


@functools.lru_cache(_KEPT)
def _call_head(pid: int, fd: int, action: int) -> bytes:
    numbers = ((_PID, _zigzag(pid)), (_FD, _zigzag(fd)), (_ACTION, action))
    return b"".join(tag + varint(number) for tag, number in numbers if number)


@functools.lru_cache(_KEPT)
def _result_fields(errno: int | None, retval: int | None) -> bytes:
    numbers = ((_ERRNO, errno), (_RETVAL, retval))
    return b"".join(tag + varint(_zigzag(number)) for tag, number in numbers if number is not None)


@functools.lru_cache(_KEPT)
def _wake_field(pid: int, fd: int) -> bytes:
    numbers = ((_WAKE_PID, _zigzag(pid)), (_WAKE_FD, _zigzag(fd)))
    body = b"".join(tag + varint(number) for tag, number in numbers if number)
    effect = b"".join((_WAKE, varint(len(body)), body))
    return b"".join((_EFFECT, varint(len(effect)), effect))


def _zigzag(number: int) -> int:
    """The ZigZag encoding of protobuf: 0, -1, 1, -2 become 0, 1, 2, 3."""
    if not -(1 << 63) <= number < 1 << 63:
        raise ValueError(f"Value out of range: {number}")
    return number << 1 ^ number >> 63


def _number_tag(message: type[Message], field: str) -> bytes:
    return varint(message.DESCRIPTOR.fields_by_name[field].number << 3)


def _bytes_tag(message: type[Message], field: str) -> bytes:
    return varint(message.DESCRIPTOR.fields_by_name[field].number << 3 | 2)


_ONE_BYTE: Final = tuple(bytes([number]) for number in range(0x80))
_kept_buffer_field = functools.lru_cache(_KEPT)(_buffer_field)

_CALL: Final = _bytes_tag(trace_pb2.Record, "necp_client_action")
_UUIDS: Final = _bytes_tag(trace_pb2.Record, "uuids")
_OUTCOME: Final = _bytes_tag(trace_pb2.Record, "outcome")
_PID: Final = _number_tag(syscalls_pb2.NecpClientAction, "pid")
_FD: Final = _number_tag(syscalls_pb2.NecpClientAction, "fd")
_ACTION: Final = _number_tag(syscalls_pb2.NecpClientAction, "action")
_CLIENT_ID: Final = _bytes_tag(syscalls_pb2.NecpClientAction, "client_id")
_CLIENT_ID_LEN: Final = _number_tag(syscalls_pb2.NecpClientAction, "client_id_len")
_BUFFER: Final = _bytes_tag(syscalls_pb2.NecpClientAction, "buffer")
_BUFFER_SIZE: Final = _number_tag(syscalls_pb2.NecpClientAction, "buffer_size")
_CONTENT: Final = _bytes_tag(user_buffer_pb2.UserBuffer, "content")
_LENGTH: Final = _number_tag(user_buffer_pb2.UserBuffer, "length")
_ERRNO: Final = _number_tag(outcome_pb2.Outcome, "errno")
_RETVAL: Final = _number_tag(outcome_pb2.Outcome, "retval")
_BYTES_ARE_SHOWN: Final = varint(user_buffer_pb2.SHOWN_BYTES)
_CLIENT_ID_SHOWN: Final = _number_tag(outcome_pb2.Outcome, "client_id_shown") + _BYTES_ARE_SHOWN
_SHOWN_CLIENT_ID: Final = _bytes_tag(outcome_pb2.Outcome, "client_id")
_BUFFER_SHOWN: Final = _number_tag(outcome_pb2.Outcome, "buffer_shown") + _BYTES_ARE_SHOWN
_SHOWN_BUFFER: Final = _bytes_tag(outcome_pb2.Outcome, "buffer")
_EFFECT: Final = _bytes_tag(outcome_pb2.Outcome, "effects")
_WAKE: Final = _bytes_tag(effects_pb2.Effect, "wake")
_WAKE_PID: Final = _number_tag(effects_pb2.Wake, "pid")
_WAKE_FD: Final = _number_tag(effects_pb2.Wake, "fd")
