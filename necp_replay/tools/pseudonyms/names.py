"""Collects the names in a trace, then gives the pseudonym of each."""

from __future__ import annotations

import ipaddress
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from itertools import islice
from typing import Final, Protocol

from necp_replay.abi.address_text import ip_text
from necp_replay.abi.uuid import UUID_BYTES, as_client_id, as_flow_id, is_flow_id
from necp_replay.dataclass import dataclass
from necp_replay.events.inputs import Step
from necp_replay.kernel.client_actions.signed_client_id import (
    HOST_ENTITLEMENT,
    NETWORK_ENTITLEMENT,
)
from necp_replay.kernel.notifications.radio_manager import RADIO_MANAGER
from necp_replay.kernel.policy.exemptions import (
    CONFIGD,
    EXEMPTING_ENTITLEMENTS,
    is_coprocessor_address,
)
from necp_replay.kernel.policy.prohibited_route import (
    MANAGEMENT_ENTITLEMENTS,
    ULTRA_CONSTRAINED_ENTITLEMENT,
)
from necp_replay.kernel.policy.socket_info import MATCH_ENTITLEMENTS
from necp_replay.releases.profile import Profile
from necp_replay.tools.pseudonyms.addresses import (
    IPV4_BITS,
    IPV6_BITS,
    AddressCipher,
    broadcast_nodes,
    order_nodes,
    path_nodes,
)
from necp_replay.tools.pseudonyms.keyed import Keyed
from necp_replay.tools.pseudonyms.strings import OPAQUE, TEXT, StringCipher

KEPT_ENTITLEMENTS: Final = (
    *EXEMPTING_ENTITLEMENTS,
    *MATCH_ENTITLEMENTS,
    *MANAGEMENT_ENTITLEMENTS,
    ULTRA_CONSTRAINED_ENTITLEMENT,
    NETWORK_ENTITLEMENT,
    HOST_ENTITLEMENT,
)
"""The entitlements that the kernel itself looks for."""
KEPT_TEXTS: Final = frozenset(
    (
        (b"agent", b"Cellular"),
        *((b"agent", name) for name in RADIO_MANAGER),
        (b"process", CONFIGD.encode()),
        *((b"entitlement", name.encode()) for name in KEPT_ENTITLEMENTS),
    )
)
"""What the kernel itself looks for, by kind: the domain of agents whose failure it reports, the
manager of the radio, whom policies exempt, and the entitlements that it asks for."""

_BUCKET_BITS: Final = 0x3F
"""The bits of an id's first byte that choose its bucket in the kernel's table of executables, the
order of which shows. They stay."""
_IPV4_IN_IPV6: Final = (0, 0xFFFF)
"""The first 96 bits of IPv6 addresses that hold an IPv4 address."""
_LINK_LOCAL: Final = 0xFE80
_MULTICAST: Final = 0xFF
_SCOPED_MULTICAST: Final = (1, 2)
"""The scopes of multicast addresses, interface and link, that the kernel embeds an interface in."""


class Names(Protocol):
    """Replaces everything that identifies people by values of the same length."""

    renames_interfaces: bool
    profile: Profile
    sessions_of_several: set[str]
    """The sessions of agents that are for several, so that options begin with an agent's id."""

    def uuid(self, value: bytes) -> bytes:
        """An id; one that is not 16 bytes long counts as filled with zeros, or as cut."""

    def uuid_start(self, value: bytes) -> bytes:
        """The first bytes of an id whose rest is not there, as after a fault."""

    def opaque(self, value: bytes) -> bytes:
        """Bytes of which only zeros and equal beginnings mean something."""

    def text(self, kind: bytes, value: bytes) -> bytes:
        """A name of some kind: a process's, an agent's, an account's. Cut short it stays equal."""

    def domain(self, value: bytes) -> bytes:
        """A domain name; equal ends stay equal, as conditions compare them."""

    def domain_start(self, value: bytes, whole_bytes: int) -> bytes:
        """The first bytes of a domain of at most ``whole_bytes``, whose rest is not there."""

    def ipv4(self, value: bytes) -> bytes:
        """An IPv4 address of 4 bytes."""

    def ipv6(self, value: bytes) -> bytes:
        """An IPv6 address of 16 bytes."""

    def ipv6_end(self, value: bytes) -> bytes:
        """The last 8 bytes of an IPv6 address whose first are gone."""

    def subnet(self, address: bytes, prefix: int) -> None:
        """An interface has this address and prefix, so the subnet's broadcast address counts."""

    def bound(self, value: bytes) -> None:
        """Addresses of 4 or 16 bytes are compared with this one by order."""


