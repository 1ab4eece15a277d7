"""A client's parameter TLVs, parsed into the form that evaluation needs."""

from __future__ import annotations

import enum
from typing import Final

from necp_replay.abi.client import SOCKADDR_UNION_BYTES
from necp_replay.abi.errno import Errno
from necp_replay.abi.uuid import ZERO_UUID


class ParsedField(enum.IntEnum):
    """``NECP_PARSED_PARAMETERS_FIELD_*``: which kinds of parameters were given.

    Only the kernel sees the numbers. Releases number the fields anew; these do not change.
    """

    LOCAL_ADDR = 0x00001
    REMOTE_ADDR = 0x00002
    PROHIBITED_IF = 0x00008
    REQUIRED_IFTYPE = 0x00010
    PROHIBITED_IFTYPE = 0x00020
    REQUIRED_AGENT = 0x00040
    PROHIBITED_AGENT = 0x00080
    PREFERRED_AGENT = 0x00100
    REQUIRED_AGENT_TYPE = 0x00200
    PROHIBITED_AGENT_TYPE = 0x00400
    PREFERRED_AGENT_TYPE = 0x00800
    FLAGS = 0x01000
    IP_PROTOCOL = 0x02000
    EFFECTIVE_PID = 0x04000
    EFFECTIVE_UUID = 0x08000
    TRAFFIC_CLASS = 0x10000
    LOCAL_PORT = 0x20000
    AVOIDED_AGENT = 0x40000
    AVOIDED_AGENT_TYPE = 0x80000
    TRANSPORT_PROTOCOL = 0x100000


PREFERRED_INTERFACE_FIELDS: Final = (
    ParsedField.PREFERRED_AGENT
    | ParsedField.PREFERRED_AGENT_TYPE
    | ParsedField.AVOIDED_AGENT
    | ParsedField.AVOIDED_AGENT_TYPE
)
"""``NECP_PARSED_PARAMETERS_PREFERRED_IFNET_FIELDS``: they rank interfaces, but exclude none."""

AVOIDED_AGENT_FIELDS: Final = ParsedField.AVOIDED_AGENT | ParsedField.AVOIDED_AGENT_TYPE
"""They rank interfaces too. In xnu-6153 they are no reason to look at unordered interfaces."""

SCOPED_INTERFACE_FIELDS: Final = (
    PREFERRED_INTERFACE_FIELDS
    | ParsedField.LOCAL_ADDR
    | ParsedField.REQUIRED_IFTYPE
    | ParsedField.REQUIRED_AGENT
    | ParsedField.REQUIRED_AGENT_TYPE
)
"""``NECP_PARSED_PARAMETERS_SCOPED_FIELDS``: a client that gives one is scoped. In xnu-4570 it was
called ``NECP_PARSED_PARAMETERS_SCOPED_IFNET_FIELDS``."""

INTERFACE_ONLY_FIELDS: Final = ParsedField.LOCAL_ADDR | ParsedField.REQUIRED_IFTYPE
"""``NECP_PARSED_PARAMETERS_SCOPED_IFNET_FIELDS`` of xnu-4903: only an interface can meet them."""

REQUIRED_FIELDS: Final = (
    ParsedField.REQUIRED_IFTYPE | ParsedField.REQUIRED_AGENT | ParsedField.REQUIRED_AGENT_TYPE
)
"""``NECP_PARSED_PARAMETERS_REQUIRED_FIELDS`` of xnu-6153, except a name of an interface."""

LISTED_FIELDS: Final = (
    ParsedField.REQUIRED_AGENT
    | ParsedField.REQUIRED_AGENT_TYPE
    | ParsedField.PROHIBITED_IF
    | ParsedField.PROHIBITED_IFTYPE
    | ParsedField.PROHIBITED_AGENT
    | ParsedField.PROHIBITED_AGENT_TYPE
)
"""Fields with a list of what is required or prohibited. Without the field, the list is empty."""

ARRAY_FIELDS: Final = LISTED_FIELDS | PREFERRED_INTERFACE_FIELDS
"""All fields with a list."""

