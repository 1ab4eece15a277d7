"""SIGN, and the check of what it signed."""

from __future__ import annotations

import struct

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.events.effects import UserOverread
from necp_replay.events.outcome import NotDetermined
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.scenario.addresses import sockaddr
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.buffers import faulting, read_only, room
from necp_replay.scenario.keywords import ClientParameters
from tests.kernel.builders import REMOTE, Laptop, effects_of, make_laptop, update
from tests.kernel.client_actions.arguments import Arguments, shown, verdict

RELEASE = "xnu-6153.11.26"
FUNCTION = "necp_client_sign"
SIGN = ClientAction.SIGN
PARENT = b"\x11" * 16
HOST = b"www.example.com\0"
KEY = bytes(range(32))


def signable(
    host: bytes = HOST,
    *,
    parent: bytes = PARENT,
    sign_type: int = 1,
    address: str = REMOTE,
    host_bytes: int | None = None,
) -> bytes:
    """``struct necp_client_resolver_answer`` and the host name after it."""
    length = len(host) if host_bytes is None else host_bytes
    head = struct.pack("<16sI", parent, sign_type) + sockaddr(address).ljust(28, b"\0")
    return head + struct.pack("<I", length) + host


def resolver(laptop: Laptop) -> Laptop:
    """The laptop, whose process may sign."""
    laptop.app.update(privileged=("PRIV_NET_VALIDATED_RESOLVER",))
    return laptop


def make_resolver(key: bytes | None = KEY) -> Laptop:
    laptop = resolver(make_laptop(RELEASE))
    if key is not None:
        assert laptop.system.set_resolver_key(key).errno == 0
    return laptop


def tag_of(answer: CallAnswer) -> bytes:
    assert answer.errno == 0
    return shown(answer)[1].ljust(32, b"\0")


@pytest.mark.parametrize(
    ("arguments", "errno", "logs"),
    [
        pytest.param(Arguments(None, room(32)), Errno.EINVAL, [], id="no answer"),
        pytest.param(Arguments(room(19), room(32)), Errno.EINVAL, [], id="a short answer"),
        pytest.param(Arguments(signable(), None), Errno.EINVAL, [], id="no buffer"),
        pytest.param(Arguments(signable(), room(31)), Errno.EINVAL, [], id="a short buffer"),
        pytest.param(Arguments(signable(), room(33)), Errno.EINVAL, [], id="a long buffer"),
        pytest.param(
            Arguments(faulting(68, 19, signable()[:19]), room(32)),
            Errno.EFAULT,
            [FUNCTION],
            id="an id that faults",
        ),
        pytest.param(
            Arguments(signable(sign_type=2), room(32)), Errno.EINVAL, [FUNCTION], id="another type"
        ),
        pytest.param(
            Arguments(signable()[:51], room(32)), Errno.EINVAL, [], id="no length of the host"
        ),
        pytest.param(
            Arguments(faulting(68, 47, signable()[:47]), room(32)),
            Errno.EFAULT,
            [FUNCTION],
            id="an address that faults",
        ),
        pytest.param(
            Arguments(faulting(68, 51, signable()[:51]), room(32)),
            Errno.EFAULT,
            [FUNCTION],
            id="a length that faults",
        ),
        pytest.param(
            Arguments(signable(host_bytes=1025), room(32)), Errno.EINVAL, [], id="a long host"
        ),
        pytest.param(
            Arguments(faulting(68, 60, signable()[:60]), room(32)),
            Errno.EFAULT,
            [FUNCTION],
            id="a host that faults",
        ),
        pytest.param(
            Arguments(signable(), read_only(bytes(32))), Errno.EFAULT, [FUNCTION], id="read only"
        ),
    ],
)
def test_bad_arguments_are_refused(arguments: Arguments, errno: Errno, logs: list[str]) -> None:
    assert verdict(arguments.call(make_resolver().fd, SIGN)) == (errno, logs)


def test_only_a_process_with_the_privilege_may_sign() -> None:
    answer = make_laptop(RELEASE).fd.action(SIGN, None, None)
    assert verdict(answer) == (Errno.EPERM, [FUNCTION])


def test_an_older_release_does_not_know_it() -> None:
    answer = resolver(make_laptop()).fd.action(SIGN, signable(), room(32))
    assert verdict(answer) == (Errno.EINVAL, ["necp_client_action"])


def test_the_tag_depends_on_everything_but_the_port() -> None:
    fd = make_resolver().fd
    tag = tag_of(fd.action(SIGN, signable(), room(32)))
    assert tag_of(fd.action(SIGN, signable(), room(32))) == tag
    address, _, _ = REMOTE.partition(":")
    assert tag_of(fd.action(SIGN, signable(address=f"{address}:1"), room(32))) == tag
    others = (
        signable(parent=bytes(16)),
        signable(b"www.example.org\0"),
        signable(address="192.0.2.99:443"),
    )
    tags = {tag_of(fd.action(SIGN, other, room(32))) for other in others}
    assert len(tags - {tag}) == len(others)


def test_an_empty_host_name_has_a_tag_of_zeros() -> None:
    assert tag_of(make_resolver().fd.action(SIGN, signable(b""), room(32))) == bytes(32)


def test_a_host_name_that_passes_the_end_is_read_and_signed() -> None:
    fd = make_resolver().fd
    whole = signable()
    cut = UserBuffer(content=whole, length=52)
    answer = fd.action(SIGN, cut, room(32))
    assert tag_of(answer) == tag_of(fd.action(SIGN, whole, room(32)))
    assert effects_of(answer, UserOverread) == [UserOverread(52, 52 + len(HOST), FUNCTION)]


