"""Writes docs/policies.md: every condition, result and route rule, with an example that is run.

python -m tests.docs.policy_reference
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from typing import Any, Final

from necp_replay.abi.policy import PolicyCondition, PolicyResult, RouteRuleAction, RouteRuleFlag
from necp_replay.releases.lineage import OLDEST, RELEASES
from necp_replay.releases.published import PUBLISHED
from necp_replay.releases.under_way import UNDER_WAY
from necp_replay.scenario import System, policies
from necp_replay.scenario.policies import Condition, Result, RouteRule
from tests.docs.markdown import ROOT

PAGE: Final = ROOT / "docs" / "policies.md"
CONDITIONS: Final = {
    "default": "default()",
    "application": "application(mail)",
    "real_application": "application(mail), real_application(helper)",
    "domain": 'domain("corp.example")',
    "domain_filter": "domain_filter(filter_id)",
    "url": 'url("https://corp.example/")',
    "account": 'account("me@corp.example")',
    "entitlement": 'application(mail), real_application(helper), entitlement("com.example.vpn")',
    "pid": "pid(mail)",
    "uid": "~uid(501)",
    "all_interfaces": 'all_interfaces(), domain("corp.example")',
    "bound_interface": 'bound_interface("en0")',
    "bound_interface_flags": "bound_interface_flags(xflags=0x1)",
    "traffic_class": "traffic_class(100, 200)",
    "ip_protocol": "ip_protocol(17)",
    "local_address": 'local_address("192.0.2.0/24")',
    "remote_address": 'remote_address("10.0.0.0/8")',
    "local_range": 'local_range("192.0.2.1", "192.0.2.20")',
    "remote_range": 'remote_range("203.0.113.1:80", "203.0.113.255:443")',
    "agent_type": 'agent_type("Cellular", "Internet")',
    "has_client": "has_client()",
    "local_networks": "local_networks()",
    "platform_binary": "platform_binary()",
    "sdk_version": "sdk_version(2, min_version=0xE0000)",
    "signing_identifier": 'application(mail), signing_identifier("com.example.mail")',
    "packet_filter_tags": "packet_filter_tags(1)",
    "loopback": "loopback()",
    "delegate_is_platform_binary": "delegate_is_platform_binary()",
    "client_flags": "client_flags()",
    "flow_ip_protocol": "flow_ip_protocol(6)",
    "flow_local_address": 'flow_local_address("192.0.2.10")',
    "flow_remote_address": 'flow_remote_address("203.0.113.0/24")',
    "flow_local_range": 'flow_local_range("192.0.2.1", "192.0.2.20")',
    "flow_remote_range": 'flow_remote_range("203.0.113.1", "203.0.113.20")',
    "no_local_address": "no_local_address()",
    "no_remote_address": "no_remote_address()",
    "scheme_port": "scheme_port(443)",
    "system_signed_result": "system_signed_result()",
    "real_uid": "real_uid(501)",
}
RESULTS: Final = {
    "pass_through": "pass_through()",
    "skip": "skip(to_order=100)",
    "drop": "drop()",
    "socket_divert": "socket_divert(1)",
    "socket_filter": "socket_filter(1)",
    "ip_tunnel": 'ip_tunnel("utun0")',
    "trigger": "trigger(service)",
    "trigger_if_needed": "trigger_if_needed(service)",
    "trigger_scoped": "trigger_scoped(service)",
    "no_trigger_scoped": "no_trigger_scoped(service)",
    "socket_scoped": 'socket_scoped("en0")',
    "route_rules": 'route_rules(deny("en0"), allow())',
    "use_netagent": "use_netagent(agent)",
    "netagent_scoped": "netagent_scoped(agent)",
    "remove_netagent": "remove_netagent(agent)",
    "scoped_direct": "scoped_direct()",
    "allow_unentitled": "allow_unentitled()",
}
ROUTE_RULES: Final = {
    "deny": "deny(kinds=RouteRuleFlag.CELLULAR)",
    "allow": 'allow("en0")',
    "mark_qos": 'mark_qos("en0")',
    "deny_as": 'deny_as(5, "en0")',
    "deny_bad_link": "deny_bad_link(kinds=RouteRuleFlag.WIFI)",
    "use_agent": 'use_agent(agent, "en0")',
    "remove_agent": 'remove_agent(agent, "en0")',
    "divert": 'divert(1, "en0")',
    "needing_agent": "needing_agent(deny(), agent)",
}
_HEAD: Final = """\
# Policies

A policy has conditions, a result and an order. A session adds policies, and `apply_all` makes them
take effect. Sessions are searched from the lowest order on, and the policies of each in the same
way; the first one whose conditions all hold decides, unless its result lets the search go on.