INTERESTING_INTERFACE_FIELDS: Final = (
    SCOPED_INTERFACE_FIELDS
    | ParsedField.PROHIBITED_IF
    | ParsedField.PROHIBITED_IFTYPE
    | ParsedField.PROHIBITED_AGENT
    | ParsedField.PROHIBITED_AGENT_TYPE
)
"""``NECP_PARSED_PARAMETERS_INTERESTING_IFNET_FIELDS``: the choice of interface depends on them."""


class ParsedParameters:
    """``struct necp_client_parsed_parameters``, except what must be looked up at each evaluation.

    The kernel reads its arrays up to the first empty entry; the tuples here end there. An agent
    type is a pair of domain and type; an empty string matches any. Strings are without their final
    zero. The last of ``bound_interfaces`` that names an interface counts. ``local_interface_addr``
    is ``local_addr`` in the form of an interface's address, None without one. ``is_cut_short`` says
    that a TLV passed the end, where parsing stopped. ``delegated_upid`` is None where none is
    named, ``names_parent`` says that ``parent_id`` was given, and ``names_bundle`` that the
    identifier of a bundle was. ``resolver_tag`` is None without one, ``further_tags`` is how many
    more were given, and ``refusal`` why the kernel refuses the tag, OK where it does not.

    ``required_agent_slots`` and ``required_agent_type_slots`` are whole arrays, also after an
    empty entry: if policies add an agent there, the kernel reads on.
    """

    __slots__ = (
        "avoided_agent_types",
        "avoided_agents",
        "bound_interfaces",
        "delegated_upid",
        "demux_patterns",
        "effective_pid",
        "effective_uuid",
        "ethertype",
        "flags",
        "further_tags",
        "host_name",
        "ip_protocol",
        "is_cut_short",
        "local_addr",
        "local_address_preference",
        "local_interface_addr",
        "names_bundle",
        "names_parent",
        "parent_id",
        "preferred_agent_types",
        "preferred_agents",
        "prohibited_agent_types",
        "prohibited_agents",
        "prohibited_interface_types",
        "prohibited_interfaces",
        "refusal",
        "remote_addr",
        "required_agent_slots",
        "required_agent_type_slots",
        "required_agent_types",
        "required_agents",
        "required_interface_type",
        "resolver_tag",
        "traffic_class",
        "transport_protocol",
        "valid_fields",
    )

    def __init__(self) -> None:
        self.valid_fields = 0
        self.flags = 0
        self.is_cut_short = False
        self.local_addr = _NO_ADDRESS
        self.remote_addr = _NO_ADDRESS
        self.local_interface_addr: bytes | None = None
        self.bound_interfaces: tuple[bytes, ...] = ()
        self.prohibited_interfaces: tuple[bytes, ...] = ()
        self.required_interface_type = 0
        self.prohibited_interface_types: tuple[int, ...] = ()
        self.required_agents: tuple[bytes, ...] = ()
        self.prohibited_agents: tuple[bytes, ...] = ()
        self.preferred_agents: tuple[bytes, ...] = ()
        self.avoided_agents: tuple[bytes, ...] = ()
        self.required_agent_types: tuple[tuple[bytes, bytes], ...] = ()
        self.prohibited_agent_types: tuple[tuple[bytes, bytes], ...] = ()
        self.preferred_agent_types: tuple[tuple[bytes, bytes], ...] = ()
        self.avoided_agent_types: tuple[tuple[bytes, bytes], ...] = ()
        self.required_agent_slots: tuple[bytes, ...] = ()
        self.required_agent_type_slots: tuple[tuple[bytes, bytes], ...] = ()
        self.ip_protocol = 0
        self.effective_pid = 0
        self.effective_uuid = ZERO_UUID
        self.traffic_class = 0
        self.transport_protocol = 0
        self.ethertype = 0
        self.local_address_preference: int | None = None
        self.resolver_tag: bytes | None = None
        self.host_name = b""
        self.parent_id = ZERO_UUID
        self.names_parent = False
        self.names_bundle = False
        self.delegated_upid: int | None = None
        self.demux_patterns: tuple[bytes, ...] = ()
        self.further_tags = 0
        self.refusal: Errno = _OK

    @property
    def is_refused(self) -> bool:
        """Whether the kernel refuses the resolver tag, and so the parameters."""
        return self.refusal is not _OK


_OK: Final = Errno.OK
_NO_ADDRESS: Final = bytes(SOCKADDR_UNION_BYTES)
