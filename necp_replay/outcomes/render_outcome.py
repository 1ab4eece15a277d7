"""Renders an outcome as a status and nodes."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.address_text import address_text
from necp_replay.abi.client import (
    COPIES_OF_RESULTS,
    SOCKADDR_UNION_BYTES,
    ClientAction,
    ObserverUpdateType,
)
from necp_replay.abi.client_structs import ADD_FLOW_ID_OFFSET
from necp_replay.abi.errno import errno_name
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.dataclass import dataclass
from necp_replay.events import outcome as outcomes
from necp_replay.events import sockets, syscalls
from necp_replay.events.equality import as_measured
from necp_replay.events.inputs import Input
from necp_replay.events.snapshot import Snapshot
from necp_replay.events.user_buffer import (
    OUT_BUFFER_DIGEST_BYTES,
    BufferDigest,
    OutBuffer,
    Unseen,
    UserBuffer,
)
from necp_replay.outcomes.decode_match import match_nodes
from necp_replay.outcomes.decode_tlv import parameter_nodes, result_nodes
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import Node, text_of_bytes
from necp_replay.outcomes.render_effects import effect_node, nexus_parameter_nodes
from necp_replay.outcomes.render_input import kind_of_input
from necp_replay.outcomes.render_snapshot import snapshot_nodes
from necp_replay.outcomes.safe_text import escape_beside_ids

_FIRST_COUNTERS: Final = ("rxpackets", "rxbytes", "txpackets", "txbytes")


@dataclass(slots=True)
class Rendered:
    """An outcome as text: ``status`` is what the call returned, ``nodes`` everything else.

    ``kind`` is the kind of the record, which decides about the layers of some nodes.
    """

    status: str
    nodes: list[Node]
    kind: str = ""


def render_outcome(
    event: Input, outcome: outcomes.Outcome, names: StableNames, *, beyond_vectors: bool = True
) -> Rendered:
    """Render an outcome. Without ``beyond_vectors`` only what conformance vectors measure."""
    if not beyond_vectors:
        outcome = as_measured(outcome)
    nodes = outcome_nodes(event, outcome, names, beyond_vectors=beyond_vectors)
    status = status_of(outcome, beyond_vectors=beyond_vectors)
    return Rendered(status, nodes, kind_of_input(event))


def outcome_nodes(
    event: Input, outcome: outcomes.Outcome, names: StableNames, *, beyond_vectors: bool = True
) -> list[Node]:
    """Everything of an outcome but its status."""
    nodes = _answer_nodes(event, outcome, names, beyond_vectors)
    if outcome.effects:
        effects = [
            effect_node(effect, names, beyond_vectors=beyond_vectors) for effect in outcome.effects
        ]
        nodes.append(Node("effects", children=effects))
    if outcome.unmeasured:
        nodes = [node for node in nodes if node.key not in outcome.unmeasured]
        nodes.append(Node("unmeasured", ", ".join(outcome.unmeasured)))
    return nodes


def status_of(outcome: outcomes.Outcome, *, beyond_vectors: bool = True) -> str:
    """What the call returned, or why there is no answer."""
    match outcome.answer:
        case None | outcomes.ActionBuffers():
            pass
        case outcomes.Panicked():
            return "PANIC"
        case outcomes.TypeConfused() as confusion:
            if not beyond_vectors or confusion.function is None:
                return "TYPE CONFUSION"
            function, corrupted = (
                escape_beside_ids(text or "")
                for text in (confusion.function, confusion.would_corrupt)
            )
            return f"TYPE CONFUSION in {function}: {corrupted}"
        case outcomes.Absent() as absent:
            return f"NOT MODELLED: {escape_beside_ids(absent.why)}"
        case outcomes.NotDetermined() as unknown:
            return f"NOT DETERMINED: {escape_beside_ids(unknown.why)}"
        case _:
            pass
    if "errno" in outcome.unmeasured:
        return "unmeasured" if outcome.retval is None else f"retval={outcome.retval}"
    if outcome.errno is None:
        return "done"
    if outcome.errno:
        name = errno_name(outcome.errno)
        return name if not name.isdigit() else f"errno {name}"
    return "ok" if outcome.retval is None else f"ok retval={outcome.retval}"


def _answer_nodes(
    event: Input, outcome: outcomes.Outcome, names: StableNames, beyond_vectors: bool
) -> list[Node]:
    match outcome.answer:
        case outcomes.ActionBuffers() as buffers:
            return _action_nodes(event, buffers, outcome.retval, names)
        case outcomes.SessionBuffer() as session:
            passed = event.out_buffer if isinstance(event, syscalls.NecpSessionAction) else None
            nodes = [_buffer_node("out_buffer", session.out_buffer, passed)]
            if beyond_vectors and session.beyond_vectors is not None:
                shown = f"0x{session.beyond_vectors.hex()}"
                nodes.append(Node("out_buffer_beyond_vectors", shown))
            return nodes
        case outcomes.MatchResult() as match:
            passed = event.result if isinstance(event, syscalls.NecpMatchPolicy) else None
            return [_match_node(match.result, passed, outcome.errno, names)]
        case outcomes.NexusParametersAnswer() as answer:
            children = nexus_parameter_nodes(answer.parameters, names)
            return [Node("parameters", children=children)]
        case outcomes.AttributesAnswer() as attributes:
            return _attributes_nodes(event, attributes)
        case outcomes.AssignMessage() as assigned:
            if assigned.message is None:
                return [Node("message", "none")]
            children = result_nodes(assigned.message, names)
            shown = f"{len(assigned.message)} bytes"
            return [Node("message", shown, children)]
        case Snapshot() as state:
            return snapshot_nodes(state, names, beyond_vectors=beyond_vectors)
        case answer:
            return _small_answer(answer, names)


def _match_node(
    result: OutBuffer, passed: UserBuffer | None, errno: int | None, names: StableNames
) -> Node:
    """The fields of the result, where the release of the steps is known; else bytes."""
    layout = names.match_result
    if layout is None or errno != 0 or not isinstance(result, bytes):
        return _buffer_node("result", result, passed)
    nodes = match_nodes(result, layout, names)
    if nodes is None:
        return _buffer_node("result", result, passed)
    return Node("result", f"{layout.size} bytes{'' if nodes else ', all zero'}", nodes)


def _small_answer(answer: outcomes.Answer | None, names: StableNames) -> list[Node]:
    match answer:
        case outcomes.InterfaceAnswer():
            return [Node("functional_type", str(answer.functional_type))]
        case outcomes.Allowed():
            return [Node("allowed", str(int(answer.allowed)))]
        case outcomes.SignatureAnswer():
            nodes = [] if answer.valsize is None else [Node("valsize", str(answer.valsize))]
            if answer.buffer is not None:
                nodes.append(_buffer_node("buffer", answer.buffer, None))
            return nodes
        case outcomes.TimerAnswer():
            return [Node("fired", str(int(answer.fired)))]
        case outcomes.Readiness():
            return [Node("readable", str(int(answer.readable)))]
        case outcomes.Selected():
            return [Node("ready", "none" if answer.ready is None else str(answer.ready))]
        case outcomes.BlockClient():
            return [Node("necp_client_uuid", names.name(answer.necp_client_uuid))]
        case outcomes.OptionData():
            return [Node("data", "none" if answer.data is None else f"0x{answer.data.hex()}")]
        case _:
            return []


def _attributes_nodes(event: Input, answer: outcomes.AttributesAnswer) -> list[Node]:
    nodes = [
        Node("valsize", str(answer.valsize)),
        Node("domain", _optional_text(answer.domain)),
        Node("account", _optional_text(answer.account)),
    ]
    for name in ("domain_owner", "tracker_domain", "domain_context"):
        content = getattr(answer, name)
        if content is not None:
            nodes.append(Node(name, text_of_bytes(content)))
    if answer.buffer is not None:
        passed = event.buffer if isinstance(event, sockets.SocketGetAttributes) else None
        nodes.append(_buffer_node("buffer", answer.buffer, passed))
    return nodes


def _optional_text(content: bytes | None) -> str:
    return "none" if content is None else text_of_bytes(content)


def _action_nodes(
    event: Input, buffers: outcomes.ActionBuffers, retval: int | None, names: StableNames
) -> list[Node]:
    if not isinstance(event, syscalls.NecpClientAction):
        return []
    nodes = []
    client_id = buffers.client_id
    if not _unchanged(client_id, event.client_id):
        if (
            isinstance(client_id, bytes)
            and len(client_id) <= UUID_BYTES
            and event.client_id_len == UUID_BYTES
        ):
            shown = names.name(client_id.ljust(UUID_BYTES, b"\0"))
            nodes.append(Node("client_id", shown))
        else:
            nodes.append(_buffer_node("client_id", client_id, None))
    buffer = buffers.buffer
    if _unchanged(buffer, event.buffer):
        return nodes
    node = None
    if isinstance(buffer, bytes) and retval is not None:
        node = _decoded_buffer(event.action, buffer, retval, names)
    nodes.append(node if node is not None else _buffer_node("buffer", buffer, None))
    return nodes


def _decoded_buffer(action: int, buffer: bytes, retval: int, names: StableNames) -> Node | None:
    """The TLVs of the bytes that the call returned, then the rest of the buffer.

    None for an action that returns no TLVs, and if more bytes were returned than a trace stores.
    """
    if not 0 <= retval <= OUT_BUFFER_DIGEST_BYTES:
        return None
    if action == ClientAction.COPY_CLIENT_UPDATE:
        content = buffer[:retval].ljust(retval, b"\0")
        update_type = int.from_bytes(content[:4], "little")
        children = [Node("update_type", str(update_type))]
        decoder = result_nodes if update_type == ObserverUpdateType.RESULT else parameter_nodes
        children += decoder(content[4:], names)
    elif action in COPIES_OF_RESULTS:
        children = result_nodes(buffer[:retval].ljust(retval, b"\0"), names)
    elif action == ClientAction.COPY_PARAMETERS:
        children = parameter_nodes(buffer[:retval].ljust(retval, b"\0"), names)
    elif action == ClientAction.COPY_ROUTE_STATISTICS:
        return _statistics_node(buffer)
    elif action == ClientAction.GET_INTERFACE_ADDRESS and len(buffer) <= SOCKADDR_UNION_BYTES:
        return Node("buffer", address_text(buffer.ljust(SOCKADDR_UNION_BYTES, b"\0")))
    elif action == ClientAction.ADD_FLOW:
        # Nothing else of the buffer is changed.
        made = buffer[ADD_FLOW_ID_OFFSET : ADD_FLOW_ID_OFFSET + UUID_BYTES]
        return Node("registration_id", names.name(made.ljust(UUID_BYTES, b"\0")))
    else:
        return None
    rest = buffer[retval:]
    if rest:
        children.append(Node("beyond the return value", f"0x{rest.hex()}"))
    return Node("buffer", f"{retval} bytes", children)


def _statistics_node(buffer: bytes) -> Node:
    """Route statistics: the four counters at the beginning of every structure, then the rest.

    Releases have different structures (``nstat_counts``, ``necp_stat_counts``), and nothing in the
    bytes says which one it is.
    """
    content = buffer.ljust(8 * len(_FIRST_COUNTERS), b"\0")
    children = [
        Node(name, str(int.from_bytes(content[8 * i : 8 * i + 8], "little")))
        for i, name in enumerate(_FIRST_COUNTERS)
    ]
    rest = buffer[8 * len(_FIRST_COUNTERS) :]
    children.append(Node("32 and beyond", f"0x{rest.hex()}" if rest else "all zero"))
    return Node("buffer", children=children)


def _unchanged(after: OutBuffer, passed: UserBuffer | None) -> bool:
    if isinstance(after, Unseen):
        return True
    return (
        passed is not None and isinstance(after, bytes) and after == passed.content[: passed.length]
    )


def _buffer_node(key: str, after: OutBuffer, passed: UserBuffer | None) -> Node:
    if isinstance(after, Unseen):
        shown = after.value
    elif isinstance(after, BufferDigest):
        shown = f"{after.length} bytes sha256 {after.sha256.hex()}"
    elif passed is not None and _unchanged(after, passed):
        shown = "as passed"
    else:
        shown = f"0x{after.hex()}" if after else "all zero"
    return Node(key, shown)
