"""Pseudonyms inside the buffers that processes pass to calls, and in what calls left there.

A buffer after a call is what the kernel wrote, and after that what the process had there before;
each part gets the pseudonyms that it has where it comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from necp_replay.abi.client import (
    FLOW_STATS_REQUEST_BYTES,
    SOCKADDR_UNION_BYTES,
    ClientAction,
    FlowFlag,
)
from necp_replay.abi.client_structs import (
    ADD_FLOW_REQUEST,
    INTERFACE_DETAILS,
    INTERFACE_IPV4_DETAILS,
    STATISTICS_REQUEST,
)
from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import SessionAction
from necp_replay.abi.signable import SIGNED_CLIENT_ID
from necp_replay.abi.tcp_cache import TFO_CACHE_BYTES
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.dataclass import dataclass
from necp_replay.events import sockets, syscalls
from necp_replay.events.inputs import Input
from necp_replay.events.outcome import (
    ActionBuffers,
    Answer,
    AttributesAnswer,
    MatchResult,
    Outcome,
    SessionBuffer,
    SignatureAnswer,
)
from necp_replay.events.user_buffer import (
    OUT_BUFFER_DIGEST_BYTES,
    BufferDigest,
    OutBuffer,
    Unseen,
    UserBuffer,
    UserPointer,
)
from necp_replay.kernel.user_memory import UserMemory
from necp_replay.releases.profile import Profile
from necp_replay.tools.pseudonyms import signables, tlvs
from necp_replay.tools.pseudonyms.names import Names
from necp_replay.tools.pseudonyms.tlvs import Rename, keep, opaque, sequence, uuid


@dataclass(frozen=True, slots=True)
class Argument:
    """What one buffer of a call holds before it, and what the kernel writes into it."""

    before: Rename = opaque
    written: Rename = opaque


def rename_call(names: Names, event: Any) -> Any:
    """A call with pseudonyms in its buffers; any other input as it is."""
    changes = {
        name: _rename_buffer(names, buffer, argument.before, _declared_bytes(event, name))
        for name, argument in _arguments(event).items()
        if (buffer := getattr(event, name)) is not None
    }
    return replace(event, **changes) if changes else event


def rename_answer(names: Names, event: Input, renamed: Input, outcome: Outcome) -> Answer | None:
    """What a call left in its buffers, with pseudonyms; an answer without buffers as it is."""
    answer = outcome.answer
    arguments = _arguments(event)

    def after(
        name: str, content: OutBuffer, written_bytes: int | None, least_bytes: int = 0
    ) -> OutBuffer:
        old, new = getattr(event, name, None), getattr(renamed, name, None)
        if isinstance(content, Unseen):
            return content
        if not isinstance(old, UserBuffer) or not isinstance(new, UserBuffer):
            # An impossible outcome: it shows a buffer that the call does not have.
            return names.opaque(content) if isinstance(content, bytes) else content
        if written_bytes is None and content == UserMemory.without_length(old).after():
            return UserMemory.without_length(new).after()
        if isinstance(content, BufferDigest):
            # A digest only shows that something was written into a long buffer.
            return content
        end = written_bytes
        if end is None:
            end = _written_bytes(content, old, least_bytes, outcome.errno)
        shown_bytes = _shown_bytes(old)
        whole = content.ljust(shown_bytes, b"\0")
        untouched = new.content.ljust(shown_bytes, b"\0")[end:shown_bytes]
        written = arguments.get(name, _UNREAD).written(names, whole[:end])
        return bytes(written + untouched).rstrip(b"\0")

    match answer:
        case ActionBuffers():
            return ActionBuffers(
                after("client_id", answer.client_id, None, UUID_BYTES),
                after("buffer", answer.buffer, _action_bytes(names.profile, event, outcome)),
            )
        case SessionBuffer():
            leaked = answer.beyond_vectors
            if leaked is not None:
                leaked_after = after("out_buffer", leaked, None)
                leaked = leaked_after if isinstance(leaked_after, bytes) else None
            least_bytes = _session_bytes(event, outcome, answer.out_buffer)
            return SessionBuffer(after("out_buffer", answer.out_buffer, None, least_bytes), leaked)
        case MatchResult():
            written_bytes = names.profile.match_result.size if outcome.errno == 0 else None
            return MatchResult(after("result", answer.result, written_bytes))
        case AttributesAnswer():
            content = answer.buffer
            if content is not None:
                content = after("buffer", content, _attributes_bytes(answer, outcome))
            return replace(answer, buffer=content)
        case SignatureAnswer(buffer=bytes(content)):
            written_bytes = answer.valsize if outcome.errno == 0 else None
            signature = after("buffer", content, written_bytes)
            return replace(answer, buffer=signature if isinstance(signature, bytes) else None)
        case _:
            return answer


def _rename_buffer(
    names: Names, buffer: UserBuffer, rename: Rename, declared_bytes: int
) -> UserBuffer:
    """A buffer before a call. The zeros cut from its end count as far as the kernel may read."""
    content = buffer.content
    whole_bytes = min(max(declared_bytes, len(content)), max(buffer.length, len(content)))
    if whole_bytes <= _FILLED_BYTES:
        content = content.ljust(whole_bytes, b"\0")
    # What follows the bytes that the kernel reads means nothing to it.
    read_bytes = declared_bytes or len(content)
    renamed = rename(names, content[:read_bytes]) + names.opaque(content[read_bytes:])
    pointers = tuple(
        UserPointer(
            pointer.offset,
            None
            if pointer.to is None
            else _rename_buffer(names, pointer.to, _cache_content, pointer.to.length),
        )
        for pointer in buffer.pointers
    )
    return replace(buffer, content=renamed.rstrip(b"\0"), pointers=pointers)


def _written_bytes(content: bytes, old: UserBuffer, least_bytes: int, errno: int | None) -> int:
    """How much of a buffer was written, as far as the buffer shows: to the last changed byte."""
    shown_bytes = _shown_bytes(old)
    if errno == Errno.EFAULT and old.mapped is not None:
        return shown_bytes
    before = old.content.ljust(shown_bytes, b"\0")
    differing = int.from_bytes(content, "little") ^ int.from_bytes(before, "little")
    end = max((differing.bit_length() + 7) // 8, min(least_bytes, shown_bytes))
    # The last bytes written may have been zeros, too.
    return end if any(before[end:]) else shown_bytes


def _shown_bytes(buffer: UserBuffer) -> int:
    """How much of a buffer an outcome shows; of a longer one it shows a digest."""
    shown_bytes = buffer.length if buffer.mapped is None else min(buffer.mapped, buffer.length)
    return min(shown_bytes, OUT_BUFFER_DIGEST_BYTES)


def _arguments(event: Any) -> Mapping[str, Argument]:
    match event:
        case syscalls.NecpClientAction():
            client_id = _CLIENT_ID_ARGUMENTS.get(event.action, _ID)
            return {
                "client_id": client_id,
                "buffer": _ACTION_BUFFERS.get(event.action, _UNREAD),
            }
        case syscalls.NecpSessionAction():
            in_buffer, out_buffer = _SESSION_BUFFERS.get(event.action, (_UNREAD, _UNREAD))
            return {"in_buffer": in_buffer, "out_buffer": out_buffer}
        case _:
            return _ARGUMENTS.get(type(event), {})


def _declared_bytes(event: Any, name: str) -> int:
    length: int = getattr(event, _LENGTHS.get(name, ""), 0)
    return length


def _action_bytes(profile: Profile, event: Input, outcome: Outcome) -> int | None:
    """How much an action wrote, if its return value says it; else up to the last changed byte."""
    if outcome.errno != 0 or not isinstance(event, syscalls.NecpClientAction):
        return None
    if event.action in _RETURN_LENGTH:
        return outcome.retval
    if event.action == ClientAction.COPY_LIST:
        return _list_bytes(event, outcome)
    if event.action == ClientAction.COPY_INTERFACE:
        ipv4_bytes = INTERFACE_IPV4_DETAILS.size if profile.interface_details_tell_ipv4 else 0
        return max(INTERFACE_DETAILS.size + ipv4_bytes, profile.interface_details_min_bytes)
    return _WRITTEN_BYTES.get(event.action)


def _list_bytes(event: syscalls.NecpClientAction, outcome: Outcome) -> int | None:
    """How much COPY_LIST wrote: only the number if there are no clients, else every place."""
    match outcome.answer:
        case ActionBuffers(buffer=bytes(content)):
            return event.buffer_size if any(content[:4]) else 4
        case _:
            return None


def _session_bytes(event: Input, outcome: Outcome, content: OutBuffer) -> int:
    """How much a session action wrote if it wrote at all: one on a locked session may not have."""
    if outcome.errno != 0 or not isinstance(event, syscalls.NecpSessionAction):
        return 0
    if event.action == SessionAction.POLICY_DUMP_ALL and isinstance(content, bytes):
        # A dump begins with the number of bytes after that number.
        return 4 + int.from_bytes(content[:4], "little")
    return 4 if event.action in _ANSWER_IDS else 0


def _attributes_bytes(answer: AttributesAnswer, outcome: Outcome) -> int | None:
    """A socket's attributes fill the option's size, if there are any."""
    if outcome.errno != 0:
        return None
    attributes = (
        *(answer.domain, answer.account, answer.domain_owner),
        *(answer.tracker_domain, answer.domain_context),
    )
    return answer.valsize if any(each is not None for each in attributes) else 0


_FILLED_BYTES: Final = 64 * 1024
"""Longer buffers are not filled up with the zeros that were cut from them."""

_LENGTHS: Final = {
    "client_id": "client_id_len",
    "buffer": "buffer_size",
    "in_buffer": "in_buffer_length",
    "out_buffer": "out_buffer_length",
    "parameters": "parameters_size",
    "agent_uuid": "len",
}
"""The length argument of each buffer argument, where it has one of its own."""

_cookie: Final = sequence((TFO_CACHE_BYTES - 2, opaque), (2, keep))
"""A Fast Open cookie, its length and flags."""


def _cache_content(names: Names, value: bytes) -> bytes:
    """What UPDATE_CACHE points to: a cookie, or one byte of flags."""
    return value if len(value) <= 1 else _cookie(names, value)


_agent_use: Final = sequence((UUID_BYTES, uuid), (8, keep))
_interface_details: Final = sequence(
    (24, tlvs.interface_name),
    (24, keep),
    (20, opaque),
    (1, keep),
    (20, opaque),
    (3, keep),
    (4, keep),
    (4, tlvs.ipv4),
)
"""``struct necp_interface_details``: name, numbers, two network signatures with their lengths, and
from xnu-6153 on a netmask and a broadcast address."""


def _aggregate_result(names: Names, value: bytes) -> bytes:
    """``struct necp_aggregate_result``: a service, and the agents that policies name.

    Prefixes of NAT64 stay, as they are always zero.
    """
    layout = names.profile.match_result
    before_service = 20 if layout.has_flow_divert_unit else 16
    rename = sequence(
        (before_service, keep),
        (UUID_BYTES, uuid),
        (20 if layout.has_skip_policy_id else 16, keep),
        *[(UUID_BYTES, uuid)] * layout.max_netagents,
        rest=keep,
    )
    return rename(names, value)


_number_then_opaque: Final = sequence((4, keep))

_ID: Final = Argument(uuid, uuid)
_UNREAD: Final = Argument(opaque, opaque)
_RESULT: Final = Argument(opaque, tlvs.results)

_add_flow_request: Final = sequence((UUID_BYTES, uuid), (UUID_BYTES, uuid), (4, keep))


def _add_flow(names: Names, value: bytes) -> bytes:
    """A request of ADD_FLOW, the requests of statistics after it, an address and a protocol."""
    head = value[: ADD_FLOW_REQUEST.size]
    renamed = _add_flow_request(names, head)
    if len(head) < ADD_FLOW_REQUEST.size:
        return renamed
    *_, flags, statistics = ADD_FLOW_REQUEST.unpack(head)
    address_at = len(head) + statistics * FLOW_STATS_REQUEST_BYTES
    rest = value[address_at:]
    address_bytes = rest[0] if rest and flags & FlowFlag.OVERRIDE_ADDRESS else 0
    if address_bytes > SOCKADDR_UNION_BYTES:
        # Such an address is none.
        address_bytes = 0
    protocol_bytes = 1 if flags & FlowFlag.OVERRIDE_IP_PROTOCOL else 0
    rename_rest = sequence((address_bytes, tlvs.sockaddr), (protocol_bytes, keep))
    return renamed + value[len(head) : address_at] + rename_rest(names, rest)


def _statistics_request(names: Names, value: bytes) -> bytes:
    """``struct necp_stats_bufreq``. The kernel does not read a buffer of another size."""
    return value if len(value) == STATISTICS_REQUEST.size else names.opaque(value)


_CLIENT_ID_ARGUMENTS: Final[dict[int, Argument]] = {
    ClientAction.COPY_INTERFACE: Argument(_number_then_opaque, opaque),
    ClientAction.GET_INTERFACE_ADDRESS: Argument(_number_then_opaque, opaque),
    ClientAction.SIGN: Argument(signables.resolver_answer, signables.resolver_answer),
    ClientAction.VALIDATE: Argument(signables.signed_answer, signables.signed_answer),
    ClientAction.GET_SIGNED_CLIENT_ID: Argument(_number_then_opaque, _number_then_opaque),
    ClientAction.SET_SIGNED_CLIENT_ID: Argument(_number_then_opaque, _number_then_opaque),
}
"""What stands there instead of an id: an interface's index, an answer of a resolver, or a type."""

