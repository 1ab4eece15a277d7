"""Numbers and layouts of the policy interface: session actions, policy TLVs, conditions, results.

Source: bsd/net/necp.h, bsd/net/necp.c, bsd/net/net_kev.h, bsd/sys/kern_event.h.
"""

from __future__ import annotations

import enum
from struct import Struct
from typing import Final


class SessionAction(enum.IntEnum):
    """``NECP_SESSION_ACTION_*``."""

    POLICY_ADD = 1
    POLICY_GET = 2
    POLICY_DELETE = 3
    POLICY_APPLY_ALL = 4
    POLICY_LIST_ALL = 5
    POLICY_DELETE_ALL = 6
    SET_SESSION_PRIORITY = 7
    LOCK_SESSION_TO_PROC = 8
    REGISTER_SERVICE = 9
    UNREGISTER_SERVICE = 10
    POLICY_DUMP_ALL = 11
    ADD_DOMAIN_FILTER = 12
    REMOVE_DOMAIN_FILTER = 13
    REMOVE_ALL_DOMAIN_FILTERS = 14
    ADD_DOMAIN_TRIE = 15
    REMOVE_DOMAIN_TRIE = 16
    REMOVE_ALL_DOMAIN_TRIES = 17
    TRIE_DUMP_ALL = 18


class PolicyTlv(enum.IntEnum):
    """``NECP_TLV_*``: types of the TLVs that make up a policy, or an answer of a session."""

    NIL = 0
    ERROR = 1
    POLICY_ORDER = 2
    POLICY_CONDITION = 3
    POLICY_RESULT = 4
    POLICY_ID = 5
    SESSION_PRIORITY = 6
    ATTRIBUTE_DOMAIN = 7
    ATTRIBUTE_ACCOUNT = 8
    SERVICE_UUID = 9
    ROUTE_RULE = 10
    ATTRIBUTE_DOMAIN_OWNER = 11
    ATTRIBUTE_TRACKER_DOMAIN = 12
    ATTRIBUTE_DOMAIN_CONTEXT = 13
    POLICY_OWNER = 100
    POLICY_DUMP = 101
    POLICY_RESULT_STRING = 102
    POLICY_SESSION_ORDER = 103


class PolicyCondition(enum.IntEnum):
    """``NECP_POLICY_CONDITION_*``: the first byte of a condition; flags follow, then its value."""

    DEFAULT = 0
    APPLICATION = 1
    REAL_APPLICATION = 2
    DOMAIN = 3
    ACCOUNT = 4
    ENTITLEMENT = 5
    PID = 6
    UID = 7
    ALL_INTERFACES = 8
    BOUND_INTERFACE = 9
    TRAFFIC_CLASS = 10
    IP_PROTOCOL = 11
    LOCAL_ADDR = 12
    REMOTE_ADDR = 13
    LOCAL_ADDR_RANGE = 14
    REMOTE_ADDR_RANGE = 15
    AGENT_TYPE = 16
    HAS_CLIENT = 17
    LOCAL_NETWORKS = 18
    FLOW_IP_PROTOCOL = 19
    FLOW_LOCAL_ADDR = 20
    FLOW_REMOTE_ADDR = 21
    FLOW_LOCAL_ADDR_RANGE = 22
    FLOW_REMOTE_ADDR_RANGE = 23
    CLIENT_FLAGS = 24
    FLOW_LOCAL_ADDR_EMPTY = 25
    FLOW_REMOTE_ADDR_EMPTY = 26
    PLATFORM_BINARY = 27
    SDK_VERSION = 28
    SIGNING_IDENTIFIER = 29
    PACKET_FILTER_TAGS = 30
    FLOW_IS_LOOPBACK = 31
    DELEGATE_IS_PLATFORM_BINARY = 32
    SCHEME_PORT = 37
    DOMAIN_FILTER = 38
    SYSTEM_SIGNED_RESULT = 39
    REAL_UID = 40
    URL = 42
    BOUND_INTERFACE_FLAGS = 43


class PolicyConditionFlag(enum.IntFlag):
    """``NECP_POLICY_CONDITION_FLAGS_*``: the second byte of a condition."""

    NEGATIVE = 0x01
    EXACT = 0x02


class LocalNetworksFlag(enum.IntFlag):
    """``NECP_POLICY_LOCAL_NETWORKS_FLAG_*``: the value of a condition on local networks."""

    INCLUDE_LOCAL_ADDRESSES = 0x01


class PolicyResult(enum.IntEnum):
    """``NECP_POLICY_RESULT_*`` and ``NECP_KERNEL_POLICY_RESULT_*``: the same numbers."""

    NONE = 0
    PASS = 1
    SKIP = 2
    DROP = 3
    SOCKET_DIVERT = 4
    SOCKET_FILTER = 5
    IP_TUNNEL = 6
    IP_FILTER = 7
    TRIGGER = 8
    TRIGGER_IF_NEEDED = 9
    TRIGGER_SCOPED = 10
    NO_TRIGGER_SCOPED = 11
    SOCKET_SCOPED = 12
    ROUTE_RULES = 13
    USE_NETAGENT = 14
    NETAGENT_SCOPED = 15
    SCOPED_DIRECT = 16
    ALLOW_UNENTITLED = 17
    REMOVE_NETAGENT = 18


