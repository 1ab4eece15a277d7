"""The title of a record (its input in one line) and its kind (the name of its action or input).

Titles are shown, compared and stored in goldens. How the words of a title look is said in
:mod:`necp_replay.outcomes.title_words`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any, Final, NamedTuple

from necp_replay.abi.client import ClientAction, OpenFlag
from necp_replay.abi.policy import SessionAction
from necp_replay.abi.privilege import Privilege
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.events import notifications, syscalls
from necp_replay.events.inputs import INPUT_NAMES, NAMES_OF_INPUTS, Input
from necp_replay.events.json_shapes import field_types
from necp_replay.events.processes import Sandbox
from necp_replay.events.text import Text
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.safe_text import escape_beside_ids
from necp_replay.outcomes.title_words import address_word, bytes_word, text_word

_ACTIONS = {int(action): action.name for action in ClientAction}
_PRIVILEGES = {int(privilege): privilege.name for privilege in Privilege}
_SESSION_ACTIONS = {int(action): action.name for action in SessionAction}
KINDS: Final = tuple(
    dict.fromkeys((*_ACTIONS.values(), *_SESSION_ACTIONS.values(), *NAMES_OF_INPUTS.values()))
)
"""Every kind of record. Actions of other numbers are kinds too, named by their number."""
SHOWN_BYTES: Final = 24
"""Bytes that are shown as digits. The number of the others follows: ``0x0102+4``."""
_SKIPPED = frozenset({"buffer", "in_buffer", "out_buffer", "parameters", "result"})
ADDRESSES: Final = frozenset(
    (kind, name)
    for kind in (notifications.InjectNexusFlow, notifications.CreateNexusAssignMessage)
    for name in ("local", "remote")
)
"""The fields that hold a socket address."""
WITH_ADDRESSES: Final = tuple(sorted({NAMES_OF_INPUTS[kind] for kind, _ in ADDRESSES}))
"""The names of the inputs that have them."""
_NAMED_BEFORE = frozenset({"action"})


def title(event: Input, names: StableNames) -> str:
    """The title: ``necp_client_action COPY_RESULT pid=100 fd=3 client=#1``. It is safe to print."""
    match event:
        case syscalls.NecpClientAction():
            action = _ACTIONS.get(event.action, str(event.action))
            client = _client_text(event, names)
            return f"necp_client_action {action} pid={event.pid} fd={event.fd} client={client}"
        case syscalls.NecpSessionAction() if event.action in _SESSION_ACTIONS:
            action = _SESSION_ACTIONS[event.action]
            return _plain_title(event, names, f"necp_session_action {action}", _NAMED_BEFORE)
        case syscalls.NecpOpen():
            flags = "|".join(str(flag.name) for flag in OpenFlag if event.flags & flag)
            shown = f"0x{event.flags & 0xFFFFFFFF:x}" + (f"({flags})" if flags else "")
            return f"necp_open pid={event.pid} flags={shown}"
        case _:
            return _plain_title(event, names)


def kind_of_input(event: Input) -> str:
    """The kind of a record: the name of its action, or of its input if that has no actions."""
    match event:
        case syscalls.NecpClientAction():
            return _ACTIONS.get(event.action, str(event.action))
        case syscalls.NecpSessionAction() if event.action in _SESSION_ACTIONS:
            return _SESSION_ACTIONS[event.action]
        case _:
            return NAMES_OF_INPUTS[type(event)]


def _client_text(event: syscalls.NecpClientAction, names: StableNames) -> str:
    buffer = event.client_id
    if buffer is None:
        return "NULL"
    if buffer.unmapped:
        return "unmapped"
    if buffer.known is not None and buffer.known < UUID_BYTES:
        return "unmeasured"
    if event.client_id_len != UUID_BYTES:
        return f"{event.client_id_len}:0x{buffer.content[:SHOWN_BYTES].hex()}"
    return names.name(buffer.content[:UUID_BYTES].ljust(UUID_BYTES, b"\0"))


class _TitleField(NamedTuple):
    """A field of an input that its title shows, unless it has no effect."""

    name: str
    default: Any
    is_address: bool
    is_text: bool


