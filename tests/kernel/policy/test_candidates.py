"""Which policies are candidates of an evaluation, and in which order."""

from __future__ import annotations

import pytest

from necp_replay.abi.policy import KernelCondition
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.objects.socket_info import SocketInfo
from necp_replay.kernel.policy.candidates import PolicyCandidates
from necp_replay.scenario.addresses import sockaddr

C = KernelCondition
EN0 = Interface(4, "en0")
PREFIX = C.REMOTE_START | C.REMOTE_PREFIX


def info_of(**fields: object) -> SocketInfo:
    info = SocketInfo(Process(100, "app", 501, bytes(16), False, 256, False, ()))
    info.pid, info.uid = 100, 501
    for name, value in fields.items():
        setattr(info, name, value)
    return info


def policy(mask: int, *, negated: int = 0, **fields: object) -> KernelSocketPolicy:
    made = KernelSocketPolicy(condition_mask=int(mask))
    made.condition_negated_mask = int(negated)
    for name, value in fields.items():
        setattr(made, f"cond_{name}", value)
    return made


def candidates(info: SocketInfo, *policies: KernelSocketPolicy) -> list[KernelSocketPolicy]:
    return list(PolicyCandidates(policies).for_info(info))


@pytest.mark.parametrize(
    ("about_this", "about_another", "info"),
    [
        (policy(C.APP_ID, app_id=7), policy(C.APP_ID, app_id=8), info_of(application_id=7)),
        (policy(C.PID, pid=100), policy(C.PID, pid=7), info_of()),
        (policy(C.UID, uid=501), policy(C.UID, uid=7), info_of()),
        (policy(C.ACCOUNT_ID, account_id=3), policy(C.ACCOUNT_ID), info_of(account_id=3)),
        (policy(C.PROTOCOL, protocol=6), policy(C.PROTOCOL, protocol=17), info_of(protocol=6)),
        (
            policy(C.BOUND_INTERFACE, bound_interface=EN0),
            policy(C.BOUND_INTERFACE),
            info_of(bound_interface_index=4),
        ),
        (
            policy(C.DOMAIN, domain=b"Example.com"),
            policy(C.DOMAIN, domain=b"ample.com"),
            info_of(domain=b"www.example.COM"),
        ),
        (
            policy(PREFIX, remote_start=sockaddr("10.1.0.0"), remote_prefix=20),
            policy(PREFIX, remote_start=sockaddr("10.2.0.0"), remote_prefix=20),
            info_of(remote_addr=sockaddr("10.1.2.3")),
        ),
        (
            policy(PREFIX, remote_start=sockaddr("2001:db8::"), remote_prefix=32),
            policy(PREFIX, remote_start=sockaddr("2001:db9::"), remote_prefix=32),
            info_of(remote_addr=sockaddr("2001:db8::1")),
        ),
    ],
    ids=[
        *("application", "pid", "uid", "account", "protocol", "bound interface"),
        *("domain", "IPv4 prefix", "IPv6 prefix"),
    ],
)
def test_a_policy_filed_under_another_value_is_no_candidate(
    about_this: KernelSocketPolicy, about_another: KernelSocketPolicy, info: SocketInfo
) -> None:
    for_all = policy(C.ALL_INTERFACES)
    policies = (about_another, for_all, about_this, about_another, for_all)
    assert candidates(info, *policies) == [for_all, about_this, for_all]


@pytest.mark.parametrize(
    "asked_of_all",
    [
        policy(C.APP_ID | C.CUSTOM_ENTITLEMENT, app_id=8),
        policy(C.APP_ID, negated=C.APP_ID, app_id=8),
        policy(PREFIX, remote_start=sockaddr("10.0.0.0"), remote_prefix=4),
        policy(C.DOMAIN),
        policy(C.BOUND_INTERFACE | C.ALL_INTERFACES, bound_interface=EN0),
        policy(0),
    ],
    ids=[
        *("custom entitlement", "negated", "short prefix", "empty domain", "any interface"),
        "no condition",
    ],
)
def test_a_policy_that_cannot_be_filed_is_always_a_candidate(
    asked_of_all: KernelSocketPolicy,
) -> None:
    filed = policy(C.PID, pid=7)
    assert candidates(info_of(), filed, asked_of_all) == [asked_of_all]