def test_a_client_with_the_tag_of_its_name_and_address_is_evaluated() -> None:
    laptop = make_resolver()
    tag = tag_of(laptop.fd.action(SIGN, signable(), room(32)))
    client = laptop.fd.add(remote=REMOTE, domain=HOST, parent_id=PARENT, resolver_tag=tag)
    assert laptop.fd.copy_result(client.client_id).interface_index == laptop.wifi.index


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(ClientParameters(domain=b"www.example.org\0"), id="another name"),
        pytest.param(ClientParameters(domain=None), id="no name"),
        pytest.param(ClientParameters(remote="192.0.2.99:443"), id="another address"),
        pytest.param(ClientParameters(parent_id=None), id="no parent"),
        pytest.param(ClientParameters(resolver_tag=bytes(32)), id="another tag"),
        pytest.param(ClientParameters(resolver_tag=b"\1"), id="a short tag"),
    ],
)
def test_a_client_with_a_wrong_tag_has_no_result(changed: ClientParameters) -> None:
    laptop = make_resolver()
    tag = tag_of(laptop.fd.action(SIGN, signable(), room(32)))
    given = ClientParameters(remote=REMOTE, domain=HOST, parent_id=PARENT, resolver_tag=tag)
    given.update(changed)
    client = laptop.fd.add(**given)
    assert client.added is not None
    assert verdict(client.added) == (0, ["necp_client_parse_parameters"])
    assert shown(laptop.fd.copy_result(client.client_id)) == (client.client_id, b"")


def test_the_check_reads_the_zero_that_evaluation_writes() -> None:
    laptop = make_resolver()
    host = HOST[:-1]
    tag = tag_of(laptop.fd.action(SIGN, signable(host), room(32)))
    client = laptop.fd.add(remote=REMOTE, domain=host, parent_id=PARENT, resolver_tag=tag)
    before = laptop.fd.copy_result(client.client_id).outcome
    assert verdict(update(laptop))[1] == ["necp_client_parse_parameters"]
    assert laptop.fd.copy_result(client.client_id).outcome == before


def test_an_older_release_does_not_check_the_tag() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE, resolver_tag=bytes(32))
    assert laptop.fd.copy_result(client.client_id).interface_index == laptop.wifi.index


def test_the_tag_is_the_one_that_was_measured_with_this_key() -> None:
    # Measured on xnu-8019.41.5, which signs as xnu-6153 does, with this key.
    answer = make_resolver().fd.action(
        SIGN, signable(HOST[:-1], parent=bytes(16), address="198.18.0.1:443"), room(32)
    )
    assert tag_of(answer).hex() == (
        "79ab0fb25a81994a06eda8b63e8e3b7069e5c8faecea467d51dedb7c1b32d5d1"
    )


def test_another_key_makes_another_tag_and_refuses_older_ones() -> None:
    laptop = make_resolver()
    tag = tag_of(laptop.fd.action(SIGN, signable(), room(32)))
    assert laptop.system.set_resolver_key(bytes(31)).errno == Errno.EINVAL
    assert tag_of(laptop.fd.action(SIGN, signable(), room(32))) == tag
    laptop.system.set_resolver_key(bytes(32))
    assert tag_of(laptop.fd.action(SIGN, signable(), room(32))) != tag
    client = laptop.fd.add(remote=REMOTE, domain=HOST, parent_id=PARENT, resolver_tag=tag)
    assert shown(laptop.fd.copy_result(client.client_id)) == (client.client_id, b"")


def test_without_the_key_only_the_bytes_of_a_tag_are_not_known() -> None:
    outcome = make_resolver(None).fd.action(SIGN, signable(), room(32)).outcome
    assert (outcome.errno, outcome.retval) == (0, 0)
    assert outcome.unmeasured == ("buffer",)
    empty = make_resolver(None).fd.action(SIGN, signable(b""), room(32))
    assert tag_of(empty) == bytes(32)


def test_without_the_key_a_tag_is_wrong_unless_the_kernel_signed_this() -> None:
    laptop = make_resolver(None)
    laptop.fd.action(SIGN, signable(), room(32))
    for changed in (
        ClientParameters(domain=b"www.example.org\0"),
        ClientParameters(remote="192.0.2.99:443"),
        ClientParameters(resolver_tag=b"\1"),
    ):
        given = ClientParameters(
            remote=REMOTE, domain=HOST, parent_id=PARENT, resolver_tag=b"\1" * 32
        )
        given.update(changed)
        client = laptop.fd.add(**given)
        assert shown(laptop.fd.copy_result(client.client_id)) == (client.client_id, b"")


def test_without_the_key_a_client_with_a_tag_of_what_was_signed_is_not_determined() -> None:
    laptop = make_resolver(None)
    older = laptop.fd.add(remote=REMOTE)
    laptop.fd.action(SIGN, signable(), room(32))
    client = laptop.fd.add(remote=REMOTE, domain=HOST, parent_id=PARENT, resolver_tag=b"\1" * 32)
    assert client.added is not None
    assert isinstance(client.added.outcome.answer, NotDetermined)
    assert laptop.fd.copy_result(older.client_id).interface_index == laptop.wifi.index
    any_client = laptop.fd.action(ClientAction.COPY_RESULT, None, room(512)).outcome
    assert isinstance(any_client.answer, NotDetermined)


def test_without_the_key_what_a_fault_leaves_unwritten_is_known() -> None:
    fd = make_resolver(None).fd
    cut = fd.action(SIGN, signable(), UserBuffer(content=b"", length=32, mapped=10)).outcome
    assert (cut.errno, cut.unmeasured) == (Errno.EFAULT, ("buffer",))
    untouched = fd.action(SIGN, signable(), read_only(b"\1" * 32)).outcome
    assert (untouched.errno, untouched.unmeasured) == (Errno.EFAULT, ())