class DropFlag(enum.IntFlag):
    """``NECP_POLICY_DROP_FLAG_*``: the parameter of DROP, from xnu-7195 on."""

    LOCAL_NETWORK = 0x01
    SUPPRESS_ALERTS = 0x02


class RouteRuleAction(enum.IntEnum):
    """``NECP_ROUTE_RULE_*``: the first byte of a route rule; flags follow, then its interface."""

    NONE = 0
    DENY_INTERFACE = 1
    ALLOW_INTERFACE = 2
    QOS_MARKING = 3
    DENY_LQM_ABORT = 4
    USE_NETAGENT = 5
    REMOVE_NETAGENT = 6
    DIVERT_SOCKET = 7
    DENY_INTERFACE_WITH_TYPE = 8


class RouteRuleFlag(enum.IntFlag):
    """``NECP_ROUTE_RULE_FLAG_*``: the kinds of interfaces a rule without a name is about.

    With ``NETAGENT``, the rule counts only where policies name the agent that its value is.
    """

    CELLULAR = 0x01
    WIFI = 0x02
    WIRED = 0x04
    EXPENSIVE = 0x08
    CONSTRAINED = 0x10
    COMPANION = 0x20
    VPN = 0x40
    NETAGENT = 0x80


class SessionPriority(enum.IntEnum):
    """``NECP_SESSION_PRIORITY_*``; any other number is kept too, and ordered like ``DEFAULT``."""

    UNKNOWN = 0
    CONTROL = 1
    PRIVILEGED_TUNNEL = 2
    HIGH = 3
    DEFAULT = 4
    LOW = 5


class SessionPriorityOfAll(enum.IntEnum):
    """The priorities that have the same number in every release."""

    UNKNOWN = 0
    CONTROL = 1


class SessionPriority6153(enum.IntEnum):
    """``NECP_SESSION_PRIORITY_*`` from xnu-6153.101.6 on."""

    UNKNOWN = 0
    CONTROL = 1
    PRIVILEGED_TUNNEL = 2
    HIGH = 3
    HIGH_1 = 4
    HIGH_2 = 5
    HIGH_3 = 6
    HIGH_4 = 7
    HIGH_RESTRICTED = 8
    DEFAULT = 9
    LOW = 10


class SessionPriority8792(enum.IntEnum):
    """``NECP_SESSION_PRIORITY_*`` from xnu-8792.41.9 on."""

    UNKNOWN = 0
    CONTROL = 1
    CONTROL_1 = 2
    PRIVILEGED_TUNNEL = 3
    HIGH = 4
    HIGH_1 = 5
    HIGH_2 = 6
    HIGH_3 = 7
    HIGH_4 = 8
    HIGH_RESTRICTED = 9
    DEFAULT = 10
    LOW = 11


class PolicyError(enum.IntEnum):
    """``NECP_ERROR_*``: why a policy message failed, before it becomes an error number."""

    INTERNAL = 0
    UNKNOWN_PACKET_TYPE = 1
    INVALID_TLV = 2
    POLICY_RESULT_INVALID = 3
    POLICY_CONDITIONS_INVALID = 4
    POLICY_ID_NOT_FOUND = 5
    INVALID_PROCESS = 6
    ROUTE_RULES_INVALID = 7


class KernelCondition(enum.IntEnum):
    """``NECP_KERNEL_CONDITION_*``: the bits of a kernel policy's condition masks.

    Not an ``IntFlag``, so that masks are plain numbers: matching tests them all the time.
    """

    ALL_INTERFACES = 0x00001
    BOUND_INTERFACE = 0x00002
    PROTOCOL = 0x00004
    LOCAL_START = 0x00008
    LOCAL_END = 0x00010
    LOCAL_PREFIX = 0x00020
    REMOTE_START = 0x00040
    REMOTE_END = 0x00080
    REMOTE_PREFIX = 0x00100
    APP_ID = 0x00200
    REAL_APP_ID = 0x00400
    DOMAIN = 0x00800
    ACCOUNT_ID = 0x01000
    POLICY_ID = 0x02000
    PID = 0x04000
    UID = 0x08000
    LAST_INTERFACE = 0x10000
    TRAFFIC_CLASS = 0x20000
    ENTITLEMENT = 0x40000
    CUSTOM_ENTITLEMENT = 0x80000
    AGENT_TYPE = 0x100000
    HAS_CLIENT = 0x200000
    LOCAL_NETWORKS = 0x400000
    CLIENT_FLAGS = 0x800000
    LOCAL_EMPTY = 0x1000000
    REMOTE_EMPTY = 0x2000000
    PLATFORM_BINARY = 0x4000000
    SDK_VERSION = 0x8000000
    SIGNING_IDENTIFIER = 0x10000000
    PACKET_FILTER_TAGS = 0x20000000
    IS_LOOPBACK = 0x40000000
    DELEGATE_IS_PLATFORM_BINARY = 0x80000000
    SCHEME_PORT = 0x100000000
    DOMAIN_FILTER = 0x200000000
    SYSTEM_SIGNED_RESULT = 0x400000000
    EXACT_DOMAIN = 0x800000000
    REAL_UID = 0x1000000000
    URL = 0x2000000000
    BOUND_INTERFACE_FLAGS = 0x4000000000


