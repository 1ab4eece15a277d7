"""Generated ids have the name that they were given, however often their bytes were rendered."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from necp_replay.abi.client import ClientParameter, ClientResult
from necp_replay.abi.tlv import pack_tlv
from necp_replay.outcomes import names as names_module
from necp_replay.outcomes.decode_tlv import parameter_nodes, result_nodes
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import Node, lines_of

ID = b"\xab" * 16
RESULT = pack_tlv(ClientResult.CLIENT_ID, ID)


def text(nodes: list[Node]) -> str:
    return "\n".join(lines_of(nodes))


@pytest.mark.parametrize(
    ("generated", "shown"), [(ID, ID.hex()), (bytes(16), "zero")], ids=["random", "zero"]
)
def test_an_id_that_gets_a_name_has_it_where_its_bytes_were_rendered_before(
    generated: bytes, shown: str
) -> None:
    names = StableNames()
    result = pack_tlv(ClientResult.CLIENT_ID, generated)
    assert text(result_nodes(result, names)) == f"CLIENT_ID: {shown}"
    names.learn_ids([b"\1" * 16])
    assert text(result_nodes(result, names)) == f"CLIENT_ID: {shown}"
    names.learn_ids([generated])
    assert text(result_nodes(result, names)) == "CLIENT_ID: #2"


@pytest.mark.parametrize(("bit", "kind"), [(1, "flow"), (0, "client")])
def test_an_id_that_a_kernel_made_of_a_generated_one_has_its_number(bit: int, kind: str) -> None:
    generated = ID[:9] + bytes((ID[9] & 0xFE | 1 - bit,)) + ID[10:]
    made = ID[:9] + bytes((ID[9] & 0xFE | bit,)) + ID[10:]
    content = pack_tlv(ClientResult.FLOW_ID, made)
    names = StableNames()
    assert text(result_nodes(content, names)) == f"FLOW_ID: {made.hex()}"
    names.learn_ids([generated])
    assert text(result_nodes(content, names)) == f"FLOW_ID: #1({kind})"
    names.learn_ids([made])
    assert text(result_nodes(content, names)) == "FLOW_ID: #2"


def test_an_id_inside_a_flow_gets_its_name_too() -> None:
    names = StableNames()
    content = pack_tlv(ClientResult.FLOW, RESULT)
    before = text(result_nodes(content, names))
    names.learn_ids([ID])
    assert text(result_nodes(content, names)) == before.replace(ID.hex(), "#1")


@pytest.mark.parametrize("limit", ["MOST_REMEMBERED_BYTES", "MOST_UNNAMED"])
def test_what_is_forgotten_to_bound_memory_is_rendered_again(
    monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(names_module, limit, 1)
    names = StableNames()
    for _ in range(2):
        for number in range(8):
            uuid = bytes([number + 1]) * 16
            content = pack_tlv(ClientResult.FLOW, pack_tlv(ClientResult.CLIENT_ID, uuid) * 2)
            assert text(result_nodes(content, names)).count(uuid.hex()) == 2
    names.learn_ids([b"\1" * 16, b"\2" * 16])
    assert text(result_nodes(pack_tlv(ClientResult.CLIENT_ID, b"\2" * 16), names)).endswith("#2")


@pytest.mark.parametrize("decode", [result_nodes, parameter_nodes])
def test_changing_a_returned_list_of_nodes_changes_no_other(
    decode: Callable[[bytes, StableNames], list[Node]],
) -> None:
    names = StableNames()
    content = pack_tlv(ClientParameter.APPLICATION, ID)
    first = decode(content, names)
    first.append(Node("more"))
    assert len(decode(content, names)) == 1
