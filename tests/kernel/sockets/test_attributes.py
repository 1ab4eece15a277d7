"""The NECP attributes of a socket."""

from __future__ import annotations

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import PolicyTlv
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.outcome import AttributesAnswer
from necp_replay.events.sockets import SocketCreate, SocketGetAttributes, SocketSetAttributes
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.buffers import as_buffer, nowhere, room
from necp_replay.scenario.system import System
from tests.kernel.builders import log_functions, make_system

DOMAIN, ACCOUNT = PolicyTlv.ATTRIBUTE_DOMAIN, PolicyTlv.ATTRIBUTE_ACCOUNT
BOTH = pack_tlv(DOMAIN, b"example.com") + pack_tlv(ACCOUNT, b"me")


def system_with_socket(domain: int = 2) -> System:
    system = make_system()
    system.add_socket(SocketCreate("s1", domain=domain))
    return system


def set_attributes(system: System, content: bytes) -> CallAnswer:
    return system.submit(SocketSetAttributes("s1", as_buffer(content), len(content)))


def attributes(answer: CallAnswer) -> tuple[bytes | None, bytes | None]:
    assert isinstance(answer.answer, AttributesAnswer)
    return answer.answer.domain, answer.answer.account


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (BOTH, (b"example.com", b"me")),
        (pack_tlv(ACCOUNT, b"me"), (None, b"me")),
        (pack_tlv(DOMAIN, b""), (None, None)),
        (pack_tlv(DOMAIN, b"x" * 253), (b"x" * 253, None)),
        (pack_tlv(DOMAIN, b"x" * 254), (None, None)),
        (pack_tlv(DOMAIN, b"ab\0c"), (b"ab", None)),
        (pack_tlv(DOMAIN, b"ab")[:-1], (None, None)),
    ],
)
def test_each_attribute_is_set_or_cleared(
    content: bytes, expected: tuple[bytes | None, bytes | None]
) -> None:
    system = system_with_socket()
    set_attributes(system, BOTH)
    assert attributes(set_attributes(system, content)) == expected


@pytest.mark.parametrize("content", [b"", BOTH.ljust(517, b"\0")])
def test_an_option_of_no_bytes_or_too_many_changes_nothing(content: bytes) -> None:
    system = system_with_socket()
    set_attributes(system, BOTH)
    answer = set_attributes(system, content)
    assert (answer.errno, attributes(answer)) == (0, (b"example.com", b"me"))


def test_setting_attributes_is_logged_when_necp_debug_is_on() -> None:
    system = system_with_socket()
    assert not log_functions(set_attributes(system, BOTH))
    system.set_sysctl("debug", 1)
    assert log_functions(set_attributes(system, BOTH)) == ["necp_set_socket_attributes"]


def test_attributes_are_cut_to_the_size_of_the_option() -> None:
    system = system_with_socket()
    set_attributes(system, BOTH)
    answer = system.submit(SocketGetAttributes("s1", room(6), 6)).answer
    assert answer == AttributesAnswer(6, b"example.com", b"me", BOTH[:6])


def test_the_size_stays_where_no_attribute_is_set() -> None:
    answer = system_with_socket().submit(SocketGetAttributes("s1", room(20), 20)).answer
    assert answer == AttributesAnswer(20, None, None, b"")


def test_other_domains_are_einval_and_bad_pointers_efault() -> None:
    other = system_with_socket(domain=1)
    assert set_attributes(other, BOTH).errno == Errno.EINVAL
    assert other.submit(SocketGetAttributes("s1", room(20), 20)).errno == Errno.EINVAL
    system = system_with_socket()
    assert system.submit(SocketSetAttributes("s1", nowhere(), 20)).errno == Errno.EFAULT
    set_attributes(system, BOTH)
    assert system.submit(SocketGetAttributes("s1", nowhere(), 20)).errno == Errno.EFAULT
