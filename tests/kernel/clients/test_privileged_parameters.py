"""Parameters of clients that need a privilege."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.scenario.buffers import room
from necp_replay.scenario.parameters import client_parameters
from tests.kernel.builders import REMOTE, make_laptop
from tests.kernel.client_actions.arguments import verdict

RELEASE = "xnu-8019.80.24"
DELEGATE = "PRIV_NET_PRIVILEGED_SOCKET_DELEGATE"
CUSTOM = "PRIV_NET_CUSTOM_PROTOCOL"
NEXUS = (
    "PRIV_SKYWALK_OBSERVE_STATS",
    "PRIV_SKYWALK_OBSERVE_ALL",
    "PRIV_SKYWALK_REGISTER_USER_PIPE",
    "PRIV_SKYWALK_REGISTER_KERNEL_PIPE",
    "PRIV_SKYWALK_REGISTER_NET_IF",
    "PRIV_SKYWALK_REGISTER_FLOW_SWITCH",
)
CASES = {
    "another process": (client_parameters(remote=REMOTE, delegated_upid=0x1_0000_0064), DELEGATE),
    "another bundle": (
        client_parameters(remote=REMOTE, attributed_bundle_identifier="com.example.app"),
        DELEGATE,
    ),
    "an own ethernet protocol": (client_parameters(remote=REMOTE, custom_ether=True), CUSTOM),
    "an own IP protocol": (client_parameters(remote=REMOTE, custom_ip=True), CUSTOM),
    **{name: (client_parameters(remote=REMOTE, interpose=True), name) for name in NEXUS},
}


@pytest.mark.parametrize(("parameters", "privilege"), CASES.values(), ids=CASES)
def test_parameters_need_their_privilege_and_no_other(parameters: bytes, privilege: str) -> None:
    laptop = make_laptop(RELEASE)
    others = {DELEGATE, CUSTOM, "PRIV_SKYWALK_LOW_LATENCY_CHANNEL"} - {privilege}
    laptop.app.update(privileged=tuple(sorted(others)))
    answer = laptop.fd.action(ClientAction.ADD, room(16), parameters)
    assert verdict(answer) == (Errno.EPERM, ["necp_client_add"])
    assert laptop.system.snapshot().necp_client_count == 0
    laptop.app.update(privileged=(privilege,))
    assert laptop.fd.action(ClientAction.ADD, room(16), parameters).errno == Errno.OK
    assert laptop.system.snapshot().necp_client_count == 1


@pytest.mark.parametrize("release", ["xnu-8019.61.5", RELEASE])
def test_root_and_older_releases_need_none(release: str) -> None:
    laptop = make_laptop(release)
    if release == RELEASE:
        laptop.app.update(uid=0)
    for parameters, _ in CASES.values():
        assert laptop.fd.action(ClientAction.ADD, room(16), parameters).errno == Errno.OK


def test_a_process_and_a_bundle_have_a_log_record_each() -> None:
    laptop = make_laptop(RELEASE)
    parameters = client_parameters(delegated_upid=1, attributed_bundle_identifier="com.example")
    answer = laptop.fd.action(ClientAction.ADD, room(16), parameters)
    assert verdict(answer) == (Errno.EPERM, ["necp_client_add"] * 2)


@pytest.mark.parametrize(
    "parameters",
    [b"\xd2\x04\0\0\0\x64\0\0\0", b"\x24\0\0\0\0"],
    ids=["a short id", "an empty identifier"],
)
def test_parameters_that_are_not_read_need_none(parameters: bytes) -> None:
    laptop = make_laptop(RELEASE)
    assert laptop.fd.action(ClientAction.ADD, room(16), parameters).errno == Errno.OK


def test_a_refused_client_reserves_no_port_and_its_id_is_used_up() -> None:
    laptop = make_laptop(RELEASE)
    first, second = b"\x01" * 16, b"\x02" * 16
    laptop.system.next_uuids(first, second)
    parameters = client_parameters(local="192.0.2.10:80", listener=True, interpose=True)
    answer = laptop.fd.action(ClientAction.ADD, room(16), parameters)
    assert (answer.errno, answer.client_id[0]) == (Errno.EPERM, 1)
    client = laptop.fd.add(local="192.0.2.10:80", listener=True)
    assert client.client_id[0] == 2
