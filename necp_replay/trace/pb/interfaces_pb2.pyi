from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class InterfaceAddress(_message.Message):
    __slots__ = ("addr", "prefix")
    ADDR_FIELD_NUMBER: _ClassVar[int]
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    addr: str
    prefix: int
    def __init__(self, addr: _Optional[str] = ..., prefix: _Optional[int] = ...) -> None: ...

class InterfaceAddresses(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[InterfaceAddress]
    def __init__(self, items: _Optional[_Iterable[_Union[InterfaceAddress, _Mapping]]] = ...) -> None: ...

class AgentIds(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, items: _Optional[_Iterable[bytes]] = ...) -> None: ...

class FlagNames(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, items: _Optional[_Iterable[str]] = ...) -> None: ...

class Nat64Prefix(_message.Message):
    __slots__ = ("prefix", "len")
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    LEN_FIELD_NUMBER: _ClassVar[int]
    prefix: str
    len: int
    def __init__(self, prefix: _Optional[str] = ..., len: _Optional[int] = ...) -> None: ...

class Nat64Prefixes(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Nat64Prefix]
    def __init__(self, items: _Optional[_Iterable[_Union[Nat64Prefix, _Mapping]]] = ...) -> None: ...

class IfaceAttach(_message.Message):
    __slots__ = ("index", "name", "functional_type", "flags", "eflags", "xflags", "mtu", "nd_mtu", "generation", "type", "family", "subfamily", "lqm_state", "if_state_valid", "cell_mss_recommended", "expensive", "delegate", "agents", "clear_addrs", "addrs", "del_addrs", "ipv4_signature", "ipv6_signature", "ordered", "position", "eflags_or", "eflags_clear", "xflags_or", "xflags_clear", "lastupdown", "nat64", "radio_type", "radio_channel", "hwassist")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    FUNCTIONAL_TYPE_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    EFLAGS_FIELD_NUMBER: _ClassVar[int]
    XFLAGS_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    ND_MTU_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    FAMILY_FIELD_NUMBER: _ClassVar[int]
    SUBFAMILY_FIELD_NUMBER: _ClassVar[int]
    LQM_STATE_FIELD_NUMBER: _ClassVar[int]
    IF_STATE_VALID_FIELD_NUMBER: _ClassVar[int]
    CELL_MSS_RECOMMENDED_FIELD_NUMBER: _ClassVar[int]
    EXPENSIVE_FIELD_NUMBER: _ClassVar[int]
    DELEGATE_FIELD_NUMBER: _ClassVar[int]
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    CLEAR_ADDRS_FIELD_NUMBER: _ClassVar[int]
    ADDRS_FIELD_NUMBER: _ClassVar[int]
    DEL_ADDRS_FIELD_NUMBER: _ClassVar[int]
    IPV4_SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    IPV6_SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    ORDERED_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    EFLAGS_OR_FIELD_NUMBER: _ClassVar[int]
    EFLAGS_CLEAR_FIELD_NUMBER: _ClassVar[int]
    XFLAGS_OR_FIELD_NUMBER: _ClassVar[int]
    XFLAGS_CLEAR_FIELD_NUMBER: _ClassVar[int]
    LASTUPDOWN_FIELD_NUMBER: _ClassVar[int]
    NAT64_FIELD_NUMBER: _ClassVar[int]
    RADIO_TYPE_FIELD_NUMBER: _ClassVar[int]
    RADIO_CHANNEL_FIELD_NUMBER: _ClassVar[int]
    HWASSIST_FIELD_NUMBER: _ClassVar[int]
    index: int
    name: str
    functional_type: int
    flags: int
    eflags: int
    xflags: int
    mtu: int
    nd_mtu: int
    generation: int
    type: int
    family: int
    subfamily: int
    lqm_state: int
    if_state_valid: int
    cell_mss_recommended: int
    expensive: bool
    delegate: int
    agents: AgentIds
    clear_addrs: bool
    addrs: InterfaceAddresses
    del_addrs: InterfaceAddresses
    ipv4_signature: bytes
    ipv6_signature: bytes
    ordered: bool
    position: int
    eflags_or: FlagNames
    eflags_clear: FlagNames
    xflags_or: FlagNames
    xflags_clear: FlagNames
    lastupdown: int
    nat64: Nat64Prefixes
    radio_type: int
    radio_channel: int
    hwassist: int
    def __init__(self, index: _Optional[int] = ..., name: _Optional[str] = ..., functional_type: _Optional[int] = ..., flags: _Optional[int] = ..., eflags: _Optional[int] = ..., xflags: _Optional[int] = ..., mtu: _Optional[int] = ..., nd_mtu: _Optional[int] = ..., generation: _Optional[int] = ..., type: _Optional[int] = ..., family: _Optional[int] = ..., subfamily: _Optional[int] = ..., lqm_state: _Optional[int] = ..., if_state_valid: _Optional[int] = ..., cell_mss_recommended: _Optional[int] = ..., expensive: _Optional[bool] = ..., delegate: _Optional[int] = ..., agents: _Optional[_Union[AgentIds, _Mapping]] = ..., clear_addrs: _Optional[bool] = ..., addrs: _Optional[_Union[InterfaceAddresses, _Mapping]] = ..., del_addrs: _Optional[_Union[InterfaceAddresses, _Mapping]] = ..., ipv4_signature: _Optional[bytes] = ..., ipv6_signature: _Optional[bytes] = ..., ordered: _Optional[bool] = ..., position: _Optional[int] = ..., eflags_or: _Optional[_Union[FlagNames, _Mapping]] = ..., eflags_clear: _Optional[_Union[FlagNames, _Mapping]] = ..., xflags_or: _Optional[_Union[FlagNames, _Mapping]] = ..., xflags_clear: _Optional[_Union[FlagNames, _Mapping]] = ..., lastupdown: _Optional[int] = ..., nat64: _Optional[_Union[Nat64Prefixes, _Mapping]] = ..., radio_type: _Optional[int] = ..., radio_channel: _Optional[int] = ..., hwassist: _Optional[int] = ...) -> None: ...

class IfaceUpdate(_message.Message):
    __slots__ = ("index", "functional_type", "flags", "eflags", "xflags", "mtu", "nd_mtu", "generation", "type", "family", "subfamily", "lqm_state", "if_state_valid", "cell_mss_recommended", "expensive", "delegate", "agents", "clear_addrs", "addrs", "del_addrs", "ipv4_signature", "ipv6_signature", "ordered", "position", "eflags_or", "eflags_clear", "xflags_or", "xflags_clear", "lastupdown", "nat64", "radio_type", "radio_channel", "hwassist")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    FUNCTIONAL_TYPE_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    EFLAGS_FIELD_NUMBER: _ClassVar[int]
    XFLAGS_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    ND_MTU_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    FAMILY_FIELD_NUMBER: _ClassVar[int]
    SUBFAMILY_FIELD_NUMBER: _ClassVar[int]
    LQM_STATE_FIELD_NUMBER: _ClassVar[int]
    IF_STATE_VALID_FIELD_NUMBER: _ClassVar[int]
    CELL_MSS_RECOMMENDED_FIELD_NUMBER: _ClassVar[int]
    EXPENSIVE_FIELD_NUMBER: _ClassVar[int]
    DELEGATE_FIELD_NUMBER: _ClassVar[int]
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    CLEAR_ADDRS_FIELD_NUMBER: _ClassVar[int]
    ADDRS_FIELD_NUMBER: _ClassVar[int]
    DEL_ADDRS_FIELD_NUMBER: _ClassVar[int]
    IPV4_SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    IPV6_SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    ORDERED_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    EFLAGS_OR_FIELD_NUMBER: _ClassVar[int]
    EFLAGS_CLEAR_FIELD_NUMBER: _ClassVar[int]
    XFLAGS_OR_FIELD_NUMBER: _ClassVar[int]
    XFLAGS_CLEAR_FIELD_NUMBER: _ClassVar[int]
    LASTUPDOWN_FIELD_NUMBER: _ClassVar[int]
    NAT64_FIELD_NUMBER: _ClassVar[int]
    RADIO_TYPE_FIELD_NUMBER: _ClassVar[int]
    RADIO_CHANNEL_FIELD_NUMBER: _ClassVar[int]
    HWASSIST_FIELD_NUMBER: _ClassVar[int]
    index: int
    functional_type: int
    flags: int
    eflags: int
    xflags: int
    mtu: int
    nd_mtu: int
    generation: int
    type: int
    family: int
    subfamily: int
    lqm_state: int
    if_state_valid: int
    cell_mss_recommended: int
    expensive: bool
    delegate: int
    agents: AgentIds
    clear_addrs: bool
    addrs: InterfaceAddresses
    del_addrs: InterfaceAddresses
    ipv4_signature: bytes
    ipv6_signature: bytes
    ordered: bool
    position: int
    eflags_or: FlagNames
    eflags_clear: FlagNames
    xflags_or: FlagNames
    xflags_clear: FlagNames
    lastupdown: int
    nat64: Nat64Prefixes
    radio_type: int
    radio_channel: int
    hwassist: int
    def __init__(self, index: _Optional[int] = ..., functional_type: _Optional[int] = ..., flags: _Optional[int] = ..., eflags: _Optional[int] = ..., xflags: _Optional[int] = ..., mtu: _Optional[int] = ..., nd_mtu: _Optional[int] = ..., generation: _Optional[int] = ..., type: _Optional[int] = ..., family: _Optional[int] = ..., subfamily: _Optional[int] = ..., lqm_state: _Optional[int] = ..., if_state_valid: _Optional[int] = ..., cell_mss_recommended: _Optional[int] = ..., expensive: _Optional[bool] = ..., delegate: _Optional[int] = ..., agents: _Optional[_Union[AgentIds, _Mapping]] = ..., clear_addrs: _Optional[bool] = ..., addrs: _Optional[_Union[InterfaceAddresses, _Mapping]] = ..., del_addrs: _Optional[_Union[InterfaceAddresses, _Mapping]] = ..., ipv4_signature: _Optional[bytes] = ..., ipv6_signature: _Optional[bytes] = ..., ordered: _Optional[bool] = ..., position: _Optional[int] = ..., eflags_or: _Optional[_Union[FlagNames, _Mapping]] = ..., eflags_clear: _Optional[_Union[FlagNames, _Mapping]] = ..., xflags_or: _Optional[_Union[FlagNames, _Mapping]] = ..., xflags_clear: _Optional[_Union[FlagNames, _Mapping]] = ..., lastupdown: _Optional[int] = ..., nat64: _Optional[_Union[Nat64Prefixes, _Mapping]] = ..., radio_type: _Optional[int] = ..., radio_channel: _Optional[int] = ..., hwassist: _Optional[int] = ...) -> None: ...

class IfaceDetach(_message.Message):
    __slots__ = ("index",)
    INDEX_FIELD_NUMBER: _ClassVar[int]
    index: int
    def __init__(self, index: _Optional[int] = ...) -> None: ...

class IfaceOrder(_message.Message):
    __slots__ = ("indices",)
    INDICES_FIELD_NUMBER: _ClassVar[int]
    indices: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, indices: _Optional[_Iterable[int]] = ...) -> None: ...

class IfaceAddAgent(_message.Message):
    __slots__ = ("index", "agent")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    index: int
    agent: bytes
    def __init__(self, index: _Optional[int] = ..., agent: _Optional[bytes] = ...) -> None: ...

class IfaceDelAgent(_message.Message):
    __slots__ = ("index", "agent")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    index: int
    agent: bytes
    def __init__(self, index: _Optional[int] = ..., agent: _Optional[bytes] = ...) -> None: ...
