"""VALIDATE: whether the kernel signed an answer."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.events.outcome import NotDetermined
from necp_replay.scenario.buffers import faulting
from necp_replay.scenario.signables import browse_result, host_answer
from tests.kernel.builders import REMOTE, make_laptop
from tests.kernel.client_actions.arguments import Arguments, shown, verdict
from tests.kernel.client_actions.test_signable import resolver

FUNCTION = "necp_client_validate"
ANSWER = host_answer(bytes(16), b"www.example.com", REMOTE)


def test_the_tag_that_sign_made_is_right_and_no_other() -> None:
    fd = resolver().fd
    for answer in (ANSWER, browse_result(bytes(16), b"x")):
        tag = shown(fd.sign_answer(answer))[1]
        assert verdict(fd.validate(tag, answer)) == (0, [])
        assert verdict(fd.validate(tag, answer + b"\0")) == (Errno.EAUTH, [])
        assert verdict(fd.validate(bytes(32), answer)) == (Errno.EAUTH, [])


@pytest.mark.parametrize(
    ("arguments", "errno", "logs"),
    [
        (Arguments(None, None), Errno.EINVAL, []),
        (Arguments(bytes(51), None), Errno.EINVAL, []),
        (Arguments(bytes(52), None), Errno.EAUTH, []),
        (Arguments(bytes(4128), None), Errno.EAUTH, []),
        (Arguments(bytes(4129), None), Errno.EINVAL, []),
        (Arguments(faulting(60, 59), None), Errno.EFAULT, [FUNCTION]),
    ],
)
def test_wrong_lengths_are_einval_and_faults_are_efault(
    arguments: Arguments, errno: Errno, logs: list[str]
) -> None:
    assert verdict(arguments.call(resolver().fd, ClientAction.VALIDATE)) == (errno, logs)


def test_without_the_privilege_it_is_eperm() -> None:
    fd = make_laptop("xnu-8792.41.9").fd
    assert verdict(fd.validate(bytes(32), ANSWER)) == (Errno.EPERM, [FUNCTION])


def test_releases_before_xnu_8792_do_not_know_it() -> None:
    fd = resolver("xnu-8020.140.41").fd
    assert verdict(fd.validate(bytes(32), ANSWER)) == (Errno.EINVAL, ["necp_client_action"])


def test_without_the_key_only_what_was_signed_is_not_determined() -> None:
    laptop = make_laptop("xnu-8792.41.9")
    laptop.app.update(privileged=("PRIV_NET_VALIDATED_RESOLVER",))
    assert laptop.fd.validate(bytes(32), ANSWER).errno == Errno.EAUTH
    laptop.fd.sign_answer(ANSWER)
    assert isinstance(laptop.fd.validate(bytes(32), ANSWER).answer, NotDetermined)
