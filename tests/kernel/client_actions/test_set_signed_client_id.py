"""SET_SIGNED_CLIENT_ID: which executable becomes responsible for the process."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import PolicyResult
from necp_replay.scenario import policies
from necp_replay.scenario.buffers import faulting
from necp_replay.scenario.policy_session import PolicySessionHandle
from tests.kernel.builders import REMOTE, Laptop
from tests.kernel.client_actions.arguments import Arguments, shown, verdict
from tests.kernel.client_actions.test_get_signed_client_id import (
    HOST,
    NETWORKING,
    ONE,
    laptop_of,
)

FUNCTION = "necp_client_set_signed_client_id"
SET = ClientAction.SET_SIGNED_CLIENT_ID


def signed_id(laptop: Laptop) -> bytes:
    """The id that the kernel signs for the app itself."""
    return shown(laptop.fd.get_signed_client_id())[1]


@pytest.mark.parametrize(
    ("arguments", "errno"),
    [
        (Arguments(None, bytes(52)), Errno.EINVAL),
        (Arguments(ONE[:3], bytes(52)), Errno.EINVAL),
        (Arguments(ONE, bytes(51)), Errno.EINVAL),
        (Arguments(ONE, None), Errno.EINVAL),
        (Arguments(faulting(4, 3), bytes(52)), Errno.EFAULT),
        (Arguments(b"\2\0\0\0", bytes(52)), Errno.ENOENT),
        (Arguments(ONE, faulting(52, 51)), Errno.EFAULT),
        (Arguments(ONE, bytes(52)), Errno.EAUTH),
    ],
)
def test_what_is_not_right_is_refused_with_a_log_record(arguments: Arguments, errno: Errno) -> None:
    laptop = laptop_of("xnu-11417.121.6", NETWORKING)
    assert verdict(arguments.call(laptop.fd, SET)) == (errno, [FUNCTION])


def test_the_entitlement_of_a_host_is_not_enough() -> None:
    for entitlement, errno in ((HOST, Errno.EAUTH), (NETWORKING, Errno.OK)):
        laptop = laptop_of("xnu-11417.121.6", entitlement)
        assert laptop.fd.set_signed_client_id(signed_id(laptop)).errno == errno


def test_the_length_of_the_signature_is_not_looked_at() -> None:
    laptop = laptop_of("xnu-11417.121.6", NETWORKING)
    signed = signed_id(laptop)
    assert laptop.fd.set_signed_client_id(signed[:16] + bytes(4) + signed[20:]).errno == 0


def test_policies_for_the_signed_executable_match_the_process_from_then_on() -> None:
    laptop = laptop_of("xnu-11417.121.6")
    system = laptop.system
    helper = system.add_process(500, "helper", entitlements=[NETWORKING], responsible_pid=100)
    daemon = system.add_process(600, "daemon", privileged=True, platform_binary=True)
    session = PolicySessionHandle.opened_by(daemon)
    session.add_policy(
        order=1, result=policies.drop(), conditions=[policies.application(laptop.app)]
    )
    session.apply_all()
    fd = helper.necp_open()
    results = []
    for signed in (None, signed_id(laptop)):
        if signed is not None:
            assert fd.set_signed_client_id(signed).errno == 0
        results.append(fd.add(remote=REMOTE).copy_result().policy_result)
    assert results == [PolicyResult.NONE, PolicyResult.DROP]