```python
from necp_replay.scenario import System
from necp_replay.scenario.policies import domain, drop, ip_tunnel, uid


def vpn(system: System) -> None:
    owner = system.add_process(300, name="vpnd", privileged=True, platform_binary=True)
    session = owner.open_policy_session(priority=3)
    session.add_policy(order=10, conditions=[domain("corp.example")], result=ip_tunnel("utun0"))
    session.add_policy(order=20, conditions=[~uid(501)], result=drop())
    session.apply_all()
```

`~condition` negates a condition. In the examples `mail` and `helper` are handles of processes,
`agent` and `service` are uuids, and `filter_id` is the id of a filter of domains. `necp-replay
explain` shows for a client which of a policy's conditions held. Each example was added to a session
on the release from which it can be used. Releases in brackets are under way: they run where their
name is given ([releases.md](releases.md)).
"""


_TABLE: Final = "| function | what it is | example | from |\n|---|---|---|---|"


def page() -> str:
    """The page as it has to be today."""
    parts = [_HEAD]
    for heading, examples, kind in (
        ("Conditions", CONDITIONS, Condition),
        ("Results", RESULTS, Result),
        ("Route rules", ROUTE_RULES, RouteRule),
    ):
        parts.append(f"## {heading}\n\n{_TABLE}")
        parts.append("\n".join(_row(name, code, kind) for name, code in examples.items()) + "\n")
    return "\n".join(parts)


def _row(name: str, code: str, kind: type) -> str:
    function: Callable[..., Any] = getattr(policies, name)
    parameters = ", ".join(_parameters(function))
    text = re.sub(r":\w+:`~?(?:[\w.]+\.)?(\w+)`", r"`\1`", inspect.getdoc(function) or "")
    text = " ".join(text.replace("``", "`").split()).replace("|", "\\|")
    tag = first_release(code, kind)
    system = f"macOS {PUBLISHED[tag].macos}"
    shown = "all" if tag == OLDEST else f"({system})" if tag in UNDER_WAY else system
    return f"| `{name}({parameters})` | {text} | `{code}` | {shown} |"


def _parameters(function: Callable[..., Any]) -> Iterator[str]:
    for parameter in inspect.signature(function).parameters.values():
        optional = parameter.default is not inspect.Parameter.empty
        star = "*" if parameter.kind is inspect.Parameter.VAR_POSITIONAL else ""
        default = parameter.default
        shown = f"={default.name}" if isinstance(default, PolicyResult) else f"={default!r}"
        yield f"{star}{parameter.name}{shown if optional else ''}"


def first_release(code: str, kind: type) -> str:
    """The oldest release whose kernel takes the example."""
    for tag in (*RELEASES, *UNDER_WAY):
        if is_taken(code, kind, tag):
            return tag
    raise AssertionError(f"no release takes {code}")


def is_taken(code: str, kind: type, release: str) -> bool:
    """Whether a session of a release takes a policy with the example."""
    system = System.of_release(release, under_way=True)
    system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.add_interface("utun0", 8)
    mail, helper = system.add_process(100, "mail"), system.add_process(101, "helper")
    owner = system.add_process(300, "vpnd", privileged=True, platform_binary=True)
    session = owner.open_policy_session(priority=3)
    names = vars(policies) | {
        "mail": mail,
        "helper": helper,
        "agent": system.add_agent("vpn").uuid,
        "service": bytes(range(16)),
        "filter_id": 1,
        "RouteRuleFlag": RouteRuleFlag,
    }
    made = eval(f"[{code}]", names)  # The examples are those above.
    conditions = made if kind is Condition else []
    result = made[0] if kind is Result else policies.drop()
    if kind is RouteRule:
        result = policies.route_rules(*made)
    if not _is_known(conditions, result, release):
        return False
    return session.add_policy(order=10, conditions=conditions, result=result).answer.errno == 0


def _is_known(conditions: list[Condition], result: Result, release: str) -> bool:
    """Whether a release knows each part; it passes over some that it does not know."""
    entry = UNDER_WAY.get(release)
    profile = RELEASES[release] if entry is None else entry.release.profile
    wanted: list[tuple[PolicyCondition | PolicyResult | RouteRuleAction, AbstractSet[Any]]] = [
        *((each.type, profile.policy_conditions) for each in conditions),
        (result.type, profile.policy_results),
        *((each.action, profile.route_rule_actions) for each in result.route_rules),
    ]
    needs_agent = any(each.kinds & RouteRuleFlag.NETAGENT for each in result.route_rules)
    if needs_agent and not profile.route_rules_may_need_agents:
        return False
    return all(member in known for member, known in wanted)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
