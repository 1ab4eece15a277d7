"""Layouts of what SIGN signs and VALIDATE checks in releases where each answer has a type.

Source: bsd/net/necp.h, xnu-8792.41.9, xnu-10063.101.15.
"""

from __future__ import annotations

import enum
from struct import Struct
from typing import Final

from necp_replay.abi.client import RESOLVER_TAG_BYTES


class SignType(enum.IntEnum):
    """``NECP_CLIENT_SIGN_TYPE_*``. Those of the system do not belong to a client."""

    RESOLVER_ANSWER = 1
    BROWSE_RESULT = 2
    SERVICE_RESOLVER_ANSWER = 3
    SYSTEM_RESOLVER_ANSWER = 4
    SYSTEM_BROWSE_RESULT = 5
    SYSTEM_SERVICE_RESOLVER_ANSWER = 6


CLIENT_SIGN_TYPES: Final = frozenset(
    {SignType.RESOLVER_ANSWER, SignType.BROWSE_RESULT, SignType.SERVICE_RESOLVER_ANSWER}
)
"""Types of answers to one client, whose id they name."""

HOST_ANSWER: Final = Struct("<16sII28sI")
"""``struct necp_client_host_resolver_answer``: client id, type, hash of metadata, address, length
of the host name, which follows."""

BROWSE_RESULT: Final = Struct("<16sIIH")
"""``struct necp_client_browse_result``: client id, type, hash of metadata, length of the service,
which follows."""

SERVICE_ANSWER: Final = Struct("<16sIIHHH")
"""``struct necp_client_service_resolver_answer``: client id, type, hash of metadata, length of the
service, port, length of the host name. Both strings follow."""

MAX_SIGNABLE_BYTES: Final = 4096
"""``NECP_CLIENT_ACTION_SIGN_MAX_TOTAL_LENGTH``."""
MAX_SIGNABLE_STRING_BYTES: Final = 1024
"""``NECP_CLIENT_ACTION_SIGN_MAX_STRING_LENGTH``."""

VALIDATABLE: Final = Struct(f"<{RESOLVER_TAG_BYTES}s16sI")
"""``struct necp_client_validatable``: the tag of an answer, then the answer from its id on."""

SIGNED_CLIENT_ID_TYPE: Final = Struct("<I")
SIGNED_CLIENT_ID_UUID: Final = 1
"""``NECP_CLIENT_SIGNED_CLIENT_ID_TYPE_UUID``."""
SIGNED_CLIENT_ID: Final = Struct(f"<16sI{RESOLVER_TAG_BYTES}s")
"""``struct necp_client_signed_client_id_uuid``: an executable, and length and bytes of the
signature."""