_ACTION_BUFFERS: Final[dict[int, Argument]] = {
    ClientAction.ADD: Argument(tlvs.parameters),
    ClientAction.COPY_PARAMETERS: Argument(opaque, tlvs.parameters),
    ClientAction.COPY_RESULT: _RESULT,
    ClientAction.COPY_UPDATED_RESULT: _RESULT,
    ClientAction.COPY_UPDATED_RESULT_FINAL: _RESULT,
    ClientAction.COPY_LIST: Argument(_number_then_opaque, tlvs.client_list),
    ClientAction.REQUEST_NEXUS_INSTANCE: Argument(
        _statistics_request, sequence((STATISTICS_REQUEST.size, keep))
    ),
    ClientAction.AGENT: Argument(tlvs.parameters),
    ClientAction.ADD_FLOW: Argument(_add_flow, _add_flow),
    ClientAction.COPY_AGENT: Argument(opaque, tlvs.netagent),
    ClientAction.COPY_INTERFACE: Argument(opaque, _interface_details),
    ClientAction.GET_INTERFACE_ADDRESS: Argument(tlvs.sockaddr, tlvs.sockaddr),
    ClientAction.COPY_ROUTE_STATISTICS: Argument(opaque, sequence((112, keep))),
    ClientAction.MAP_SYSCTLS: Argument(opaque, sequence((8, keep))),
    ClientAction.AGENT_USE: Argument(_agent_use, _agent_use),
    ClientAction.UPDATE_CACHE: Argument(sequence((16, keep))),
    ClientAction.COPY_CLIENT_UPDATE: Argument(opaque, tlvs.observer_update),
    ClientAction.GET_SIGNED_CLIENT_ID: Argument(opaque, signables.signed_client_id),
    ClientAction.SET_SIGNED_CLIENT_ID: Argument(
        signables.signed_client_id, signables.signed_client_id
    ),
}
"""The buffer of each action; of one that is not here the kernel reads and writes nothing."""

