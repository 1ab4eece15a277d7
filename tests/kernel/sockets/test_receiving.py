"""Where a socket that listens for a client may receive."""

from __future__ import annotations

from necp_replay.events.outcome import Absent, Allowed
from necp_replay.events.sockets import SocketAllowedToRecv, SocketCreate, SocketUpdate
from tests.kernel.builders import Laptop, make_laptop

RELEASE = "xnu-7195.101.1"


def is_allowed(laptop: Laptop, index: int, name: str = "s1") -> bool:
    answer = laptop.system.submit(SocketAllowedToRecv(name, index)).answer
    assert isinstance(answer, Allowed)
    return answer.allowed


def test_a_listener_receives_on_interfaces_that_its_client_may_use() -> None:
    laptop = make_laptop(RELEASE)
    client = laptop.fd.add(listener=True, prohibit_if_type=[2])
    laptop.system.submit(SocketCreate("s1", local="0.0.0.0"))
    laptop.system.submit(SocketUpdate("s1", external_port=1))
    assert is_allowed(laptop, laptop.wired.index)
    laptop.system.add_socket("s1", local="0.0.0.0").register(client)
    assert is_allowed(laptop, laptop.wired.index)
    laptop.system.submit(SocketUpdate("s1", external_port=1))
    assert not is_allowed(laptop, laptop.wired.index)
    assert is_allowed(laptop, laptop.wifi.index)
    assert is_allowed(laptop, 99)
    laptop.system.submit(SocketUpdate("s1", remote="203.0.113.5"))
    assert is_allowed(laptop, laptop.wired.index)
    assert is_allowed(laptop, laptop.wired.index, "unknown")


def test_older_releases_do_not_ask() -> None:
    answer = make_laptop().system.submit(SocketAllowedToRecv("s1", 4)).answer
    assert isinstance(answer, Absent)


def test_a_client_that_names_an_interface_receives_on_no_other() -> None:
    laptop = make_laptop(RELEASE)
    client = laptop.fd.add(listener=True, bound_interface="en0")
    laptop.system.add_socket("s1", local="0.0.0.0").register(client)
    laptop.system.submit(SocketUpdate("s1", external_port=1))
    assert is_allowed(laptop, laptop.wifi.index)
    assert not is_allowed(laptop, laptop.wired.index)
