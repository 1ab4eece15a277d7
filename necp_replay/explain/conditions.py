"""What each condition of a policy asks for, and what it was held against."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from necp_replay.abi.address_text import address_text
from necp_replay.abi.policy import BooleanState
from necp_replay.explain.describe import NOTHING, bytes_text, index_text, uuid_text
from necp_replay.explain.model import ConditionCheck
from necp_replay.kernel.policy.conditions import CONDITION_KINDS, ConditionKind
from necp_replay.kernel.privileges import has_entitlement

if TYPE_CHECKING:
    from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy
    from necp_replay.kernel.objects.socket_info import SocketInfo
    from necp_replay.kernel.policy.delegation import Identity
    from necp_replay.kernel.policy.evaluation_parameters import EvaluationParameters
    from necp_replay.kernel.state import KernelState


class Asked:
    """What conditions are held against, with what the numbers in it stand for."""

    __slots__ = ("identity", "info", "kernel", "reading")

    def __init__(
        self,
        kernel: KernelState,
        info: SocketInfo,
        identity: Identity,
        reading: EvaluationParameters,
    ) -> None:
        self.kernel = kernel
        self.info = info
        self.identity = identity
        self.reading = reading


def check_conditions(policy: KernelSocketPolicy, asked: Asked) -> tuple[ConditionCheck, ...]:
    """The conditions of a policy up to the first that is not met, in the kernel's order.

    The kernel's own table decides which conditions there are and whether they hold.
    """
    return tuple(_checks(policy, asked))


def _checks(policy: KernelSocketPolicy, asked: Asked) -> Iterator[ConditionCheck]:
    mask = policy.condition_mask
    for kind in CONDITION_KINDS:
        if mask & kind.needs != kind.needs or mask & kind.unless:
            continue
        is_negated = bool(policy.condition_negated_mask & kind.negated_by)
        is_met = kind.holds(policy, asked.info) is not is_negated
        if not _says_nothing(kind) or not is_met:
            values = _VALUES[kind.name]
            yield ConditionCheck(kind.name, *values(policy, asked), is_negated, is_met)
        if not is_met:
            return


def _says_nothing(kind: ConditionKind) -> bool:
    """Whether a condition is one that every policy has which names no interface."""
    return kind.needs == 0


_Values = Callable[["KernelSocketPolicy", Asked], tuple[str, str]]
"""What the policy asks for, and what there is."""


def _bound_interface(policy: KernelSocketPolicy, asked: Asked) -> tuple[str, str]:
    interface = policy.cond_bound_interface
    wanted = _binding(asked, 0 if interface is None else interface.index)
    return wanted, _binding(asked, asked.info.bound_interface_index)


def _unbound(policy: KernelSocketPolicy, asked: Asked) -> tuple[str, str]:
    wanted = f"{_binding(asked, 0)} like every policy that names no interface"
    return wanted, _binding(asked, asked.info.bound_interface_index)


def _binding(asked: Asked, index: int) -> str:
    return "unbound traffic" if index == 0 else f"traffic on {index_text(asked.kernel, index)}"


def _application(policy: KernelSocketPolicy, asked: Asked) -> tuple[str, str]:
    return _app_text(asked, policy.cond_app_id), uuid_text(asked.identity.application)


def _real_application(policy: KernelSocketPolicy, asked: Asked) -> tuple[str, str]:
    """Kernel quirk: where no policy asks for the effective application, the real one counts as
    unknown if both are the same executable.
    """
    actual = uuid_text(asked.identity.real_application)
    if asked.info.real_application_id == 0:
        actual += ", which has no number"
    return _app_text(asked, policy.cond_real_app_id), actual


def _app_text(asked: Asked, app_id: int) -> str:
    uuid = asked.kernel.policies.uuid_ids.app_uuid_of(app_id)
    return f"application {app_id}, which is gone" if uuid is None else uuid_text(uuid)


def _entitlement(policy: KernelSocketPolicy, asked: Asked) -> tuple[str, str]:
    held = "held" if asked.info.is_entitled else "not held"
    return "PRIV_NET_PRIVILEGED_NECP_MATCH", held


def _custom_entitlement(policy: KernelSocketPolicy, asked: Asked) -> tuple[str, str]:
    """Kernel quirk: the answer for the first process asked about is given to all others."""
    name = policy.cond_custom_entitlement
    if name is None:
        return "any entitlement", "always held"
    held = has_entitlement(asked.info.process, name)
    text = "held" if held else "not held"
    if held is not (policy.cond_custom_entitlement_matched == BooleanState.TRUE):
        text += ", but the answer for another process was kept"
    return bytes_text(name), text


def _domain(policy: KernelSocketPolicy, asked: Asked) -> tuple[str, str]:
    return _name(policy.cond_domain), _name(asked.info.domain)


def _account(policy: KernelSocketPolicy, asked: Asked) -> tuple[str, str]:
    wanted = asked.kernel.policies.account_ids.string_of(policy.cond_account_id)
    return _name(wanted), _name(asked.reading.account)


def _name(content: bytes | None) -> str:
    return NOTHING if content is None else bytes_text(content)


def _local_range(policy: KernelSocketPolicy, asked: Asked) -> tuple[str, str]:
    ends = (policy.cond_local_start, policy.cond_local_end)
    return " to ".join(address_text(end) for end in ends), address_text(asked.info.local_addr)


def _local_prefix(policy: KernelSocketPolicy, asked: Asked) -> tuple[str, str]:
    subnet = f"{address_text(policy.cond_local_start)} prefix {policy.cond_local_prefix}"
    return subnet, address_text(asked.info.local_addr)


def _remote_range(policy: KernelSocketPolicy, asked: Asked) -> tuple[str, str]:
    ends = (policy.cond_remote_start, policy.cond_remote_end)
    return " to ".join(address_text(end) for end in ends), address_text(asked.info.remote_addr)


def _remote_prefix(policy: KernelSocketPolicy, asked: Asked) -> tuple[str, str]:
    subnet = f"{address_text(policy.cond_remote_start)} prefix {policy.cond_remote_prefix}"
    return subnet, address_text(asked.info.remote_addr)


def _traffic_class(policy: KernelSocketPolicy, asked: Asked) -> tuple[str, str]:
    wanted = f"{policy.cond_start_tc} to {policy.cond_end_tc}"
    return wanted, str(asked.info.traffic_class)


_VALUES: Final[dict[str, _Values]] = {
    "bound interface": _bound_interface,
    "no bound interface": _unbound,
    "application": _application,
    "real application": _real_application,
    "entitlement": _entitlement,
    "custom entitlement": _custom_entitlement,
    "domain": _domain,
    "account": _account,
    "pid": lambda policy, asked: (str(policy.cond_pid), str(asked.info.pid)),
    "uid": lambda policy, asked: (str(policy.cond_uid), str(asked.info.uid)),
    "traffic class": _traffic_class,
    "protocol": lambda policy, asked: (str(policy.cond_protocol), str(asked.info.protocol)),
    "local range": _local_range,
    "local prefix": _local_prefix,
    "remote range": _remote_range,
    "remote prefix": _remote_prefix,
}
"""A row for every kind of condition, by the name it has in the kernel's table."""
assert set(_VALUES) == {kind.name for kind in CONDITION_KINDS}