_RETURN_LENGTH: Final = frozenset(
    (
        ClientAction.COPY_PARAMETERS,
        ClientAction.COPY_RESULT,
        ClientAction.COPY_UPDATED_RESULT,
        ClientAction.COPY_UPDATED_RESULT_FINAL,
        ClientAction.COPY_CLIENT_UPDATE,
    )
)
"""Actions that return how many bytes they wrote."""

_WRITTEN_BYTES: Final[dict[int, int]] = {
    ClientAction.AGENT_USE: 24,
    ClientAction.GET_SIGNED_CLIENT_ID: SIGNED_CLIENT_ID.size,
}
"""How many bytes other actions write."""

_ANSWER_IDS: Final = frozenset(
    (SessionAction.POLICY_ADD, SessionAction.ADD_DOMAIN_FILTER, SessionAction.ADD_DOMAIN_TRIE)
)
_MAX_TRIE_DUMP: Final = 2000
"""Headers of tries are numbers, and a dump of them is not longer than this."""
_ANSWERED: Final = Argument(opaque, sequence((4, keep)))
_SESSION_BUFFERS: Final[dict[int, tuple[Argument, Argument]]] = {
    SessionAction.POLICY_ADD: (Argument(tlvs.policy), _ANSWERED),
    SessionAction.POLICY_GET: (Argument(_number_then_opaque), Argument(opaque, tlvs.policy)),
    SessionAction.POLICY_DELETE: (Argument(_number_then_opaque), _UNREAD),
    SessionAction.POLICY_LIST_ALL: (_UNREAD, Argument(opaque, tlvs.policy)),
    SessionAction.SET_SESSION_PRIORITY: (Argument(_number_then_opaque), _UNREAD),
    SessionAction.REGISTER_SERVICE: (Argument(uuid), _UNREAD),
    SessionAction.UNREGISTER_SERVICE: (Argument(uuid), _UNREAD),
    SessionAction.POLICY_DUMP_ALL: (
        _UNREAD,
        Argument(opaque, tlvs.after(4, tlvs.policy_dump)),
    ),
    SessionAction.ADD_DOMAIN_FILTER: (Argument(signables.domain_filter), _ANSWERED),
    SessionAction.REMOVE_DOMAIN_FILTER: (Argument(_number_then_opaque), _UNREAD),
    SessionAction.ADD_DOMAIN_TRIE: (Argument(signables.domain_trie), _ANSWERED),
    SessionAction.REMOVE_DOMAIN_TRIE: (Argument(_number_then_opaque), _UNREAD),
    SessionAction.TRIE_DUMP_ALL: (_UNREAD, Argument(opaque, sequence((_MAX_TRIE_DUMP, keep)))),
}
"""Both buffers of each session action."""

_ARGUMENTS: Final[dict[type, dict[str, Argument]]] = {
    syscalls.NecpMatchPolicy: {
        "parameters": Argument(tlvs.parameters),
        "result": Argument(opaque, _aggregate_result),
    },
    syscalls.NetagentTrigger: {"agent_uuid": Argument(uuid)},
    sockets.SocketSetAttributes: {"buffer": Argument(tlvs.policy)},
    sockets.SocketGetAttributes: {"buffer": Argument(opaque, tlvs.policy)},
    sockets.SocketSetResolverSignature: {"buffer": Argument(signables.signed_answer)},
    sockets.SocketGetResolverSignature: {"buffer": Argument(opaque, signables.signed_answer)},
}
"""The buffers of other calls."""
