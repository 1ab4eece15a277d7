"""What a snapshot looks like where it is printed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from necp_replay.abi.client import ClientParameter, ClientResult
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.snapshot import NetagentsSnapshot
from tests.events.test_state_hash import CLIENT, STATE

ADDRESS = bytes.fromhex("10020016c0000201") + bytes(20)
FLOW = pack_tlv(ClientResult.FLAGS, b"\x21\0\0\0")


def test_a_state_is_printed_without_what_is_zero_or_bytes() -> None:
    shown = repr(STATE)
    assert shown.startswith("<Snapshot: necp_client_fd_count 1, necp_client_count 1, ")
    assert "fds [<FdSnapshot: fd 3, pid 100, clients [<ClientSnapshot: client_id 00010203" in shown
    assert "flows" not in shown
    assert "\\x" not in shown
    assert repr(NetagentsSnapshot(0, 0, 0, ())) == "<NetagentsSnapshot: nothing>"


@pytest.mark.parametrize(
    ("field", "content", "shown"),
    [
        (
            "result",
            pack_tlv(ClientResult.POLICY_RESULT, b"\x05\0\0\0"),
            "[POLICY_RESULT SOCKET_FILTER]",
        ),
        ("result", pack_tlv(ClientResult.FLOW, FLOW), "[FLOW [FLAGS "),
        ("result", pack_tlv(99, b"\1" * 40), f"[type 99 {'01' * 32}... (40 bytes)]"),
        ("result", b"\1\xff\0\0\0\1", "[01ff00000001]"),
        (
            "parameters",
            pack_tlv(ClientParameter.REMOTE_ADDRESS, b"\0" + ADDRESS),
            "[REMOTE_ADDRESS 192.0.2.1:22]",
        ),
        ("parameters", pack_tlv(ClientParameter.DOMAIN, b"a\x1b\0"), "[DOMAIN 'a\\x1b']"),
        ("parameters", pack_tlv(ClientParameter.IP_PROTOCOL, b"\6\0"), "[IP_PROTOCOL 6]"),
    ],
)
def test_tlvs_are_decoded(field: str, content: bytes, shown: str) -> None:
    changed: dict[str, Any] = {field: content}
    assert f"{field} {shown}" in repr(replace(CLIENT, **changed))
