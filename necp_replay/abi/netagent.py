"""Numbers and layouts of network agents (bsd/net/network_agent.h, bsd/net/net_kev.h)."""

from __future__ import annotations

import enum
from struct import Struct
from typing import Final


class AgentMessageType(enum.IntEnum):
    """``NETAGENT_MESSAGE_TYPE_*``."""

    REGISTER = 1
    UNREGISTER = 2
    UPDATE = 3
    GET = 4
    TRIGGER = 5
    ASSERT = 6
    UNASSERT = 7
    TRIGGER_ASSERT = 8
    TRIGGER_UNASSERT = 9
    REQUEST_NEXUS = 10
    ASSIGN_NEXUS = 11
    CLOSE_NEXUS = 12
    CLIENT_TRIGGER = 13
    CLIENT_ASSERT = 14
    CLIENT_UNASSERT = 15
    ABORT_NEXUS = 17


class ReportMessageType(enum.IntEnum):
    """``NETAGENT_MESSAGE_TYPE_*`` of what clients report to agents, from xnu-8019 on."""

    ADD_GROUP_MEMBERS = 18
    REMOVE_GROUP_MEMBERS = 19
    CLIENT_ERROR = 26


class AgentOption(enum.IntEnum):
    """``NETAGENT_OPTION_TYPE_*``: options of the agents' control socket."""

    REGISTER = 1
    UNREGISTER = 2
    UPDATE = 3
    ASSIGN_NEXUS = 11
    USE_COUNT = 16


class AgentOption8019(enum.IntEnum):
    """``NETAGENT_OPTION_TYPE_*`` from xnu-8019 on, and that which assigns members of groups."""

    ASSIGN_GROUP_MEMBERS = 20
    ADD_TOKEN = 21
    FLUSH_TOKENS = 22
    TOKEN_COUNT = 23
    TOKEN_LOW_WATER = 24
    RESET_CLIENT_ERROR = 27


class AgentOption11417(enum.IntEnum):
    """``NETAGENT_OPTION_TYPE_*`` of sessions for several agents, from xnu-11417 on."""

    ENABLE_SESSION_MODE = 28
    UNREGISTER_ALL = 29


class AgentMessageError(enum.IntEnum):
    """``NETAGENT_MESSAGE_ERROR_*``: what the kernel's response to a message says."""

    NONE = 0
    INTERNAL = 1
    UNKNOWN_TYPE = 2
    INVALID_DATA = 3
    NOT_REGISTERED = 4
    ALREADY_REGISTERED = 5
    CANNOT_UPDATE = 6
    CANNOT_ASSIGN = 7


class AgentFlag(enum.IntFlag):
    """``NETAGENT_FLAG_*``."""

    REGISTERED = 0x0001
    ACTIVE = 0x0002
    KERNEL_ACTIVATED = 0x0004
    USER_ACTIVATED = 0x0008
    VOLUNTARY = 0x0010
    SPECIFIC_USE_ONLY = 0x0020
    NETWORK_PROVIDER = 0x0040
    NEXUS_PROVIDER = 0x0080
    SUPPORTS_BROWSE = 0x0100
    NEXUS_LISTENER = 0x0400
    UPDATE_IMMEDIATELY = 0x0800
    CUSTOM_ETHER_NEXUS = 0x2000
    CUSTOM_IP_NEXUS = 0x4000
    INTERPOSE_NEXUS = 0x8000


AGENT_SUPPORTS_GROUPS: Final = 0x20000
"""``NETAGENT_FLAG_SUPPORTS_GROUPS``, from xnu-8019 on."""

ANY_NEXUS: Final = (
    AgentFlag.NEXUS_PROVIDER
    | AgentFlag.NEXUS_LISTENER
    | AgentFlag.CUSTOM_ETHER_NEXUS
    | AgentFlag.CUSTOM_IP_NEXUS
    | AgentFlag.INTERPOSE_NEXUS
)
"""The flags of which an agent for nexuses has one. Up to xnu-4903 all have NEXUS_PROVIDER."""


class AgentEvent(enum.IntEnum):
    """``KEV_NETAGENT_*``: codes of kernel events about agents."""

    REGISTERED = 1
    UNREGISTERED = 2
    UPDATED = 3
    UPDATED_INTERFACES = 4


MESSAGE_FLAGS_RESPONSE: Final = 0x01
"""``NETAGENT_MESSAGE_FLAGS_RESPONSE``: the message answers one of the agent's."""

TRIGGER_FLAG_USER: Final = 0x0001
"""``NETAGENT_TRIGGER_FLAG_USER``: a process triggered the agent by system call."""

DOMAIN_BYTES: Final = 32
TYPE_BYTES: Final = 32
DESC_BYTES: Final = 128
MAX_AGENT_DATA_BYTES: Final = 4096
USE_COUNT_BYTES: Final = 8

MESSAGE_HEADER: Final = Struct(
    "<"
    "B"  # message_type @0
    "B"  # message_flags @1
    "2x"
    "I"  # message_id @4
    "I"  # message_error @8
    "I"  # message_payload_length @12
)
"""``struct netagent_message_header``."""
MESSAGE_HEADER_BYTES: Final = 16
assert MESSAGE_HEADER.size == MESSAGE_HEADER_BYTES

NETAGENT: Final = Struct(
    "<"
    "16s"  # netagent_uuid @0
    "32s"  # netagent_domain @16
    "32s"  # netagent_type @48
    "128s"  # netagent_desc @80
    "I"  # netagent_flags @208
    "I"  # netagent_data_size @212
)
"""``struct netagent``, which ``netagent_data_size`` bytes of data follow."""
NETAGENT_BYTES: Final = 216
assert NETAGENT.size == NETAGENT_BYTES

TRIGGER_MESSAGE: Final = Struct(
    "<"
    "I"  # trigger_flags @0
    "I"  # trigger_pid @4
    "16s"  # trigger_proc_uuid @8
)
"""``struct netagent_trigger_message``."""
TRIGGER_MESSAGE_BYTES: Final = 24
assert TRIGGER_MESSAGE.size == TRIGGER_MESSAGE_BYTES

KEV_NETWORK_CLASS: Final = 1
KEV_NETAGENT_SUBCLASS: Final = 9
KEV_NETPOLICY_IFFAILED: Final = 2
"""The code of a network-policy event: an interface could not be brought up."""
