"""COPY_INTERFACE."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import INTERFACE_DETAILS_BYTES, ClientAction, OpenFlag
from necp_replay.abi.client_structs import INTERFACE_DETAILS, InterfaceFlag
from necp_replay.abi.errno import Errno
from necp_replay.abi.interface import IFEF_CLAT46, IFEF_NOACKPRI, IFEF_TXSTART
from necp_replay.events.effects import UserOverrun
from necp_replay.events.interfaces import IfaceUpdate
from necp_replay.scenario.buffers import faulting, room
from necp_replay.scenario.system import InterfaceHandle
from tests.kernel.builders import Laptop, effects_of, make_laptop
from tests.kernel.client_actions.arguments import Arguments, shown, unreadable, verdict

FUNCTION = "necp_client_copy_interface"
COPY = ClientAction.COPY_INTERFACE
EN0 = b"\4\0\0\0"


def details(laptop: Laptop, ifp: InterfaceHandle) -> tuple[object, ...]:
    """The fields of ``struct necp_interface_details``."""
    answer = laptop.fd.action(COPY, ifp.index.to_bytes(4, "little"), room(INTERFACE_DETAILS_BYTES))
    assert (answer.errno, answer.retval) == (0, 0)
    return INTERFACE_DETAILS.unpack(shown(answer)[1].ljust(INTERFACE_DETAILS_BYTES, b"\0"))


@pytest.mark.parametrize(
    ("arguments", "errno"),
    [
        pytest.param(Arguments(None), Errno.EINVAL, id="no index"),
        pytest.param(Arguments(room(16)), Errno.EINVAL, id="an index as long as an id"),
        pytest.param(Arguments(EN0, None), Errno.EINVAL, id="no buffer"),
        pytest.param(Arguments(EN0, room(91)), Errno.EINVAL, id="a short buffer"),
        pytest.param(Arguments(faulting(4, 3)), Errno.EFAULT, id="an index that faults"),
        pytest.param(Arguments(bytes(4)), Errno.ENOENT, id="index 0"),
        pytest.param(Arguments(EN0, unreadable(bytes(92))), Errno.EFAULT, id="a fault"),
    ],
)
def test_bad_arguments_are_refused_with_a_log_record(arguments: Arguments, errno: Errno) -> None:
    assert verdict(arguments.call(make_laptop().fd, COPY)) == (errno, [FUNCTION])


@pytest.mark.parametrize("index", [2, 99, 0x80000000, 0xFFFFFFFF])
def test_an_unknown_index_succeeds_with_zeros(index: int) -> None:
    laptop = make_laptop()
    buffer = b"\xff" * 100
    answer = laptop.fd.action(COPY, index.to_bytes(4, "little"), buffer)
    assert answer.errno == 0
    assert shown(answer)[1] == bytes(92) + b"\xff" * 8


@pytest.mark.parametrize("flags", [0, OpenFlag.PUSH_OBSERVER])
def test_an_interface_is_described(flags: int) -> None:
    laptop = make_laptop(flags=flags)
    laptop.wifi.update(IfaceUpdate(0, ipv4_signature=b"\xaa" * 20, ipv6_signature=b"\xbb" * 7))
    assert details(laptop, laptop.wifi) == (
        b"en0".ljust(24, b"\0"),
        *(4, 7, 3, 0, 0, 1500),
        *(b"\xaa" * 20, 20),
        *((b"\xbb" * 7).ljust(20, b"\0"), 7),
    )


def test_flags_say_expensive_txstart_and_noackpri() -> None:
    laptop = make_laptop()
    assert details(laptop, laptop.cellular)[5] == InterfaceFlag.EXPENSIVE
    laptop.wired.update(IfaceUpdate(0, eflags=IFEF_TXSTART | IFEF_NOACKPRI))
    assert details(laptop, laptop.wired)[5] == InterfaceFlag.TXSTART | InterfaceFlag.NOACKPRI


def test_a_delegating_interface_names_its_delegate_and_is_as_expensive() -> None:
    laptop = make_laptop()
    tunnel = laptop.system.add_interface("utun0", 8, functional_type=0, delegate=laptop.cellular)
    described = details(laptop, tunnel)
    assert described[4] == laptop.cellular.index
    assert described[5] == InterfaceFlag.EXPENSIVE


def test_a_detached_interface_is_unknown() -> None:
    laptop = make_laptop()
    laptop.awdl.detach()
    assert details(laptop, laptop.awdl)[1] == 0


def test_a_name_is_cut_to_leave_its_zero() -> None:
    laptop = make_laptop()
    long = laptop.system.add_interface("x" * 30, 9)
    assert details(laptop, long)[0] == b"x" * 23 + b"\0"


@pytest.mark.parametrize(("size_bytes", "written_to"), [(92, 100), (99, 100), (100, 0)])
def test_netmask_and_broadcast_address_are_written_past_a_short_buffer(
    size_bytes: int, written_to: int
) -> None:
    laptop = make_laptop("xnu-6153.11.26")
    answer = laptop.fd.copy_interface(laptop.wifi.index, size_bytes)
    assert answer.errno == 0
    assert InterfaceFlag(answer.flags) & InterfaceFlag.HAS_NETMASK
    overruns = effects_of(answer, UserOverrun)
    expected = UserOverrun(size_bytes, written_to, "necp_client_copy_interface")
    assert overruns == ([expected] if written_to else [])


def test_netmask_and_broadcast_address_are_those_of_the_last_ipv4_address() -> None:
    laptop = make_laptop("xnu-6153.11.26")
    laptop.wifi.update(xflags_or=("CONSTRAINED", "MPK_LOG"))
    answer = laptop.fd.copy_interface(laptop.wifi.index, 112)
    assert answer.whole_buffer[92:100] == bytes((255, 255, 255, 0, 192, 0, 2, 255))
    assert InterfaceFlag(answer.flags) & InterfaceFlag.CONSTRAINED
    assert InterfaceFlag(answer.flags) & InterfaceFlag.MPK_LOG
    cellular = laptop.fd.copy_interface(laptop.cellular.index, 112)
    assert cellular.whole_buffer[92:] == b"\xff" * 4
    assert not InterfaceFlag(cellular.flags) & InterfaceFlag.HAS_BROADCAST


LATER = "xnu-7195.50.7.100.1"


def later_flags(laptop: Laptop, ifp: InterfaceHandle) -> InterfaceFlag:
    """The flags of an interface, without those about its address."""
    answer = laptop.fd.action(COPY, ifp.index.to_bytes(4, "little"), room(100))
    assert answer.errno == 0
    told = InterfaceFlag(INTERFACE_DETAILS.unpack(shown(answer)[1].ljust(100, b"\0")[:92])[5])
    return told & ~(InterfaceFlag.HAS_NETMASK | InterfaceFlag.HAS_BROADCAST)


def test_later_releases_ask_for_room_for_all_details() -> None:
    laptop = make_laptop(LATER)
    assert verdict(laptop.fd.action(COPY, EN0, room(99))) == (Errno.EINVAL, [FUNCTION])
    assert verdict(laptop.fd.action(COPY, EN0, room(100))) == (Errno.OK, [])


def test_flags_of_later_releases_say_what_can_be_reached_and_how() -> None:
    laptop = make_laptop(LATER)
    assert later_flags(laptop, laptop.wifi) == _IPV4_MULTICAST
    laptop.system.add_route("::/0", laptop.wifi, gateway="2001:db8:4::1")
    assert later_flags(laptop, laptop.wifi) == _IPV4_MULTICAST | InterfaceFlag.IPV6_ROUTABLE
    assert later_flags(laptop, laptop.awdl) & InterfaceFlag.IPV4_ROUTABLE == 0


def test_an_interface_that_translates_to_ipv6_is_not_routable_for_ipv4() -> None:
    laptop = make_laptop(LATER)
    laptop.wifi.update(IfaceUpdate(0, eflags=IFEF_CLAT46))
    flags = later_flags(laptop, laptop.wifi)
    assert flags == InterfaceFlag.SUPPORTS_MULTICAST | InterfaceFlag.HAS_NAT64


_IPV4_MULTICAST = InterfaceFlag.SUPPORTS_MULTICAST | InterfaceFlag.IPV4_ROUTABLE


def test_an_ultra_constrained_interface_is_constrained_too() -> None:
    laptop = make_laptop("xnu-11215.1.10")
    laptop.wifi.update(xflags_or=("ULTRA_CONSTRAINED",))
    answer = laptop.fd.action(COPY, laptop.wifi.index.to_bytes(4, "little"), room(256))
    told = InterfaceFlag(INTERFACE_DETAILS.unpack(shown(answer)[1][: INTERFACE_DETAILS.size])[5])
    both = InterfaceFlag.CONSTRAINED | InterfaceFlag.ULTRA_CONSTRAINED
    assert told & both == both


@pytest.mark.parametrize(
    ("release", "size", "end"),
    [
        ("xnu-8020.140.41", 104, "07000000"),
        ("xnu-8792.41.9", 112, "00000000 00000000 07000000"),
        ("xnu-10002.1.13", 116, "00000000 00000000 6f300000 07000000"),
        ("xnu-11417.121.6", 116, "00000000 00000000 6f300000 07000000"),
    ],
)
def test_later_details_end_with_the_radio(release: str, size: int, end: str) -> None:
    laptop = make_laptop(release)
    laptop.wifi.update(IfaceUpdate(0, radio_type=7, radio_channel=9, hwassist=0xFFFFFFFF))
    assert laptop.fd.action(COPY, EN0, room(size - 1)).errno == Errno.EINVAL
    content = shown(laptop.fd.action(COPY, EN0, room(size)))[1].ljust(size, b"\0")
    assert content[100:] == bytes.fromhex(end)


def test_the_radio_of_the_delegate_is_told_if_an_interface_has_none() -> None:
    laptop = make_laptop("xnu-11417.121.6")
    laptop.cellular.update(IfaceUpdate(0, radio_type=3))
    laptop.wifi.update(IfaceUpdate(0, delegate=laptop.cellular.index))
    assert shown(laptop.fd.action(COPY, EN0, room(116)))[1][112] == 3


def test_an_ultra_constrained_interface_is_told_where_it_is_known() -> None:
    for release, told in (("xnu-10063.141.1", False), ("xnu-11215.1.10", True)):
        laptop = make_laptop(release)
        laptop.wifi.update(IfaceUpdate(0, xflags=0x8000))
        content = shown(laptop.fd.action(COPY, EN0, room(116)))[1]
        flags = InterfaceFlag(int.from_bytes(content[40:44], "little"))
        assert (InterfaceFlag.ULTRA_CONSTRAINED in flags) is told
        assert (InterfaceFlag.CONSTRAINED in flags) is told
