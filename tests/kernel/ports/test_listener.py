"""Ports of listeners, as ADD reserves them."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction, LaterParameterFlag
from necp_replay.abi.errno import Errno
from necp_replay.abi.ip import IPPROTO_TCP, IPPROTO_UDP
from necp_replay.abi.tlv import iterate_tlvs
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events.outcome import NexusParametersAnswer, NotDetermined
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.buffers import room
from necp_replay.scenario.parameters import client_parameters
from tests.kernel.builders import Laptop, make_laptop
from tests.kernel.client_actions.arguments import verdict

RELEASE = "xnu-8019.80.24"
REUSES = "xnu-8792.61.2"
BEFORE_REUSE = "xnu-8792.41.9"
REUSE_LOCAL = int(LaterParameterFlag.REUSE_LOCAL)
RANDOM = bytes.fromhex("5a5b5c5d")
CHOSEN = 49_152 + 0x5B5A % 16_383
"""Where a search for a free port begins with these random bytes."""


def listen(laptop: Laptop, local: str | None, *, udp: bool = False, flags: int = 0) -> CallAnswer:
    """ADD a listener."""
    protocol = IPPROTO_UDP if udp else IPPROTO_TCP
    parameters = client_parameters(local=local, listener=True, ip_protocol=protocol, flags=flags)
    return laptop.fd.action(ClientAction.ADD, room(16), parameters)


def port_of(laptop: Laptop, answer: CallAnswer) -> int:
    """The port in the parameters of the client that was added."""
    content = laptop.fd.client(answer.client_id).copy_parameters().buffer
    addresses = [value for _, type_, value in iterate_tlvs(content) if type_ in (12, 200)]
    (port,) = {int.from_bytes(value[-26:-24], "big") for value in addresses}
    return port


@pytest.mark.parametrize("second", ["192.0.2.10:80", "0.0.0.0:80", "198.51.100.5:80", "[::]:80"])
@pytest.mark.parametrize("first", ["192.0.2.10:80", "0.0.0.0:80", "[::]:80", "[fe80::4]:80"])
def test_a_port_is_taken_on_all_addresses(first: str, second: str) -> None:
    laptop = make_laptop(RELEASE)
    assert listen(laptop, first).errno == Errno.OK
    assert verdict(listen(laptop, second)) == (Errno.EADDRINUSE, ["necp_client_add"])
    assert laptop.system.snapshot().necp_client_count == 1


@pytest.mark.parametrize(
    ("local", "udp"),
    [("192.0.2.10:81", False), ("192.0.2.10:80", True)],
    ids=["port", "protocol"],
)
def test_another_port_or_protocol_is_free(local: str, udp: bool) -> None:
    laptop = make_laptop(RELEASE)
    listen(laptop, "192.0.2.10:80")
    assert listen(laptop, local, udp=udp).errno == Errno.OK


def test_a_listener_that_is_removed_frees_its_port() -> None:
    laptop = make_laptop(RELEASE)
    client = laptop.fd.client(listen(laptop, "0.0.0.0:80").client_id)
    assert laptop.client(client).port_reserved == 1
    client.remove()
    assert listen(laptop, "192.0.2.10:80").errno == Errno.OK
    laptop.fd.close()
    other = laptop.app.necp_open()
    assert other.add(local="[::]:80", listener=True).client_id != ZERO_UUID


def test_only_listeners_of_tcp_and_udp_reserve_a_port() -> None:
    laptop = make_laptop(RELEASE)
    for protocol, listener in ((IPPROTO_TCP, False), (1, True), (0, True)):
        client = laptop.fd.add(local="192.0.2.10:80", ip_protocol=protocol, listener=listener)
        assert laptop.client(client).port_reserved == 0


def test_an_older_release_reserves_no_port() -> None:
    laptop = make_laptop("xnu-8019.61.5")
    for _ in range(2):
        assert listen(laptop, "192.0.2.10:80").errno == Errno.OK


def test_searches_for_tcp_go_on_in_a_namespace_and_those_for_udp_begin_again() -> None:
    laptop = make_laptop(RELEASE)
    laptop.system.set_random_bytes(RANDOM)
    found = [port_of(laptop, listen(laptop, "192.0.2.10")) for _ in range(3)]
    assert found == [CHOSEN + 1, CHOSEN + 2, CHOSEN + 3]
    first = listen(laptop, "[::]:0", udp=True)
    assert port_of(laptop, first) == CHOSEN
    assert port_of(laptop, listen(laptop, "192.0.2.10", udp=True)) == CHOSEN + 1
    laptop.fd.client(first.client_id).remove()
    assert port_of(laptop, listen(laptop, "[::]:0", udp=True)) == CHOSEN


def test_a_search_goes_on_at_the_first_port_after_the_last() -> None:
    laptop = make_laptop(RELEASE)
    laptop.system.set_random_bytes((16_382).to_bytes(2, "little"))
    assert port_of(laptop, listen(laptop, "192.0.2.10")) == 65_535
    assert port_of(laptop, listen(laptop, "192.0.2.10")) == 49_152


def test_the_port_is_written_into_every_local_address() -> None:
    laptop = make_laptop(RELEASE)
    laptop.system.set_random_bytes(RANDOM)
    client = laptop.fd.add(local="192.0.2.10", local_endpoint="192.0.2.10:0", listener=True)
    assert client.added is not None
    assert port_of(laptop, client.added) == CHOSEN + 1
    shown = client.copy_nexus_parameters().answer
    assert isinstance(shown, NexusParametersAnswer)
    assert shown.parameters.local_addr[2:4] == (CHOSEN + 1).to_bytes(2, "big")
    assert shown.parameters.port_reservation == 1


def test_a_listener_without_an_address_has_a_port_of_any_ipv6_address() -> None:
    laptop = make_laptop(RELEASE)
    laptop.system.set_random_bytes(RANDOM)
    answer = listen(laptop, None)
    client = laptop.fd.client(answer.client_id)
    assert client.copy_parameters().buffer == client_parameters(listener=True)
    assert laptop.client(client).port_reserved == 1
    taken = listen(laptop, f"192.0.2.10:{CHOSEN + 1}")
    assert taken.errno == Errno.EADDRINUSE


def test_which_port_is_free_first_is_not_determined_without_the_random_bytes() -> None:
    for udp in (False, True):
        laptop = make_laptop(RELEASE)
        answer = listen(laptop, "192.0.2.10", udp=udp)
        assert isinstance(answer.answer, NotDetermined)


@pytest.mark.parametrize(
    ("release", "errno"), [(BEFORE_REUSE, Errno.EADDRINUSE), (REUSES, Errno.OK)]
)
def test_the_earlier_listener_decides_whether_a_port_is_shared(release: str, errno: Errno) -> None:
    laptop = make_laptop(release)
    listen(laptop, "0.0.0.0:80", flags=REUSE_LOCAL)
    assert listen(laptop, "192.0.2.10:80").errno == errno
    listen(laptop, "0.0.0.0:81")
    assert listen(laptop, "192.0.2.10:81", flags=REUSE_LOCAL).errno == Errno.EADDRINUSE


def test_no_two_reservations_share_a_port_of_the_same_address() -> None:
    laptop = make_laptop(REUSES)
    listen(laptop, "192.0.2.10:80", flags=REUSE_LOCAL)
    assert listen(laptop, "192.0.2.10:80", flags=REUSE_LOCAL).errno == Errno.EADDRINUSE


def test_the_first_address_of_a_family_decides_as_long_as_one_is_left() -> None:
    laptop = make_laptop(REUSES)
    first = listen(laptop, "192.0.2.10:80", flags=REUSE_LOCAL)
    second = listen(laptop, "198.51.100.5:80")
    assert second.errno == Errno.OK
    laptop.fd.client(first.client_id).remove()
    assert listen(laptop, "203.0.113.6:80").errno == Errno.OK
