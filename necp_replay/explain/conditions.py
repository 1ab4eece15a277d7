"""Explains the conditions of a policy: what each asks for, and the value it was compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from necp_replay.abi.address_text import address_text
from necp_replay.abi.policy import CONDITION_AGENT_TYPE, BooleanState, LocalNetworksFlag
from necp_replay.explain.describe import (
    NOTHING,
    agent_type_text,
    bytes_text,
    executable_text,
    index_text,
    interface_flag_names,
    listed,
)
from necp_replay.explain.explanation import ConditionCheck
from necp_replay.kernel.policy.conditions import CONDITION_KINDS, ConditionKind
from necp_replay.kernel.privileges import denies_privilege, has_entitlement
from necp_replay.outcomes.decode_tlv import parameter_flags_text

if TYPE_CHECKING:
    from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy
    from necp_replay.kernel.objects.socket_info import SocketInfo
    from necp_replay.kernel.policy.delegation import Identity
    from necp_replay.kernel.policy.parameter_reading import ParameterReading
    from necp_replay.kernel.state import KernelState


class ConditionInput:
    """What conditions are compared with, and the tables that turn its numbers into names."""

    __slots__ = ("identity", "info", "kernel", "reading")

    def __init__(
        self,
        kernel: KernelState,
        info: SocketInfo,
        identity: Identity,
        reading: ParameterReading,
    ) -> None:
        self.kernel = kernel
        self.info = info
        self.identity = identity
        self.reading = reading


def check_conditions(
    policy: KernelSocketPolicy, given: ConditionInput
) -> tuple[ConditionCheck, ...]:
    """The conditions of a policy in the kernel's order, up to the first that is not met.

    The kernel's own table says which conditions the policy has and whether they hold.
    """
    return tuple(_checks(policy, given))


def _checks(policy: KernelSocketPolicy, given: ConditionInput) -> Iterator[ConditionCheck]:
    mask = policy.condition_mask
    for kind in CONDITION_KINDS:
        if mask & kind.needs != kind.needs or mask & kind.unless:
            continue
        is_negated = bool(policy.condition_negated_mask & kind.negated_by)
        is_met = kind.holds(policy, given.info) is not is_negated
        if not _is_implied(kind) or not is_met:
            values = _VALUES[kind.name]
            yield ConditionCheck(kind.name, *values(policy, given), is_negated, is_met)
        if not is_met:
            return


def _is_implied(kind: ConditionKind) -> bool:
    """Whether policies have a condition without naming it.

    A policy without an interface condition is for unbound traffic only. That is worth a line only
    if it is why the policy does not match.
    """
    return kind.needs == 0


_Values = Callable[["KernelSocketPolicy", ConditionInput], tuple[str, str]]
"""Returns two texts: what the policy asks for, and the value it was compared with."""


def _bound_interface(policy: KernelSocketPolicy, given: ConditionInput) -> tuple[str, str]:
    interface = policy.cond_bound_interface
    wanted = _binding(given, 0 if interface is None else interface.index)
    return wanted, _binding(given, given.info.bound_interface_index)


def _unbound(policy: KernelSocketPolicy, given: ConditionInput) -> tuple[str, str]:
    wanted = f"{_binding(given, 0)}, as it names no interface"
    return wanted, _binding(given, given.info.bound_interface_index)


def _bound_interface_flags(policy: KernelSocketPolicy, given: ConditionInput) -> tuple[str, str]:
    profile = given.kernel.profile
    kinds = (None, profile.interface_eflags, profile.interface_xflags)
    wanted = (
        " or ".join(interface_flag_names(kind, word))
        for kind, word in zip(kinds, policy.cond_bound_interface_flags, strict=True)
        if word
    )
    has = (
        ", ".join(interface_flag_names(kind, word & asked)) or NOTHING
        for kind, word, asked in zip(
            kinds, given.info.bound_interface_flags, policy.cond_bound_interface_flags, strict=True
        )
        if asked
    )
    binding = _binding(given, given.info.bound_interface_index)
    return f"an interface with {', and '.join(wanted)}", f"{binding}: {', '.join(has)}"


def _binding(given: ConditionInput, index: int) -> str:
    return "unbound traffic" if index == 0 else f"traffic on {index_text(given.kernel, index)}"


def _application(policy: KernelSocketPolicy, given: ConditionInput) -> tuple[str, str]:
    asked = _app_text(given, policy.cond_app_id)
    return asked, executable_text(given.kernel, given.identity.application)


def _real_application(policy: KernelSocketPolicy, given: ConditionInput) -> tuple[str, str]:
    """Kernel quirk: if no policy asks for the effective application, and effective and real
    application are the same executable, the kernel does not look up the number of the real one.
    """
    actual = executable_text(given.kernel, given.identity.real_application)
    if given.info.real_application_id == 0:
        actual += ", which has no id"
    return _app_text(given, policy.cond_real_app_id), actual


def _app_text(given: ConditionInput, app_id: int) -> str:
    uuid = given.kernel.policies.uuid_ids.app_uuid_of(app_id)
    return (
        f"application {app_id}, which no longer exists"
        if uuid is None
        else executable_text(given.kernel, uuid)
    )


_MATCH: Final = "PRIV_NET_PRIVILEGED_NECP_MATCH"


def _entitlement(policy: KernelSocketPolicy, given: ConditionInput) -> tuple[str, str]:
    held = "held" if given.info.is_entitled else "not held"
    if given.kernel.profile.right_to_match_is_an_entitlement:
        return "an entitlement to match", held
    denied = denies_privilege(given.info.process, _MATCH)
    return _MATCH, f"{held}: the sandbox of the process denies it" if denied else held


def _custom_entitlement(policy: KernelSocketPolicy, given: ConditionInput) -> tuple[str, str]:
    """Kernel quirk: up to xnu-8020, the answer for the first process is used for all others."""
    name = policy.cond_custom_entitlement
    if name is None:
        return "any entitlement", "always held"
    held = has_entitlement(given.info.process, name)
    text = "held" if held else "not held"
    kept = policy.keeps_entitlement_answer
    if kept and held is not (policy.cond_custom_entitlement_matched == BooleanState.TRUE):
        text += ", but the answer for another process was kept"
    return bytes_text(name), text


def _domain(policy: KernelSocketPolicy, given: ConditionInput) -> tuple[str, str]:
    return _name(policy.cond_domain), _name(given.info.domain)


def _domain_filter(policy: KernelSocketPolicy, given: ConditionInput) -> tuple[str, str]:
    set_id = policy.cond_domain_filter
    sets = given.kernel.policies.domain_sets
    if set_id in sets.filters:
        wanted = f"a domain in filter {set_id}"
    elif set_id in sets.tries:
        wanted = f"a domain in trie {set_id}"
    else:
        wanted = f"a domain in filter {set_id}, which is not there"
    domain = given.info.domain
    return wanted, "no domain" if domain is None else f"the domain {bytes_text(domain)}"


def _account(policy: KernelSocketPolicy, given: ConditionInput) -> tuple[str, str]:
    wanted = given.kernel.policies.account_ids.string_of(policy.cond_account_id)
    return _name(wanted), _name(given.reading.account)


def _name(content: bytes | None) -> str:
    return NOTHING if content is None else bytes_text(content)


def _local_range(policy: KernelSocketPolicy, given: ConditionInput) -> tuple[str, str]:
    ends = (policy.cond_local_start, policy.cond_local_end)
    return " to ".join(address_text(end) for end in ends), address_text(given.info.local_addr)


def _local_prefix(policy: KernelSocketPolicy, given: ConditionInput) -> tuple[str, str]:
    subnet = f"{address_text(policy.cond_local_start)} prefix {policy.cond_local_prefix}"
    return subnet, address_text(given.info.local_addr)


def _remote_range(policy: KernelSocketPolicy, given: ConditionInput) -> tuple[str, str]:
    ends = (policy.cond_remote_start, policy.cond_remote_end)
    return " to ".join(address_text(end) for end in ends), address_text(given.info.remote_addr)


def _remote_prefix(policy: KernelSocketPolicy, given: ConditionInput) -> tuple[str, str]:
    subnet = f"{address_text(policy.cond_remote_start)} prefix {policy.cond_remote_prefix}"
    return subnet, address_text(given.info.remote_addr)


def _traffic_class(policy: KernelSocketPolicy, given: ConditionInput) -> tuple[str, str]:
    wanted = f"{policy.cond_start_tc} to {policy.cond_end_tc}"
    return wanted, str(given.info.traffic_class)


def _agent_type(policy: KernelSocketPolicy, given: ConditionInput) -> tuple[str, str]:
    domain, type_ = CONDITION_AGENT_TYPE.unpack(policy.cond_agent_type)
    required = (agent_type_text(*names) for names in given.info.required_agent_types)
    return agent_type_text(domain, type_), listed(required)


def _client_flags(policy: KernelSocketPolicy, given: ConditionInput) -> tuple[str, str]:
    wanted = parameter_flags_text(policy.cond_client_flags)
    return f"all of {wanted}", parameter_flags_text(given.info.client_flags)


def _sdk(policy: KernelSocketPolicy, given: ConditionInput) -> tuple[str, str]:
    platform, min_version, version = policy.cond_sdk_version
    process = given.info.process
    return (
        f"platform {platform}, minimum {min_version:#x}, SDK {version:#x} or later",
        f"platform {process.platform_id}, minimum {process.min_sdk:#x}, SDK {process.sdk:#x}",
    )


def _signing_identifier(policy: KernelSocketPolicy, given: ConditionInput) -> tuple[str, str]:
    signing_id = given.info.process.signing_id
    return _name(policy.cond_signing_identifier), _name(signing_id.encode() or None)


def _scheme_port(policy: KernelSocketPolicy, given: ConditionInput) -> tuple[str, str]:
    wanted, scheme = (
        int.from_bytes(port, "big") for port in (policy.cond_scheme_port, given.info.scheme_port)
    )
    return str(wanted), f"{scheme} of the scheme, {address_text(given.info.remote_addr)}"


def _delegate(policy: KernelSocketPolicy, given: ConditionInput) -> tuple[str, str]:
    if not given.info.is_delegated and given.info.delegate_can_be_itself:
        actual = "a platform binary" if given.info.is_platform_binary else "another binary"
        return "a platform binary, if it acts for itself", f"{actual} that acts for itself"
    if not given.info.is_delegated:
        return "a platform binary that acts for another process", "a process for itself"
    actual = "a platform binary" if given.info.real_is_platform_binary else "another binary"
    return "a platform binary that acts for another process", actual


def _whether(wanted: str, holds: Callable[[SocketInfo], bool], other: str) -> _Values:
    """The texts of a condition that asks for one of two things."""

    def values(policy: KernelSocketPolicy, given: ConditionInput) -> tuple[str, str]:
        return wanted, wanted if holds(given.info) else other

    return values


def _local_networks(policy: KernelSocketPolicy, given: ConditionInput) -> tuple[str, str]:
    wanted = "an address on a network of the system"
    if given.kernel.profile.own_addresses_are_not_local_networks:
        flags = policy.cond_local_networks_flags
        includes = flags & LocalNetworksFlag.INCLUDE_LOCAL_ADDRESSES
        wanted += ", also one of its own" if includes else ", and not its own"
    return wanted, address_text(given.info.remote_addr)


_VALUES: Final[dict[str, _Values]] = {
    "bound interface": _bound_interface,
    "flags of the bound interface": _bound_interface_flags,
    "no bound interface": _unbound,
    "application": _application,
    "real application": _real_application,
    "entitlement": _entitlement,
    "custom entitlement": _custom_entitlement,
    "domain": _domain,
    "exact domain": _domain,
    "domain filter": _domain_filter,
    "URL": lambda policy, given: (_name(policy.cond_url), _name(given.info.url)),
    "account": _account,
    "pid": lambda policy, given: (str(policy.cond_pid), str(given.info.pid)),
    "uid": lambda policy, given: (str(policy.cond_uid), str(given.info.uid)),
    "real uid": lambda policy, given: (
        str(policy.cond_real_uid),
        str(given.info.asking_process.uid),
    ),
    "traffic class": _traffic_class,
    "protocol": lambda policy, given: (str(policy.cond_protocol), str(given.info.protocol)),
    "agent type": _agent_type,
    "client": _whether("a client", lambda info: info.has_client, "no client"),
    "platform binary": _whether(
        "a platform binary", lambda info: info.is_platform_binary, "another binary"
    ),
    "system-signed result": _whether(
        "a resolver tag", lambda info: info.has_resolver_tag, "no resolver tag"
    ),
    "SDK version": _sdk,
    "signing identifier": _signing_identifier,
    "packet filter tags": lambda policy, given: ("a packet with a tag", "no packet yet"),
    "scheme port": _scheme_port,
    "loopback": _whether("loopback traffic", lambda info: info.is_loopback, "other traffic"),
    "delegate platform binary": _delegate,
    "local networks": _local_networks,
    "client flags": _client_flags,
    "no local address": lambda policy, given: (NOTHING, address_text(given.info.local_addr)),
    "no remote address": lambda policy, given: (NOTHING, address_text(given.info.remote_addr)),
    "local range": _local_range,
    "local prefix": _local_prefix,
    "remote range": _remote_range,
    "remote prefix": _remote_prefix,
}
"""The texts of every kind of condition, by its name in the kernel's table."""
assert set(_VALUES) == {kind.name for kind in CONDITION_KINDS}
