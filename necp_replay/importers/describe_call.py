"""A call that a tool saw, as one line of text: what is known of it, and what is not."""

from __future__ import annotations

import contextlib
from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.policy import SessionAction
from necp_replay.importers.errno_names import errno_text
from necp_replay.importers.seen_call import ARGUMENTS, SeenCall

_BUFFERS: Final = frozenset(
    {"client_id", "buffer", "in_buffer", "out_buffer", "parameters", "result", "agent_uuid"}
)


def call_text(call: SeenCall) -> str:
    """What was taken of a call, such as ``necp_open(flags 0) = 4; not known: effects``."""
    shown, unknown = [], []
    for position, name in enumerate(ARGUMENTS[call.call]):
        value = call.arguments[position] if position < len(call.arguments) else None
        if value is None:
            unknown.append(name)
        elif name in _BUFFERS:
            shown.append(f"{name} {'NULL' if value == 0 else 'given'}")
            if value != 0:
                _add_contents(call, position, name, unknown)
        else:
            shown.append(f"{name} {_value_text(call, name, value)}")
    if not call.has_outcome:
        return f"{call.call}({', '.join(shown)}); its result is not known"
    if call.errno is None and (call.retval is None or call.failed):
        unknown.append("errno")
    unknown.append("effects")
    return f"{call.call}({', '.join(shown)}) = {result_text(call)}; not known: {', '.join(unknown)}"


def result_text(call: SeenCall) -> str:
    """What a call gave back, such as ``0``, ``ENOENT`` or ``an error``."""
    if call.errno:
        return errno_text(call.errno)
    if call.failed:
        return "an error"
    if call.retval is not None:
        return str(call.retval)
    return "success" if call.errno == 0 else "?"


def action_name_of(number: int | None) -> str:
    """The name of a client action, its number, or nothing for none."""
    if number is None:
        return ""
    with contextlib.suppress(ValueError):
        return ClientAction(number).name
    return f"action {number}"


def _add_contents(call: SeenCall, position: int, name: str, unknown: list[str]) -> None:
    if position not in call.before and name not in ("result", "out_buffer"):
        unknown.append(f"{name} before")
    if position not in call.after and name not in ("in_buffer", "parameters", "agent_uuid"):
        unknown.append(f"{name} after")


def _value_text(call: SeenCall, name: str, value: int) -> str:
    if name == "action":
        kind = ClientAction if call.call == "necp_client_action" else SessionAction
        with contextlib.suppress(ValueError):
            return kind(value).name
    return str(value)
