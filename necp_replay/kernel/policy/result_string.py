"""A kernel policy's result as text, as DUMP_ALL answers it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

from necp_replay.abi.client import IFXNAMSIZ
from necp_replay.abi.policy import (
    MAX_RESULT_STRING_BYTES,
    MAX_ROUTE_RULE_INTERFACES,
    PolicyResult,
    RouteRuleAction,
)
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy
from necp_replay.kernel.policy.route_rule_kinds import DUMPED_KINDS
from necp_replay.kernel.policy.route_rule_table import KernelRouteRule
from necp_replay.kernel.policy.route_rules import DENYING
from necp_replay.kernel.state import KernelState


def result_string(kernel: KernelState, policy: KernelSocketPolicy) -> bytes:
    """The text without the zero at its end, at most 63 bytes.

    Source: necp_get_result_description, xnu-4570.51.1, xnu-6153.101.6.
    """
    text = _DESCRIBERS[policy.result](kernel, policy)
    return text.encode()[: MAX_RESULT_STRING_BYTES - 1]


def interface_string(interface: Interface | None) -> str:
    """An interface's name with its unit. Without an interface, the kernel prints ``(null)-1``."""
    return "(null)-1" if interface is None else interface.name


_Describer = Callable[[KernelState, KernelSocketPolicy], str]


def _plain(text: str) -> _Describer:
    return lambda kernel, policy: text


def _pass(kernel: KernelState, policy: KernelSocketPolicy) -> str:
    return f"Pass ({policy.result_parameter:X})" if kernel.profile.pass_has_flags else "Pass"


def _skip(kernel: KernelState, policy: KernelSocketPolicy) -> str:
    return f"Skip ({policy.result_parameter})"


def _drop(kernel: KernelState, policy: KernelSocketPolicy) -> str:
    if kernel.profile.drops_have_flags:
        return f"Drop ({policy.result_parameter:X})"
    return "Drop"


def _control_unit(name: str) -> _Describer:
    return lambda kernel, policy: f"{name} ({_signed(policy.result_parameter)})"


def _interface(name: str) -> _Describer:
    def describe(kernel: KernelState, policy: KernelSocketPolicy) -> str:
        interface = kernel.interfaces.by_index.get(policy.result_parameter)
        return f"{name} ({interface_string(interface)})"

    return describe


def _service(name: str) -> _Describer:
    def describe(kernel: KernelState, policy: KernelSocketPolicy) -> str:
        data = _signed(policy.service_data)
        return f"{name} ({_service_uuid(kernel, policy)}.{data})"

    return describe


def _agent(name: str) -> _Describer:
    return lambda kernel, policy: f"{name} ({_service_uuid(kernel, policy)})"


def _route_rules(kernel: KernelState, policy: KernelSocketPolicy) -> str:
    """The kinds of interfaces, and the interfaces, for which the rule makes an exception."""
    rule = kernel.policies.route_rules.find(policy.result_parameter)
    if rule is None:
        return ""
    words_of_action = _ROUTE_RULE_WORDS.get(rule.default_action)
    if words_of_action is None:
        return "RouteRules (Unknown)"
    heading, actions, before, after = words_of_action
    words = [f"{before}{kind.label} " for kind in DUMPED_KINDS if kind.action_of(rule) in actions]
    names = _exception_names(kernel, rule)
    for position, (_, exception_action) in enumerate(rule.exceptions):
        if exception_action in actions:
            is_last = position == MAX_ROUTE_RULE_INTERFACES - 1
            words.append(f"{before}{names[position]}{'' if is_last else after}")
    return f"RouteRules ({heading}{''.join(words)})"


_DESCRIBERS: Final[dict[int, _Describer]] = {
    PolicyResult.PASS: _pass,
    PolicyResult.SKIP: _skip,
    PolicyResult.DROP: _drop,
    PolicyResult.SOCKET_DIVERT: _control_unit("SocketDivert"),
    PolicyResult.SOCKET_FILTER: _control_unit("SocketFilter"),
    PolicyResult.IP_TUNNEL: _interface("IPTunnel"),
    PolicyResult.TRIGGER: _service("Trigger"),
    PolicyResult.TRIGGER_IF_NEEDED: _service("TriggerIfNeeded"),
    PolicyResult.TRIGGER_SCOPED: _service("TriggerScoped"),
    PolicyResult.NO_TRIGGER_SCOPED: _service("NoTriggerScoped"),
    PolicyResult.SOCKET_SCOPED: _interface("SocketScoped"),
    PolicyResult.ROUTE_RULES: _route_rules,
    PolicyResult.USE_NETAGENT: _agent("UseNetAgent"),
    PolicyResult.NETAGENT_SCOPED: _agent("NetAgentScoped"),
    PolicyResult.REMOVE_NETAGENT: _agent("RemoveNetAgent"),
    PolicyResult.SCOPED_DIRECT: _plain("ScopedDirect"),
    PolicyResult.ALLOW_UNENTITLED: _plain("AllowUnentitled"),
}

_ONLY_ALLOWED: Final = ("Only ", (RouteRuleAction.ALLOW_INTERFACE,), "", " ")
_ROUTE_RULE_WORDS: Final[dict[int, tuple[str, tuple[RouteRuleAction, ...], str, str]]] = {
    RouteRuleAction.DENY_INTERFACE: _ONLY_ALLOWED,
    RouteRuleAction.DENY_INTERFACE_WITH_TYPE: _ONLY_ALLOWED,
    RouteRuleAction.ALLOW_INTERFACE: ("", DENYING, "!", ""),
    RouteRuleAction.QOS_MARKING: ("QoSMarking ", (RouteRuleAction.QOS_MARKING,), "", " "),
}
"""By default action: the heading, the actions that are listed, and text around each entry."""

_NAME_ROW_BYTES: Final = 10
"""``MAX_ROUTE_RULE_INTERFACES``, which should have been the number of rows."""


def _exception_names(kernel: KernelState, rule: KernelRouteRule) -> list[str]:
    """The names of a rule's interfaces.

    Kernel quirk: the dimensions of the table of names are swapped, so a row has 10 bytes instead of
    24. A name of 10 bytes or more is cut there and continues with the next row. No trace shows it.
    """
    names: list[str] = []
    following = "" if len(rule.exceptions) < MAX_ROUTE_RULE_INTERFACES else None
    for index, _ in reversed(rule.exceptions):
        name = interface_string(kernel.interfaces.by_index.get(index))[: IFXNAMSIZ - 1]
        if following is not None and len(name) >= _NAME_ROW_BYTES:
            name = name[:_NAME_ROW_BYTES] + following
        following = name
        names.insert(0, name)
    return names


def _service_uuid(kernel: KernelState, policy: KernelSocketPolicy) -> str:
    uuid = kernel.policies.uuid_ids.service_uuid_of(policy.result_parameter)
    if uuid is None:
        return "Unknown"
    digits = uuid.hex().upper()
    ends = (0, 8, 12, 16, 20, 32)
    return "-".join(digits[start:end] for start, end in pairwise(ends))


def _signed(number: int) -> int:
    return number - (1 << 32) if number >= 1 << 31 else number