class BooleanState(enum.IntEnum):
    """``enum necp_boolean_state``: an answer that is remembered once it is known."""

    UNKNOWN = 0
    FALSE = 1
    TRUE = 2


class UuidPolicyOperation(enum.IntEnum):
    """``PROC_UUID_POLICY_OPERATION_*`` (bsd/sys/proc_uuid_policy.h)."""

    CLEAR = 0
    ADD = 1
    REMOVE = 2


PROC_UUID_NECP_APP_POLICY: Final = 0x02
"""Marks executables that a policy's application condition names, in the uuid policy table."""

KEV_NETWORK_CLASS: Final = 1
KEV_NECP_SUBCLASS: Final = 8
KEV_NECP_POLICIES_CHANGED: Final = 1

MAX_POLICY_RESULT_BYTES: Final = 512
MAX_ROUTE_RULES_BYTES: Final = 1024
MAX_CONDITIONS_BYTES: Final = 4096
MAX_POLICY_BYTES: Final = 1024 + MAX_POLICY_RESULT_BYTES + MAX_CONDITIONS_BYTES
MAX_POLICY_LIST_COUNT: Final = 1024
MAX_RESULT_STRING_BYTES: Final = 64
MAX_ROUTE_RULE_INTERFACES: Final = 10
MAX_AGGREGATE_ROUTE_RULES: Final = 16
MAXCOMLEN: Final = 16

POLICY_ID: Final = Struct("<I")
POLICY_ORDER: Final = Struct("<I")
SESSION_PRIORITY: Final = Struct("<I")
DOMAIN_SET_ID: Final = Struct("<I")
"""The id of a domain filter or of a domain trie."""

TC_RANGE: Final = Struct("<II")
"""``struct necp_policy_condition_tc_range``: first and last traffic class."""

CONDITION_ADDR: Final = Struct("<B28s")
"""``struct necp_policy_condition_addr``: prefix length and address."""

CONDITION_ADDR_RANGE: Final = Struct("<28s28s")
"""``struct necp_policy_condition_addr_range``: first and last address."""

CONDITION_AGENT_TYPE: Final = Struct("<32s32s")
"""``struct necp_policy_condition_agent_type``: domain and type of agents."""

LOOPBACK_PASS_ALL: Final = 1
LOOPBACK_PASS_WITH_FILTER: Final = 2
"""``NECP_LOOPBACK_PASS_*``: values of the sysctl pass_loopback."""

CONDITION_INTERFACE_FLAGS: Final = Struct("<III")
"""``if_flags``, ``if_eflags`` and ``if_xflags`` of the interface that traffic is bound to."""

CONDITION_SDK_VERSION: Final = Struct("<III")
"""``struct necp_policy_condition_sdk_version``: platform, least minimum version, least version."""

MAX_PACKET_FILTER_TAG: Final = 1
"""``NECP_POLICY_CONDITION_PACKET_FILTER_TAG_MAX``."""

FLOW_DIVERT_IS_TRANSPARENT: Final = 0x80000000
"""The bit in a control unit that says that a proxy is transparent (flow_divert_proto.h)."""

RESULT_SERVICE: Final = Struct("<16sI")
"""``struct necp_policy_result_service``: service and its data."""

RESULT_FLAGS_BYTES: Final = 4
"""Flags of a policy that passes or drops traffic, in releases that have them."""
IP_TUNNEL_SECONDARY_RESULT_BYTES: Final = 4
IP_TUNNEL_MAX_BYTES: Final = IP_TUNNEL_SECONDARY_RESULT_BYTES + 24
"""``struct necp_policy_result_ip_tunnel``: a secondary result, then an interface name."""

NO_FILTER_UNIT: Final = 0xFFFFFFFF
"""``NECP_FILTER_UNIT_NO_FILTER``: prohibits all filters."""

FILTER_PRESERVES_CONNECTIONS: Final = 0x20000000
"""``NECP_MASK_PRESERVE_CONNECTIONS``: the bit in a control unit that says that a filter leaves
connections alone that were there before it."""

POLICY_ID_NO_MATCH: Final = 1
"""``NECP_KERNEL_POLICY_ID_NO_MATCH``."""

FIRST_SOCKET_POLICY_ID: Final = 2
"""``NECP_KERNEL_POLICY_ID_FIRST_VALID_SOCKET``."""

FIRST_IP_POLICY_ID: Final = 0xFFFF
"""``NECP_KERNEL_POLICY_ID_FIRST_VALID_IP``."""

NULL_SERVICE_ID: Final = 1
"""``NECP_NULL_SERVICE_ID``: the id that the all-zero service uuid always has."""

MAX_ROUTE_RULE_ID: Final = 0xFFFF
"""Route rules with greater ids are aggregates of several."""
