"""The signature of a resolver's answer on a socket."""

from __future__ import annotations

from necp_replay.abi.errno import Errno
from necp_replay.events.outcome import SignatureAnswer
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.buffers import faulting
from necp_replay.scenario.sockets import SocketHandle
from tests.kernel.builders import make_system

NEWEST = "xnu-11417.121.6"
SIGNATURE = b"\x05" * 60


def make_socket(release: str = NEWEST, *, domain: int = 2) -> SocketHandle:
    return make_system(release).add_socket("s1", domain=domain)


def read(answer: CallAnswer) -> tuple[int | None, bytes | None, int | None]:
    assert isinstance(answer.answer, SignatureAnswer)
    return answer.errno, answer.answer.buffer, answer.answer.valsize


def test_what_was_set_is_read_again_and_cut_to_the_size() -> None:
    for release in ("xnu-8792.41.9", NEWEST):
        socket = make_socket(release)
        assert read(socket.get_resolver_signature(64)) == (Errno.ENOENT, b"", 64)
        assert socket.set_resolver_signature(SIGNATURE).errno == 0
        assert read(socket.get_resolver_signature(100)) == (0, SIGNATURE, 60)
        assert read(socket.get_resolver_signature(10)) == (0, SIGNATURE[:10], 10)


def test_an_empty_option_or_one_that_faults_removes_it() -> None:
    for content, errno in ((b"", 0), (faulting(60, 59), Errno.EFAULT)):
        socket = make_socket()
        socket.set_resolver_signature(SIGNATURE)
        assert socket.set_resolver_signature(content).errno == errno
        assert socket.get_resolver_signature().errno == Errno.ENOENT


def test_more_than_4128_bytes_are_refused_and_change_nothing() -> None:
    socket = make_socket()
    assert socket.set_resolver_signature(bytes(4128)).errno == 0
    assert socket.set_resolver_signature(bytes(4129)).errno == Errno.EINVAL
    assert socket.get_resolver_signature().errno == 0


def test_a_socket_of_another_domain_has_none() -> None:
    socket = make_socket(domain=1)
    assert socket.set_resolver_signature(SIGNATURE).errno == Errno.EINVAL
    assert socket.get_resolver_signature().errno == Errno.EINVAL


def test_releases_before_xnu_8792_have_no_such_option() -> None:
    socket = make_socket("xnu-8020.140.41")
    assert socket.set_resolver_signature(SIGNATURE).errno == Errno.ENOTSUP
    assert socket.get_resolver_signature().errno == Errno.ENOTSUP
