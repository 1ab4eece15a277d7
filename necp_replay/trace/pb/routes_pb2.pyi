from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RouteStats(_message.Message):
    __slots__ = ("rxpackets", "rxbytes", "txpackets", "txbytes", "cell_rxbytes", "cell_txbytes", "wifi_rxbytes", "wifi_txbytes", "wired_rxbytes", "wired_txbytes", "rxduplicatebytes", "rxoutoforderbytes", "txretransmit", "connectattempts", "connectsuccesses", "min_rtt", "avg_rtt", "var_rtt")
    RXPACKETS_FIELD_NUMBER: _ClassVar[int]
    RXBYTES_FIELD_NUMBER: _ClassVar[int]
    TXPACKETS_FIELD_NUMBER: _ClassVar[int]
    TXBYTES_FIELD_NUMBER: _ClassVar[int]
    CELL_RXBYTES_FIELD_NUMBER: _ClassVar[int]
    CELL_TXBYTES_FIELD_NUMBER: _ClassVar[int]
    WIFI_RXBYTES_FIELD_NUMBER: _ClassVar[int]
    WIFI_TXBYTES_FIELD_NUMBER: _ClassVar[int]
    WIRED_RXBYTES_FIELD_NUMBER: _ClassVar[int]
    WIRED_TXBYTES_FIELD_NUMBER: _ClassVar[int]
    RXDUPLICATEBYTES_FIELD_NUMBER: _ClassVar[int]
    RXOUTOFORDERBYTES_FIELD_NUMBER: _ClassVar[int]
    TXRETRANSMIT_FIELD_NUMBER: _ClassVar[int]
    CONNECTATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    CONNECTSUCCESSES_FIELD_NUMBER: _ClassVar[int]
    MIN_RTT_FIELD_NUMBER: _ClassVar[int]
    AVG_RTT_FIELD_NUMBER: _ClassVar[int]
    VAR_RTT_FIELD_NUMBER: _ClassVar[int]
    rxpackets: int
    rxbytes: int
    txpackets: int
    txbytes: int
    cell_rxbytes: int
    cell_txbytes: int
    wifi_rxbytes: int
    wifi_txbytes: int
    wired_rxbytes: int
    wired_txbytes: int
    rxduplicatebytes: int
    rxoutoforderbytes: int
    txretransmit: int
    connectattempts: int
    connectsuccesses: int
    min_rtt: int
    avg_rtt: int
    var_rtt: int
    def __init__(self, rxpackets: _Optional[int] = ..., rxbytes: _Optional[int] = ..., txpackets: _Optional[int] = ..., txbytes: _Optional[int] = ..., cell_rxbytes: _Optional[int] = ..., cell_txbytes: _Optional[int] = ..., wifi_rxbytes: _Optional[int] = ..., wifi_txbytes: _Optional[int] = ..., wired_rxbytes: _Optional[int] = ..., wired_txbytes: _Optional[int] = ..., rxduplicatebytes: _Optional[int] = ..., rxoutoforderbytes: _Optional[int] = ..., txretransmit: _Optional[int] = ..., connectattempts: _Optional[int] = ..., connectsuccesses: _Optional[int] = ..., min_rtt: _Optional[int] = ..., avg_rtt: _Optional[int] = ..., var_rtt: _Optional[int] = ...) -> None: ...

class RouteFlagNames(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, items: _Optional[_Iterable[str]] = ...) -> None: ...

class RouteFlags(_message.Message):
    __slots__ = ("number", "names")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    NAMES_FIELD_NUMBER: _ClassVar[int]
    number: int
    names: RouteFlagNames
    def __init__(self, number: _Optional[int] = ..., names: _Optional[_Union[RouteFlagNames, _Mapping]] = ...) -> None: ...

class RouteAdd(_message.Message):
    __slots__ = ("id", "dest", "prefix", "ifindex", "gateway", "scoped", "flags", "mtu", "stats")
    ID_FIELD_NUMBER: _ClassVar[int]
    DEST_FIELD_NUMBER: _ClassVar[int]
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    IFINDEX_FIELD_NUMBER: _ClassVar[int]
    GATEWAY_FIELD_NUMBER: _ClassVar[int]
    SCOPED_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    STATS_FIELD_NUMBER: _ClassVar[int]
    id: str
    dest: str
    prefix: int
    ifindex: int
    gateway: str
    scoped: bool
    flags: RouteFlags
    mtu: int
    stats: RouteStats
    def __init__(self, id: _Optional[str] = ..., dest: _Optional[str] = ..., prefix: _Optional[int] = ..., ifindex: _Optional[int] = ..., gateway: _Optional[str] = ..., scoped: _Optional[bool] = ..., flags: _Optional[_Union[RouteFlags, _Mapping]] = ..., mtu: _Optional[int] = ..., stats: _Optional[_Union[RouteStats, _Mapping]] = ...) -> None: ...

class RouteUpdate(_message.Message):
    __slots__ = ("id", "stats", "detach_stats", "mtu", "flags_set", "flags_clear")
    ID_FIELD_NUMBER: _ClassVar[int]
    STATS_FIELD_NUMBER: _ClassVar[int]
    DETACH_STATS_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    FLAGS_SET_FIELD_NUMBER: _ClassVar[int]
    FLAGS_CLEAR_FIELD_NUMBER: _ClassVar[int]
    id: str
    stats: RouteStats
    detach_stats: bool
    mtu: int
    flags_set: RouteFlags
    flags_clear: RouteFlags
    def __init__(self, id: _Optional[str] = ..., stats: _Optional[_Union[RouteStats, _Mapping]] = ..., detach_stats: _Optional[bool] = ..., mtu: _Optional[int] = ..., flags_set: _Optional[_Union[RouteFlags, _Mapping]] = ..., flags_clear: _Optional[_Union[RouteFlags, _Mapping]] = ...) -> None: ...

class RouteDelete(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...