def _fields_of_kind(kind: type) -> tuple[_TitleField, ...]:
    types = field_types(kind)
    return tuple(
        _TitleField(
            entry.name,
            entry.default,
            (kind, entry.name) in ADDRESSES,
            types[entry.name] in (Text, Text | None),
        )
        for entry in fields(kind)
        if entry.name not in _SKIPPED
    )


_fields_of: Final[Callable[[type], tuple[_TitleField, ...]]] = functools.cache(_fields_of_kind)


@functools.cache
def bytes_of_titles(name: str) -> dict[str, bool]:
    """The fields of an input that a title shows in another form than digits, and whether as a text.

    ``name`` is that of the input. The fields that are no text are socket addresses.
    """
    kind = INPUT_NAMES.get(name)
    shown = () if kind is None else _fields_of(kind)
    return {field.name: field.is_text for field in shown if field.is_address or field.is_text}


def _plain_title(
    event: Input, names: StableNames, name: str = "", left_out: frozenset[str] = frozenset()
) -> str:
    words = [name or NAMES_OF_INPUTS[type(event)]]
    for field, value in _with_effect(event):
        if field.name not in left_out:
            words.append(f"{field.name}={_field_text(field, value, names)}")
    return " ".join(words)


def arguments_of(event: Input, names: StableNames) -> Iterator[tuple[str, str]]:
    """The names and values of an input's fields that have an effect, safe to print."""
    for field, value in _with_effect(event):
        if isinstance(value, str):
            shown = escape_beside_ids(value)
        else:
            shown = _field_text(field, value, names)
        yield field.name.rstrip("_"), shown


def _with_effect(event: Input) -> Iterator[tuple[_TitleField, Any]]:
    for field in _fields_of(type(event)):
        value = getattr(event, field.name)
        if value is not None and value != field.default:
            yield field, value


def _field_text(field: _TitleField, value: Any, names: StableNames) -> str:
    if not (field.is_address or field.is_text) or not isinstance(value, bytes):
        return _value_text(value, names)
    digits = _value_text(value, names)
    if len(value) == UUID_BYTES and digits != value.hex():
        # It is an id that the kernel generated.
        return digits
    return (bytes_word(value) if field.is_text else address_word(value)) or digits


def _sandbox_text(sandbox: Sandbox) -> str:
    """What a sandbox denies: ``{denies_open,allows:[ADD],denies:[PRIV_NET_...]}``."""
    parts = ["denies_open"] if sandbox.denies_open else []
    if sandbox.allowed_actions is not None:
        allowed = (_ACTIONS.get(action, str(action)) for action in sandbox.allowed_actions)
        parts.append(f"allows:[{','.join(allowed)}]")
    if sandbox.denied_privileges:
        denied = (_PRIVILEGES.get(number, str(number)) for number in sandbox.denied_privileges)
        parts.append(f"denies:[{','.join(denied)}]")
    return "{" + ",".join(parts) + "}"


def _value_text(value: Any, names: StableNames, *, is_inside: bool = False) -> str:
    """A value as one word of a title."""
    if isinstance(value, bytes):
        if len(value) == UUID_BYTES:
            return names.name(value)
        hidden = len(value) - SHOWN_BYTES
        return f"0x{value[:SHOWN_BYTES].hex()}" + (f"+{hidden}" if hidden > 0 else "")
    if isinstance(value, Sandbox):
        return _sandbox_text(value)
    if isinstance(value, UserBuffer):
        return "unmapped" if value.unmapped else f"{value.length}bytes"
    if isinstance(value, tuple):
        return "[" + ",".join(_value_text(item, names, is_inside=True) for item in value) + "]"
    if isinstance(value, (bool, int)):
        return str(int(value))
    if isinstance(value, str):
        return text_word(value, is_inside=is_inside)
    set_fields = (
        f"{entry.name}:{_value_text(getattr(value, entry.name), names, is_inside=True)}"
        for entry in fields(value)
        if getattr(value, entry.name) is not None
    )
    return "{" + ",".join(set_fields) + "}"