@dataclass(slots=True)
class Collector:
    """Changes nothing, and collects everything that the choice of pseudonyms depends on."""

    profile: Profile
    """The release of the trace: structures have its layouts."""
    renames_interfaces: bool = True
    sessions_of_several: set[str] = field(default_factory=set)
    generated: set[bytes] = field(default_factory=set)
    """The ids that the kernel's generator returned."""
    ids: set[bytes] = field(default_factory=set)
    """All ids of inputs."""
    short_ids: set[bytes] = field(default_factory=set)
    """Ids that were cut, filled up with zeros, as the kernel does with some."""
    domains: set[bytes] = field(default_factory=set)
    subnets: set[tuple[bytes, int]] = field(default_factory=set)
    bounds: set[bytes] = field(default_factory=set)
    addresses: set[bytes] = field(default_factory=set)

    def learn(self, step: Step) -> None:
        """Take in the ids generated during a step."""
        self.generated.update(step.uuids)

    def uuid(self, value: bytes) -> bytes:
        self.ids.add(value[:UUID_BYTES])
        return value

    def uuid_start(self, value: bytes) -> bytes:
        self.short_ids.add(value.ljust(UUID_BYTES, b"\0"))
        return value

    def opaque(self, value: bytes) -> bytes:
        return value

    def text(self, kind: bytes, value: bytes) -> bytes:
        return value

    def domain(self, value: bytes) -> bytes:
        self.domains.add(value)
        return value

    def domain_start(self, value: bytes, whole_bytes: int) -> bytes:
        return value

    def ipv4(self, value: bytes) -> bytes:
        self.addresses.add(value)
        return value

    def ipv6(self, value: bytes) -> bytes:
        self.addresses.add(value)
        return value

    def ipv6_end(self, value: bytes) -> bytes:
        return value

    def subnet(self, address: bytes, prefix: int) -> None:
        self.subnets.add((address, prefix))

    def bound(self, value: bytes) -> None:
        self.bounds.add(value)


class Pseudonyms:
    """The pseudonyms that follow from a key and what was collected."""

    def __init__(
        self,
        keyed: Keyed,
        collected: Collector,
        *,
        renames_interfaces: bool,
        remembers: bool = False,
    ) -> None:
        """``remembers`` is for writing the map: it keeps every pair of name and pseudonym."""
        self.renames_interfaces = renames_interfaces
        self.profile = collected.profile
        self.sessions_of_several: set[str] = set()
        self.pairs: dict[str, dict[str, str]] = {}
        self._remembers = remembers
        self._keyed = keyed
        self._texts: dict[bytes, StringCipher] = {}
        self._opaque = StringCipher(keyed, b"opaque", OPAQUE)
        self._domains = StringCipher(keyed, b"domain", TEXT)
        self._generated = _in_order(keyed, collected.generated)
        self._known_ids = sorted(collected.ids)
        self._short_ids = collected.short_ids
        self._known_domains = sorted(collected.domains)
        self._ipv6_by_end = {
            address[8:]: address for address in sorted(collected.addresses) if len(address) == 16
        }
        self._ipv4 = _address_cipher(keyed, IPV4_BITS, collected)
        self._ipv6 = _address_cipher(keyed, IPV6_BITS, collected)

    def uuid(self, value: bytes) -> bytes:
        whole = value[:UUID_BYTES].ljust(UUID_BYTES, b"\0")
        if not any(whole):
            return value
        generated = self._generated.get(as_client_id(whole))
        if generated is not None:
            renamed = as_flow_id(generated) if is_flow_id(whole) else generated
        else:
            renamed = self.opaque(whole) if whole in self._short_ids else self._hashed(whole)
        self._remember("ids", whole.hex(), renamed.hex())
        return renamed + self.opaque(value[UUID_BYTES:])

    def uuid_start(self, value: bytes) -> bytes:
        if not any(value) or value.ljust(UUID_BYTES, b"\0") in self._short_ids:
            return self.opaque(value)
        whole = list(_beginning_with(value, self._known_ids))
        # An id that was itself read in part may begin with the same bytes.
        whole.sort(key=lambda uuid: as_client_id(uuid) not in self._generated)
        return self.uuid(whole[0])[: len(value)] if whole else self.opaque(value)

    def opaque(self, value: bytes) -> bytes:
        return self._opaque.forwards(value)

    def text(self, kind: bytes, value: bytes) -> bytes:
        if (kind, value.partition(b"\0")[0]) in KEPT_TEXTS:
            return value
        cipher = self._texts.get(kind)
        if cipher is None:
            cipher = self._texts[kind] = StringCipher(self._keyed, kind, TEXT)
        renamed = cipher.forwards(value)
        self._remember(kind.decode(), _shown(value), _shown(renamed))
        return renamed

    def domain(self, value: bytes) -> bytes:
        # Dots and stars around a name are trimmed before it is compared.
        name = value.rstrip(b".*")
        renamed = self._domains.backwards(name) + value[len(name) :]
        self._remember("domain", _shown(value), _shown(renamed))
        return renamed

    def domain_start(self, value: bytes, whole_bytes: int) -> bytes:
        known = _beginning_with(value, self._known_domains)
        fitting = [domain for domain in known if len(domain) <= whole_bytes]
        return self.domain(max(fitting, key=len, default=value))[: len(value)]

    def ipv4(self, value: bytes) -> bytes:
        renamed = self._ipv4.encipher(int.from_bytes(value, "big")).to_bytes(4, "big")
        if self._remembers:
            shown = str(ipaddress.IPv4Address(value))
            self._remember("addresses", shown, str(ipaddress.IPv4Address(renamed)))
        return renamed

    def ipv6(self, value: bytes) -> bytes:
        if int.from_bytes(value[:12], "big") in _IPV4_IN_IPV6:
            return value[:12] + self.ipv4(value[12:])
        without_scope = _without_scope(value)
        renamed = self._ipv6.encipher(int.from_bytes(without_scope, "big")).to_bytes(16, "big")
        if without_scope != value:
            renamed = renamed[:2] + value[2:4] + renamed[4:]
        if self._remembers:
            shown = ip_text(value)
            self._remember("addresses", shown, ip_text(renamed))
        return renamed

    def ipv6_end(self, value: bytes) -> bytes:
        whole = self._ipv6_by_end.get(value)
        return self.opaque(value) if whole is None else self.ipv6(whole)[-len(value) :]

    def subnet(self, address: bytes, prefix: int) -> None:
        """Nothing more to learn."""

    def bound(self, value: bytes) -> None:
        """Nothing more to learn."""

    def _hashed(self, uuid: bytes) -> bytes:
        digest = bytearray(self._keyed.digest(b"id", uuid)[:UUID_BYTES])
        digest[0] = digest[0] & ~_BUCKET_BITS | uuid[0] & _BUCKET_BITS
        renamed = as_client_id(bytes(digest))
        # Whether an id is that of a registration is asked before it is looked for.
        return as_flow_id(renamed) if is_flow_id(uuid) else renamed

    def _remember(self, kind: str, value: str, renamed: str) -> None:
        if self._remembers and value != renamed:
            self.pairs.setdefault(kind, {})[value] = renamed


