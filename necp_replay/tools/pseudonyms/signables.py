"""What sessions and resolvers pass about domains: answers, their tags, filters and tries."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import RESOLVER_TAG_BYTES
from necp_replay.abi.domain_filter import TRIE_HEADER
from necp_replay.abi.signable import BROWSE_RESULT, SERVICE_ANSWER, SignType
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.tools.pseudonyms.names import Names
from necp_replay.tools.pseudonyms.tlvs import (
    AGENT,
    Rename,
    domain,
    keep,
    opaque,
    sequence,
    sockaddr,
    text_of,
    uuid,
)

_service_name: Final = text_of(AGENT)


def resolver_answer(names: Names, value: bytes) -> bytes:
    """What SIGN signs: a host name and an address, or an answer with a type."""
    if not names.profile.signables_have_types:
        return _untyped_answer(names, value)
    sign_type = int.from_bytes(value[UUID_BYTES : UUID_BYTES + 4], "little")
    return _TYPED_ANSWERS.get(sign_type, _unknown_answer)(names, value)


def signed_answer(names: Names, value: bytes) -> bytes:
    """A tag, and in releases where answers have types the answer after it."""
    rest = resolver_answer if names.profile.signables_have_types else opaque
    return names.opaque(value[:RESOLVER_TAG_BYTES]) + rest(names, value[RESOLVER_TAG_BYTES:])


def _service_answer(names: Names, value: bytes) -> bytes:
    head, strings = value[: SERVICE_ANSWER.size], value[SERVICE_ANSWER.size :]
    length = int.from_bytes(head[BROWSE_RESULT.size - 2 : BROWSE_RESULT.size], "little")
    return (
        sequence((UUID_BYTES, uuid), (4, keep), (4, opaque), (6, keep))(names, head)
        + _service_name(names, strings[:length])
        + domain(names, strings[length:])
    )


def domain_trie(names: Names, value: bytes) -> bytes:
    """A trie: its shape stays, and its strings are bytes of unknown meaning."""
    if len(value) < TRIE_HEADER.size:
        return names.opaque(value)
    _, _, nodes_bytes, maps_bytes, *_ = TRIE_HEADER.unpack_from(value)
    strings_at = TRIE_HEADER.size + nodes_bytes + maps_bytes
    return value[:strings_at] + names.opaque(value[strings_at:])


domain_filter: Final = sequence((4, keep))
"""A Bloom filter: the number of bits stays."""

signed_client_id: Final = sequence((UUID_BYTES, uuid), (4, keep), (RESOLVER_TAG_BYTES, opaque))
"""An executable with its signature."""

_untyped_answer: Final = sequence(
    (UUID_BYTES, uuid), (4, keep), (28, sockaddr), (4, keep), rest=domain
)
_unknown_answer: Final = sequence((UUID_BYTES, uuid), (4, keep))
_host_answer: Final = sequence(
    (UUID_BYTES, uuid), (4, keep), (4, opaque), (28, sockaddr), (4, keep), rest=domain
)
_browse_result: Final = sequence(
    (UUID_BYTES, uuid), (4, keep), (4, opaque), (2, keep), rest=_service_name
)
_TYPED_ANSWERS: Final[dict[int, Rename]] = {
    SignType.RESOLVER_ANSWER: _host_answer,
    SignType.SYSTEM_RESOLVER_ANSWER: _host_answer,
    SignType.BROWSE_RESULT: _browse_result,
    SignType.SYSTEM_BROWSE_RESULT: _browse_result,
    SignType.SERVICE_RESOLVER_ANSWER: _service_answer,
    SignType.SYSTEM_SERVICE_RESOLVER_ANSWER: _service_answer,
}
