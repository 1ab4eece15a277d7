"""The title of a record (its input in one line) and its kind (the name of its action or input)."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from necp_replay.abi.client import ClientAction, OpenFlag
from necp_replay.abi.policy import SessionAction
from necp_replay.abi.privilege import Privilege
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.events import syscalls
from necp_replay.events.inputs import NAMES_OF_INPUTS, Input
from necp_replay.events.processes import Sandbox
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.safe_text import escape_beside_ids

_ACTIONS = {int(action): action.name for action in ClientAction}
_PRIVILEGES = {int(privilege): privilege.name for privilege in Privilege}
_SESSION_ACTIONS = {int(action): action.name for action in SessionAction}
KINDS: Final = tuple(
    dict.fromkeys((*_ACTIONS.values(), *_SESSION_ACTIONS.values(), *NAMES_OF_INPUTS.values()))
)
"""Every kind of record. Actions of other numbers are kinds too, named by their number."""
_SHOWN_BYTES = 24
SKIPPED = frozenset({"buffer", "in_buffer", "out_buffer", "parameters", "result"})
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
        return f"{event.client_id_len}:0x{buffer.content[:_SHOWN_BYTES].hex()}"
    return names.name(buffer.content[:UUID_BYTES].ljust(UUID_BYTES, b"\0"))


def _plain_title(
    event: Input, names: StableNames, name: str = "", left_out: frozenset[str] = frozenset()
) -> str:
    words = [name or NAMES_OF_INPUTS[type(event)]]
    skipped = SKIPPED | left_out
    for entry in fields(event):
        value = getattr(event, entry.name)
        if value is None or value == entry.default or entry.name in skipped:
            continue
        words.append(f"{entry.name}={value_text(value, names)}")
    return " ".join(words)


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


def value_text(value: Any, names: StableNames) -> str:
    """A value as one word of a title."""
    if isinstance(value, bytes):
        if len(value) == UUID_BYTES:
            return names.name(value)
        hidden = len(value) - _SHOWN_BYTES
        return f"0x{value[:_SHOWN_BYTES].hex()}" + (f"+{hidden}" if hidden > 0 else "")
    if isinstance(value, Sandbox):
        return _sandbox_text(value)
    if isinstance(value, UserBuffer):
        return "unmapped" if value.unmapped else f"{value.length}bytes"
    if isinstance(value, tuple):
        return "[" + ",".join(value_text(item, names) for item in value) + "]"
    if isinstance(value, (bool, int)):
        return str(int(value))
    if isinstance(value, str):
        return escape_beside_ids(value).replace(" ", "\\x20")
    set_fields = (
        f"{entry.name}:{value_text(getattr(value, entry.name), names)}"
        for entry in fields(value)
        if getattr(value, entry.name) is not None
    )
    return "{" + ",".join(set_fields) + "}"
