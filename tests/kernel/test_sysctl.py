"""Sysctls that can be written."""

import pytest

from necp_replay.events.notifications import SysctlSet
from necp_replay.kernel.sysctl import set_sysctl
from tests.kernel.network import make_kernel


@pytest.mark.parametrize(
    "name",
    [
        "drop_all_level",
        "debug",
        "pass_loopback",
        "pass_keepalives",
        "observer_message_limit",
        "tcp_ecn_inbound",
        "tcp_ecn_outbound",
        "tcp_ecn_timeout",
        "disable_tcp_heuristics",
        "netagent_debug",
    ],
)
def test_a_sysctl_that_exists_can_be_written(name: str) -> None:
    assert set_sysctl(make_kernel(), SysctlSet(name, 1)).errno == 0


def test_a_sysctl_that_does_not_exist_is_enoent() -> None:
    assert set_sysctl(make_kernel(), SysctlSet("client_count", 1)).errno == 2


def test_a_sysctl_may_be_named_in_full() -> None:
    kernel = make_kernel()
    assert set_sysctl(kernel, SysctlSet("net.necp.observer_message_limit", 8)).errno == 0
    assert kernel.clients.observer_message_limit == 8


@pytest.mark.parametrize(
    ("value", "kept"), [(-1, -1), (0x7FFFFFFF, 0x7FFFFFFF), (0xFFFFFFFF, -1), (1 << 40, 0)]
)
def test_a_value_has_32_bits_and_a_sign(value: int, kept: int) -> None:
    kernel = make_kernel()
    set_sysctl(kernel, SysctlSet("observer_message_limit", value))
    assert kernel.clients.observer_message_limit == kept
