"""Routes over interfaces that a client may not use: ultra-constrained and management ones."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import (
    ClientParameter,
    ClientParameterFlag,
    ClientResult,
    LaterParameterFlag,
    ResultReason,
)
from necp_replay.abi.policy import PolicyResult
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.effects import NetworkPolicyEvent
from necp_replay.events.interfaces import IfaceAttach, IfaceUpdate, InterfaceAddress
from necp_replay.events.routes import RouteAdd
from necp_replay.kernel.policy.interface_denied import INTERFACE_DENIED_6153
from necp_replay.kernel.policy.prohibited_route import (
    MANAGEMENT_ENTITLEMENTS,
    ULTRA_CONSTRAINED_ENTITLEMENT,
)
from necp_replay.scenario.parameters import client_parameters
from necp_replay.scenario.process import ClientHandle, NecpFdHandle
from tests.kernel.builders import REMOTE, Laptop, effects_of, make_laptop

RELEASE, POSTING = "xnu-11215.1.10", "xnu-11417.121.6"
DENIED = (PolicyResult.DROP, ResultReason.ULTRA_CONSTRAINED_NOT_ALLOWED)
USED = (PolicyResult.NONE, None)
MANAGEMENT_SUBFAMILY = 12
ALLOW = LaterParameterFlag.ALLOW_ULTRA_CONSTRAINED


def make_world(release: str = RELEASE) -> Laptop:
    """A laptop whose primary interface is ultra-constrained."""
    laptop = make_laptop(release)
    laptop.wifi.update(IfaceUpdate(0, xflags_or=("ULTRA_CONSTRAINED",)))
    return laptop


def add(fd: NecpFdHandle, flags: int | None = None) -> ClientHandle:
    """A client with these flags; None is no parameter for flags."""
    content = client_parameters(remote=REMOTE)
    if flags is not None:
        content += pack_tlv(ClientParameter.FLAGS, int(flags).to_bytes(4, "little"))
    return fd.add(content)


def outcome(client: ClientHandle) -> tuple[PolicyResult | None, int | None]:
    """The policy result, and the reason."""
    answer = client.copy_result()
    return answer.policy_result, answer.number(ClientResult.REASON)


def test_a_client_without_permission_is_dropped_with_the_reason() -> None:
    assert outcome(add(make_world().fd)) == DENIED


def test_a_client_whose_parameters_allow_it_is_routed() -> None:
    assert outcome(add(make_world().fd, ALLOW)) == USED


def test_a_client_of_an_entitled_process_is_routed() -> None:
    app = make_world().system.add_process(7, entitlements=(ULTRA_CONSTRAINED_ENTITLEMENT,))
    assert outcome(add(app.necp_open())) == USED


@pytest.mark.parametrize("flag", [ClientParameterFlag.LISTENER, ClientParameterFlag.BROWSE])
def test_listeners_and_browsers_are_not_dropped(flag: ClientParameterFlag) -> None:
    assert outcome(add(make_world().fd, flag))[0] is not PolicyResult.DROP


def test_an_interface_that_delegates_to_an_ultra_constrained_one_is_one_too() -> None:
    laptop = make_laptop(RELEASE)
    laptop.cellular.update(IfaceUpdate(0, xflags_or=("ULTRA_CONSTRAINED",)))
    laptop.wifi.update(IfaceUpdate(0, delegate=6))
    assert outcome(add(laptop.fd)) == DENIED


def test_what_is_ultra_constrained_is_constrained_too() -> None:
    flags = ALLOW | ClientParameterFlag.PROHIBIT_CONSTRAINED
    laptop = make_world()
    client = add(laptop.fd, flags)
    assert client.copy_result().interface_index == laptop.wired.index


@pytest.mark.parametrize(
    ("flags", "interface"), [(ALLOW, "wifi"), (ClientParameterFlag.ECN_DISABLE, "wired")]
)
def test_parameters_with_flags_choose_another_interface(flags: int, interface: str) -> None:
    laptop = make_world()
    flags_tlv = pack_tlv(ClientParameter.FLAGS, int(flags).to_bytes(4, "little"))
    client = laptop.fd.add(client_parameters(remote=REMOTE, prohibit_if_type=(5,)) + flags_tlv)
    assert client.copy_result().interface_index == getattr(laptop, interface).index


def test_parameters_without_flags_stay_on_the_interface_and_are_dropped() -> None:
    laptop = make_world()
    client = laptop.fd.add(client_parameters(remote=REMOTE, prohibit_if_type=(5,)))
    assert outcome(client) == DENIED


def test_the_denial_is_posted_by_later_releases() -> None:
    laptop = make_world(POSTING)
    client = add(laptop.fd)
    payload = INTERFACE_DENIED_6153.pack(0, laptop.app.pid, laptop.app.exec_uuid, 2)
    assert client.added is not None
    assert effects_of(client.added, NetworkPolicyEvent) == [NetworkPolicyEvent(3, payload)]
    earlier = add(make_world().fd)
    assert earlier.added is not None
    assert effects_of(earlier.added, NetworkPolicyEvent) == []


def test_a_match_without_a_client_posts_nothing() -> None:
    laptop = make_world(POSTING)
    answer = laptop.app.match_policy(client_parameters(remote=REMOTE))
    assert effects_of(answer, NetworkPolicyEvent) == []


def test_the_flag_means_nothing_to_earlier_releases() -> None:
    laptop = make_laptop("xnu-10063.141.1")
    laptop.wifi.update(IfaceUpdate(0, xflags=0x8000))
    assert outcome(add(laptop.fd)) == USED


def managed(release: str, *, subfamily: int) -> Laptop:
    laptop = make_laptop(release)
    address = InterfaceAddress("10.1.0.1", 24)
    laptop.system.submit(
        IfaceAttach(
            9, "en9", flags=0x8863, family=2, subfamily=subfamily, xflags=0x4000, addrs=(address,)
        )
    )
    laptop.system.submit(RouteAdd("managed", "10.1.0.0", 24, 9))
    return laptop


@pytest.mark.parametrize(
    ("release", "subfamily", "expected"),
    [
        ("xnu-8796.101.5", MANAGEMENT_SUBFAMILY, PolicyResult.NONE),
        ("xnu-8796.141.3", MANAGEMENT_SUBFAMILY, PolicyResult.DROP),
        ("xnu-11417.121.6", MANAGEMENT_SUBFAMILY, PolicyResult.DROP),
        # No interface was made for management, so the kernel does not ask.
        ("xnu-11417.121.6", 0, PolicyResult.NONE),
    ],
)
def test_a_management_interface_is_closed(release: str, subfamily: int, expected: int) -> None:
    laptop = managed(release, subfamily=subfamily)
    assert outcome(laptop.fd.add(remote="10.1.0.9:443")) == (expected, None)


@pytest.mark.parametrize("entitlement", MANAGEMENT_ENTITLEMENTS)
def test_either_entitlement_opens_a_management_interface(entitlement: str) -> None:
    laptop = managed("xnu-11417.121.6", subfamily=MANAGEMENT_SUBFAMILY)
    laptop.app.update(entitlements=(entitlement,))
    assert outcome(laptop.fd.add(remote="10.1.0.9:443")) == USED


def test_a_management_interface_is_open_without_a_drop_level() -> None:
    laptop = managed("xnu-11417.121.6", subfamily=MANAGEMENT_SUBFAMILY)
    laptop.system.set_sysctl("drop_management_level", 0)
    assert outcome(laptop.fd.add(remote="10.1.0.9:443")) == USED
