"""A client id that an earlier operation left in memory is told from the outcome of the call."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.importers.vectors import read_vector

SHOWN = "7ace40aa0ffb43228ce5a41f1fcd5d36"


def passed_id(action: int, **client_id: Any) -> bytes:
    """The content of the client id that is imported for a call that shows ``SHOWN`` after it."""
    lines = (
        {"vectors": 1, "release": "xnu-4903.221.2", "name": "test"},
        {
            "op": "necp_client_action",
            "pid": 1,
            "fd": 3,
            "action": action,
            "client_id": {"hex": "", "bytes": 16, **client_id},
            "client_id_len": 16,
            "out": {"errno": 0, "retval": 0, "client_id": SHOWN, "effects": []},
        },
    )
    text = "".join(json.dumps(line) + "\n" for line in lines)
    _, operations = read_vector(io.BytesIO(text.encode()), "test")
    ((step, _),) = operations
    assert isinstance(step.input, NecpClientAction)
    assert step.input.client_id is not None
    return step.input.client_id.content


def test_an_id_that_no_action_wrote_was_passed() -> None:
    assert passed_id(ClientAction.COPY_RESULT).hex() == SHOWN
    assert passed_id(ClientAction.COPY_RESULT, hex="11" * 16) == b"\x11" * 16


@pytest.mark.parametrize("action", [ClientAction.ADD, ClientAction.COPY_CLIENT_UPDATE])
def test_an_id_that_the_action_wrote_was_not_passed(action: ClientAction) -> None:
    assert passed_id(action) == b""


def test_a_buffer_with_limits_is_left_as_it_is() -> None:
    assert passed_id(ClientAction.COPY_RESULT, mapped=8) == b""