def _in_order(keyed: Keyed, generated: Iterable[bytes]) -> dict[bytes, bytes]:
    """Pseudonyms for generated ids in the same order, since clients are gone through by id.

    The bit that tells a registration's id is clear in all of them, so that the two ids that the
    kernel may make of one have pseudonyms that belong together.
    """
    originals = sorted({as_client_id(uuid) for uuid in generated if any(uuid)})
    renamed = sorted(
        as_client_id(keyed.digest(b"generated id", uuid)[: len(uuid)]) for uuid in originals
    )
    return dict(zip(originals, renamed, strict=True))


def _address_cipher(keyed: Keyed, bits: int, collected: Collector) -> AddressCipher:
    found = (_without_scope(value) for value in collected.addresses if 8 * len(value) == bits)
    addresses = [_number(value) for value in found]
    ends = (_without_scope(value) for value in collected.bounds if 8 * len(value) == bits)
    bounds = {_number(value) for value in ends}
    fixed = set(order_nodes(bounds, addresses, bits))
    for address, prefix in collected.subnets:
        if 8 * len(address) == bits == IPV4_BITS:
            fixed.update(broadcast_nodes(_number(address), prefix))
    if bits == IPV6_BITS:
        for number in addresses:
            if is_coprocessor_address(number.to_bytes(16, "big")):
                fixed.update(path_nodes(number, bits))
    return AddressCipher(keyed, bits, fixed)


def _without_scope(address: bytes) -> bytes:
    """An address without the scope that the kernel embeds, so that both have one pseudonym."""
    if len(address) == 16 and _number(address[:2]) & 0xFFC0 == _LINK_LOCAL:
        return address[:2] + bytes(2) + address[4:]
    if len(address) == 16 and address[0] == _MULTICAST and address[1] & 0x0F in _SCOPED_MULTICAST:
        return address[:2] + bytes(2) + address[4:]
    return address


def _beginning_with(start: bytes, values: Sequence[bytes]) -> Iterator[bytes]:
    """Those of the sorted values that begin with some bytes."""
    for value in islice(values, bisect_left(values, start), None):
        if not value.startswith(start):
            return
        yield value


def _number(address: bytes) -> int:
    return int.from_bytes(address, "big")


def _shown(value: bytes) -> str:
    return value.rstrip(b"\0").decode("utf-8", "backslashreplace")
