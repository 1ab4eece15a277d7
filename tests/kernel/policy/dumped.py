"""Decodes the answers of session actions: ids, and the policies of DUMP_ALL."""

from __future__ import annotations

from dataclasses import dataclass

from necp_replay.abi.policy import PolicyTlv, SessionAction
from necp_replay.abi.tlv import iterate_tlvs
from necp_replay.events.outcome import SessionBuffer
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.buffers import room
from necp_replay.scenario.policy_session import SessionHandle

DUMP_BYTES = 16_384


@dataclass(frozen=True, slots=True)
class DumpedPolicy:
    """One policy of a dump; ``conditions`` are pairs of type and value."""

    id: int
    order: int
    session_order: int
    result: str
    owner: str
    conditions: list[tuple[int, bytes]]


def session_bytes(answer: CallAnswer, length: int) -> bytes:
    """The first bytes of the out buffer after a session action."""
    assert isinstance(answer.answer, SessionBuffer)
    assert isinstance(answer.answer.out_buffer, bytes)
    return answer.answer.out_buffer.ljust(length, b"\0")[:length]


def add_policy(session: SessionHandle, content: bytes) -> int:
    """Add a policy, which succeeds; its id."""
    answer = session.action(SessionAction.POLICY_ADD, content, room(4))
    assert answer.errno == 0
    return int.from_bytes(session_bytes(answer, 4), "little")


def listed_ids(session: SessionHandle) -> list[int]:
    """The ids that LIST_ALL answers, which succeeds."""
    answer = session.action(SessionAction.POLICY_LIST_ALL, None, room(1024))
    assert answer.errno == 0
    tlvs = iterate_tlvs(session_bytes(answer, 1024))
    return [int.from_bytes(value, "little") for _, type_, value in tlvs if type_]


def dump_all(session: SessionHandle) -> list[DumpedPolicy]:
    """The policies that DUMP_ALL answers, which succeeds."""
    answer = session.action(SessionAction.POLICY_DUMP_ALL, None, room(DUMP_BYTES))
    assert answer.errno == 0
    content = session_bytes(answer, DUMP_BYTES)
    length = int.from_bytes(content[:4], "little")
    return [_dumped(value) for _, _, value in iterate_tlvs(content[4 : 4 + length])]


def _dumped(content: bytes) -> DumpedPolicy:
    tlvs = {type_: value for _, type_, value in iterate_tlvs(content)}
    conditions = iterate_tlvs(tlvs[PolicyTlv.POLICY_CONDITION])
    return DumpedPolicy(
        id=int.from_bytes(tlvs[PolicyTlv.POLICY_ID], "little"),
        order=int.from_bytes(tlvs[PolicyTlv.POLICY_ORDER], "little"),
        session_order=int.from_bytes(tlvs[PolicyTlv.POLICY_SESSION_ORDER], "little"),
        result=tlvs[PolicyTlv.POLICY_RESULT_STRING].rstrip(b"\0").decode(),
        owner=tlvs[PolicyTlv.POLICY_OWNER].rstrip(b"\0").decode(),
        conditions=[(type_, value) for _, type_, value in conditions],
    )
