"""SIGN of answers with types: their lengths and their tags."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.scenario.buffers import faulting, read_only, room
from necp_replay.scenario.signables import browse_result, host_answer, service_answer
from tests.kernel.builders import REMOTE, Laptop, make_laptop
from tests.kernel.client_actions.arguments import Arguments, shown, verdict

RELEASES = ("xnu-8792.41.9", "xnu-11417.121.6")
FUNCTION = "necp_client_sign"
SIGN = ClientAction.SIGN
CLIENT = b"\x11" * 16
HOST = host_answer(CLIENT, b"www.example.com", REMOTE)
BROWSE = browse_result(CLIENT, b"printer._ipp._tcp.local")
SERVICE = service_answer(CLIENT, b"printer", b"printer.local", 631)
EINVAL, EFAULT = Errno.EINVAL, Errno.EFAULT


def resolver(release: str = RELEASES[-1]) -> Laptop:
    """A laptop whose process may sign, and whose key is known."""
    laptop = make_laptop(release)
    laptop.app.update(privileged=("PRIV_NET_VALIDATED_RESOLVER",))
    laptop.system.set_resolver_key(bytes(range(32)))
    return laptop


@pytest.mark.parametrize("release", RELEASES)
def test_answers_of_six_types_have_tags_that_differ(release: str) -> None:
    fd = resolver(release).fd
    answers = [
        host_answer(CLIENT, b"a", REMOTE, is_system=False),
        host_answer(CLIENT, b"a", REMOTE, is_system=True),
        browse_result(CLIENT, b"a", is_system=False),
        browse_result(CLIENT, b"a", is_system=True),
        service_answer(CLIENT, b"a", b"b", 1, is_system=False),
        service_answer(CLIENT, b"a", b"b", 1, is_system=True),
    ]
    signed = [fd.sign_answer(answer) for answer in answers]
    assert [answer.errno for answer in signed] == [0] * 6
    assert len({shown(answer)[1] for answer in signed}) == 6


@pytest.mark.parametrize(
    ("arguments", "errno", "logs"),
    [
        (Arguments(None, room(32)), EINVAL, []),
        (Arguments(HOST[:19], room(32)), EINVAL, []),
        (Arguments(bytes(4097), room(32)), EINVAL, []),
        (Arguments(HOST, None), EINVAL, []),
        (Arguments(HOST, room(31)), EINVAL, []),
        (Arguments(HOST, room(33)), EINVAL, []),
        (Arguments(faulting(71, 70, HOST[:70]), room(32)), EFAULT, [FUNCTION]),
        (Arguments(bytes(20), room(32)), EINVAL, [FUNCTION]),
        (Arguments(HOST[:16] + b"\x07" + HOST[17:], room(32)), EINVAL, [FUNCTION]),
        (Arguments(HOST[:55], room(32)), EINVAL, []),
        (Arguments(HOST[:-1], room(32)), EINVAL, []),
        (Arguments(HOST + b"\0", room(32)), EINVAL, []),
        (Arguments(host_answer(CLIENT, bytes(1025), REMOTE), room(32)), EINVAL, []),
        (Arguments(BROWSE[:25], room(32)), EINVAL, []),
        (Arguments(BROWSE + b"\0", room(32)), EINVAL, []),
        (Arguments(SERVICE[:29], room(32)), EINVAL, []),
        (Arguments(SERVICE[:-1], room(32)), EINVAL, []),
        (Arguments(service_answer(CLIENT, b"", bytes(1025), 1), room(32)), EINVAL, []),
        (Arguments(HOST, read_only(bytes(32))), EFAULT, [FUNCTION]),
    ],
)
def test_what_is_not_exact_is_refused(arguments: Arguments, errno: Errno, logs: list[str]) -> None:
    assert verdict(arguments.call(resolver().fd, SIGN)) == (errno, logs)


def test_a_string_may_have_1024_bytes_or_none() -> None:
    fd = resolver().fd
    for name in (b"", bytes(1024)):
        assert fd.sign_answer(host_answer(CLIENT, name, REMOTE)).errno == 0


def test_without_the_privilege_it_is_eperm() -> None:
    laptop = make_laptop(RELEASES[-1])
    assert verdict(laptop.fd.sign_answer(HOST)) == (Errno.EPERM, [FUNCTION])
