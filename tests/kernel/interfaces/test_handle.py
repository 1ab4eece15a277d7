"""Attaching and changing interfaces."""

import pytest

from necp_replay.events.effects import TimerArmed
from necp_replay.events.interfaces import IfaceAttach, IfaceUpdate
from necp_replay.events.outcome import InterfaceAnswer, Outcome
from necp_replay.kernel.interfaces.functional_type import functional_type, is_expensive
from necp_replay.kernel.interfaces.handle import handle_interface
from tests.kernel.network import (
    EN0,
    EN1,
    PDP_IP0,
    attach,
    change,
    entry,
    interface,
    make_kernel,
    make_network,
    order,
)
from tests.work import lines_run, worst_growth


def test_a_new_interface_is_up_and_running_with_an_ethernet_mtu() -> None:
    kernel = make_kernel()
    handle_interface(kernel, IfaceAttach(3, "en3"))
    ifp = interface(kernel, 3)
    assert (ifp.flags, ifp.mtu, ifp.generation, functional_type(kernel.profile, ifp)) == (
        0x41,
        1500,
        0,
        0,
    )


def test_lo0_is_a_loopback_interface_with_a_larger_mtu() -> None:
    kernel = make_kernel()
    outcome = handle_interface(kernel, IfaceAttach(1, "lo0"))
    assert outcome == Outcome(errno=0, answer=InterfaceAnswer(1))
    assert (interface(kernel, 1).flags, interface(kernel, 1).mtu) == (0x49, 16384)


@pytest.mark.parametrize("kind", range(7))
def test_an_interface_attached_with_a_functional_type_has_that_type(kind: int) -> None:
    outcome = attach(make_kernel(), 3, "en3", kind, flags=0x8863 | (0x8 if kind == 1 else 0))
    assert outcome == Outcome(errno=0, answer=InterfaceAnswer(kind))


def test_an_index_in_use_is_eexist() -> None:
    kernel = make_network()
    assert attach(kernel, EN0, "other", 2) == Outcome(errno=17, answer=InterfaceAnswer(3))
    assert interface(kernel, EN0).name == "en0"


@pytest.mark.parametrize("index", [0, -1, 0xFFFF, 1 << 40])
def test_an_index_out_of_range_is_einval(index: int) -> None:
    assert attach(make_kernel(), index, "en3", 2) == Outcome(22, answer=InterfaceAnswer(-1))


def test_changing_an_index_without_an_interface_is_enxio() -> None:
    outcome = handle_interface(make_network(), IfaceUpdate(99, mtu=1))
    assert outcome == Outcome(errno=6, answer=InterfaceAnswer(-1))


def test_all_fields_apply_and_the_last_error_is_the_outcome() -> None:
    kernel = make_network()
    event = IfaceUpdate(EN0, mtu=1300, ipv4_signature=bytes(21), ipv6_signature=b"\xaa")
    event.del_addrs = (entry("192.0.2.99"),)
    event.addrs = (entry("192.0.2.11"), entry("nonsense"))
    assert change(kernel, event) == 22
    ifp = interface(kernel, EN0)
    assert (ifp.mtu, ifp.ipv4_signature, ifp.ipv6_signature) == (1300, b"", b"\xaa")
    assert ifp.addresses[-1].sockaddr[4:8] == bytes([192, 0, 2, 11])


def test_deleting_an_address_that_is_not_there_is_eaddrnotavail() -> None:
    kernel = make_network()
    assert change(kernel, IfaceUpdate(EN0, del_addrs=(entry("fe80::4"),))) == 0
    assert change(kernel, IfaceUpdate(EN0, del_addrs=(entry("fe80::4"),))) == 49


def test_each_deletion_removes_the_first_equal_address() -> None:
    kernel = make_kernel()
    attach(kernel, 3, "en3", 2)
    twice, once = entry("192.0.2.1"), entry("192.0.2.2")
    assert change(kernel, IfaceUpdate(3, addrs=(twice, once, twice))) == 0
    assert change(kernel, IfaceUpdate(3, del_addrs=(twice, entry("192.0.2.3")))) == 49
    left = [address.sockaddr[7] for address in interface(kernel, 3).addresses]
    assert left == [2, 1]
    assert change(kernel, IfaceUpdate(3, del_addrs=(once, once, twice))) == 49
    assert interface(kernel, 3).addresses == []


def test_deleting_addresses_takes_one_pass_over_them() -> None:
    def work(count: int) -> int:
        kernel = make_kernel()
        attach(kernel, 3, "en3", 2)
        addresses = tuple(entry(f"10.0.{n >> 8}.{n & 255}") for n in range(count))
        change(kernel, IfaceUpdate(3, addrs=addresses))
        delete = IfaceUpdate(3, del_addrs=addresses[::-1])
        return lines_run(lambda: change(kernel, delete))

    assert worst_growth(work, (200, 400, 800)) < 2.5


def test_the_kind_of_a_delegate_is_copied_when_it_is_set() -> None:
    kernel = make_network()
    attach(kernel, 8, "utun0", 0)
    change(kernel, IfaceUpdate(PDP_IP0, expensive=True))
    change(kernel, IfaceUpdate(8, delegate=PDP_IP0))
    change(kernel, IfaceUpdate(PDP_IP0, expensive=False))
    utun = interface(kernel, 8)
    assert [functional_type(kernel.profile, utun, exclude) for exclude in (True, False)] == [0, 5]
    assert is_expensive(utun)
    change(kernel, IfaceUpdate(8, delegate=0))
    assert (utun.delegate, is_expensive(utun)) == (None, False)


def test_a_delegate_that_does_not_exist_is_enxio() -> None:
    assert change(make_network(), IfaceUpdate(EN0, delegate=99)) == 6


def test_a_delegate_that_would_close_a_loop_is_ignored() -> None:
    kernel = make_network()
    change(kernel, IfaceUpdate(EN0, delegate=EN1))
    assert change(kernel, IfaceUpdate(EN1, delegate=EN0)) == 0
    assert change(kernel, IfaceUpdate(EN1, delegate=EN1)) == 0
    assert interface(kernel, EN1).delegate is None


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (IfaceUpdate(PDP_IP0, ordered=True), [EN0, EN1, PDP_IP0]),
        (IfaceUpdate(PDP_IP0, position=0), [PDP_IP0, EN0, EN1]),
        (IfaceUpdate(EN0, position=9), [EN1, EN0]),
        (IfaceUpdate(EN0, ordered=False), [EN1]),
    ],
    ids=["append", "first", "move", "remove"],
)
def test_changing_the_place_on_the_ordered_list_arms_the_update_timer(
    event: IfaceUpdate, expected: list[int]
) -> None:
    kernel = make_network()
    order(kernel, EN0, EN1)
    kernel.effects.clear()
    assert change(kernel, event) == 0
    assert [ifp.index for ifp in kernel.interfaces.ordered] == expected
    assert [type(effect) for effect in kernel.effects] == [TimerArmed]


@pytest.mark.parametrize("value", [-1, 1 << 70])
def test_numbers_are_cut_to_the_width_of_the_field(value: int) -> None:
    kernel = make_network()
    event = IfaceUpdate(EN0, flags=value, eflags=value, mtu=value, generation=value)
    event.lqm_state = value
    assert change(kernel, event) == 0
    ifp = interface(kernel, EN0)
    assert (ifp.flags, ifp.eflags) == (value & 0xFFFF, value & 0xFFFFFFFF)
    assert (ifp.mtu, ifp.generation) == (value & 0xFFFFFFFF, value & 0xFFFFFFFF)
    assert ifp.lqm_state == (-1 if value == -1 else 0)
