"""Writes scenarios that reproduce what logs say, with everything that had to be assumed.

Text of logs enters the code only as a Python literal, or as letters and digits of a name.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import Final

from necp_replay.abi.address_text import ip_text
from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import SessionAction
from necp_replay.dataclass import dataclass
from necp_replay.importers.errno_names import errno_text
from necp_replay.importers.log_facts import FactKind, LogFact
from necp_replay.releases.profile import Profile
from necp_replay.why.denials import denied_privilege
from necp_replay.why.policies import GivenPolicies
from necp_replay.why.reproduce import Variant

_REMOTE: Final = "203.0.113.5:443"
_LOCAL: Final = "192.0.2.10"
_LOCAL_6: Final = "2001:db8::10"
_PROTOCOLS: Final = {"tcp": 6, "udp": 17, "quic": 17}
_OWNER_PID: Final = 90
_APP_PID: Final = 812
_MOST_NAME_CHARACTERS: Final = 32
_INDENT: Final = "    "
_HEAD: Final = '''\
"""What a log shows, as scenarios: `necp-replay record` runs them. Correct what was assumed."""

from necp_replay.abi.client import ClientAction, FlowFlag, OpenFlag
from necp_replay.abi.policy import PolicyResult, SessionAction
from necp_replay.scenario import System, client_parameters, nowhere, room, sandbox
from necp_replay.scenario.policies import drop, remote_address
'''


@dataclass(slots=True)
class ScenarioSkeleton:
    """One scenario: its name, its lines, what it assumes, and whether its call fails as it did.

    ``is_evaluated`` says that the client of the scenario is evaluated, so that this can be
    explained.
    """

    name: str
    lines: list[str]
    assumed: list[str] = field(default_factory=list)
    is_evaluated: bool = False


def scenario_of(
    fact: LogFact,
    number: int,
    variants: Sequence[Variant],
    given: GivenPolicies | None,
    profile: Profile,
) -> ScenarioSkeleton | None:
    """The scenario for one fact; None for a fact that no scenario shows."""
    if fact.kind in (FactKind.LOCAL_NETWORK, FactKind.KERNEL):
        return None
    if fact.kind is FactKind.PATH and "unsatisfied" not in fact.reason:
        return None
    if fact.kind is FactKind.AGENTS_FAILED and given is None:
        # Without policies it is not known which agent was asked for.
        return None
    name = f"{_words(fact)}_{number}"
    skeleton = ScenarioSkeleton(name, [])
    body = list(_system_lines(fact, skeleton, given))
    if fact.kind is FactKind.CALL_FAILED and fact.call == "necp_client_action":
        body += _call_lines(fact, skeleton, variants)
    elif fact.kind is FactKind.DENIED:
        body += _denial_lines(fact, skeleton, profile)
    elif fact.kind is FactKind.CALL_FAILED:
        body += _other_call_lines(fact, skeleton, profile)
    else:
        body += _evaluation_lines(fact, skeleton, given)
    about = f"{fact.kind.value.capitalize()} (line {fact.line} of the log)."
    skeleton.lines = [
        f"def {name}(system: System) -> None:",
        f'{_INDENT}"""{about}"""',
        *(f"{_INDENT}# Assumed: {each}." for each in skeleton.assumed),
        *(f"{_INDENT}{line}" for line in body),
    ]
    return skeleton


def file_of(skeletons: Sequence[ScenarioSkeleton], given: GivenPolicies | None) -> str:
    """The whole file of scenarios."""
    parts = [_HEAD]
    if given is not None:
        parts.append("\n".join(_policy_function(given)))
    parts += ["\n".join(skeleton.lines) for skeleton in skeletons]
    return "\n\n".join(part.rstrip("\n") + "\n" for part in parts)


def _system_lines(
    fact: LogFact, skeleton: ScenarioSkeleton, given: GivenPolicies | None
) -> Iterator[str]:
    interface = fact.interface if re.fullmatch(r"[a-z]{1,10}[0-9]{1,4}", fact.interface) else ""
    if not interface:
        skeleton.assumed.append("the interface is en0")
        interface = "en0"
    local, remote = _address(fact.local), _address(fact.remote)
    is_6 = any(":" in each for each in (local, remote))
    if not local or (":" in local) is not is_6:
        local = _LOCAL_6 if is_6 else _LOCAL
        skeleton.assumed.append(f"the address of {interface} is {local}")
    prefix = 64 if is_6 else 24
    skeleton.assumed.append(f"the network is /{prefix}, with a default route")
    if given is not None:
        others = [name for name in given.interfaces if name != interface]
        for index, name in enumerate(others, 5):
            yield f"system.add_interface({name!r}, {index})"
    yield f'link = system.add_interface("{interface}", 4, addrs=["{local}/{prefix}"])'
    yield "system.order_interfaces(link)"
    route = "default6" if is_6 else "default"
    yield f'system.add_route("{route}", link, gateway="{_gateway(local, prefix)}")'
    if given is not None:
        yield "_make_policies(system)"
    pid = fact.pid if fact.pid is not None and 0 < fact.pid < 1 << 31 else _APP_PID
    if given is not None and pid in given.owners and any(s.pid == pid for s in given.steps):
        pid = _APP_PID
    if pid != fact.pid:
        skeleton.assumed.append(f"the pid is {pid}")
    skeleton.assumed.append("the process is of the user 501, without privileges")
    yield f"process = system.add_process({pid}, name={fact.process!a}, uid=501)"


def _call_lines(
    fact: LogFact, skeleton: ScenarioSkeleton, variants: Sequence[Variant]
) -> Iterator[str]:
    yield "fd = process.necp_open()"
    parameters = _parameters(fact, skeleton)
    yield f"parameters = client_parameters({parameters})"
    yield from variants[0].setup if variants else ()
    yield "client = fd.add(parameters)"
    if not variants:
        error = errno_text(fact.errno) if fact.errno else "an error that is not named"
        yield f"# No call that was tried gives {error} on this release."
        yield f"fd.action({fact.action}, client.client_id, room(96))"
        return
    for number, variant in enumerate(variants):
        changes = "; ".join(variant.changes) or "it is an ordinary call"
        if number == 0:
            skeleton.assumed.append(f"what was wrong: {changes}")
            yield f"answer = {variant.code}"
            if fact.errno:
                yield f"assert answer.errno == {fact.errno}  # {errno_text(fact.errno)}"
        else:
            yield f"# Or {changes}: {variant.code}"


def _other_call_lines(fact: LogFact, skeleton: ScenarioSkeleton, profile: Profile) -> Iterator[str]:
    skeleton.assumed.append("the arguments of the call")
    is_refused_observer = fact.errno == Errno.EACCES and profile.observers_need_privilege
    if fact.call == "necp_open" and is_refused_observer:
        skeleton.assumed.append("it asks to observe, without the privilege")
        yield "fd = process.necp_open(OpenFlag.OBSERVER)"
        yield "assert fd.fd == -1"
    elif fact.call == "necp_open":
        yield "process.necp_open()"
    elif fact.call == "necp_session_open":
        yield "process.necp_session_open()"
    else:
        yield f"process.match_policy({_parameters(fact, skeleton)})"


def _denial_lines(fact: LogFact, skeleton: ScenarioSkeleton, profile: Profile) -> Iterator[str]:
    """A process with a sandbox that denies what the log says, and the call."""
    privilege = denied_privilege(fact)
    if privilege is not None:
        skeleton.assumed.append("the sandbox denies this privilege alone")
        yield f"process.update(sandbox=sandbox(denied_privileges=[{privilege}]))"
        yield from _other_call_lines(fact, skeleton, profile)
        return
    skeleton.assumed.append("the arguments of the call")
    if not profile.calls_ask_sandbox:
        skeleton.assumed.append("the release asks no sandbox, so the call is not refused here")
    if fact.call == "necp_open":
        yield "process.update(sandbox=sandbox(denies_open=True))"
        yield "fd = process.necp_open()"
        if profile.calls_ask_sandbox:
            yield "assert fd.fd == -1"
        return
    action = ClientAction.ADD if fact.action is None else fact.action
    if fact.action is None:
        skeleton.assumed.append("the action is ADD")
    yield "fd = process.necp_open()"
    yield 'client = fd.add(remote="203.0.113.5:443")'
    yield f"allowed = set(ClientAction) - {{{action}}}"
    yield "process.update(sandbox=sandbox(allowed_actions=allowed))"
    yield f"answer = fd.action({int(action)}, client.client_id, room(96))"
    if profile.calls_ask_sandbox:
        yield f"assert answer.errno == {int(Errno.EPERM)}  # EPERM"


def _evaluation_lines(
    fact: LogFact, skeleton: ScenarioSkeleton, given: GivenPolicies | None
) -> Iterator[str]:
    skeleton.is_evaluated = True
    remote = _address(fact.remote) or _address(_REMOTE)
    parameters = _parameters(fact, skeleton)
    if given is None:
        skeleton.assumed.append(
            "one policy drops what goes to this remote, and there are no others"
        )
        yield (
            f'owner = system.add_process({_OWNER_PID}, name="owner", privileged=True,'
            " platform_binary=True)"
        )
        yield "session = owner.open_policy_session()"
        yield f'conditions = [remote_address("{remote}")]'
        yield "session.add_policy(order=10, conditions=conditions, result=drop())"
        yield "session.apply_all()"
    skeleton.assumed.append("the traffic is that of a client, which binds to no interface")
    yield "fd = process.necp_open()"
    yield f"client = fd.add({parameters})"
    if given is None:
        yield "assert client.copy_result().policy_result == PolicyResult.DROP"
    else:
        yield "client.copy_result()"


def _parameters(fact: LogFact, skeleton: ScenarioSkeleton) -> str:
    """The parameters of a client as keywords."""
    remote = fact.remote if _address(fact.remote) else ""
    if not remote and not (fact.call and fact.local):
        remote = _REMOTE if ":" not in _address(fact.local) else "[2001:db8:1::5]:443"
        skeleton.assumed.append(f"the remote is {remote}")
    words = [f'remote="{remote}"'] if remote else []
    # A client that names its local address is bound to that interface.
    if fact.kind is FactKind.CALL_FAILED and _address(fact.local):
        words.append(f'local="{fact.local}"')
    words.append(f"ip_protocol={_PROTOCOLS.get(fact.protocol, 6)}")
    if fact.protocol not in _PROTOCOLS:
        skeleton.assumed.append("the protocol is TCP")
    return ", ".join(words)


def _policy_function(given: GivenPolicies) -> Iterator[str]:
    yield "def _make_policies(system: System) -> None:"
    yield f'{_INDENT}"""The policies that were given."""'
    owners: set[int] = set()
    for step in given.steps:
        if step.action:
            name = f"SessionAction.{SessionAction(step.action).name}"
            content = "None" if step.content is None else f'bytes.fromhex("{step.content.hex()}")'
            room = "room(4)" if step.action == SessionAction.POLICY_ADD else "None"
            yield f"{_INDENT}session_{step.session}.action({name}, {content}, {room})"
            continue
        if step.pid not in owners:
            owners.add(step.pid)
            owner = ascii(given.owners.get(step.pid, ""))
            yield (
                f"{_INDENT}owner_{step.pid} = system.add_process({step.pid}, name={owner},"
                " privileged=True, platform_binary=True)"
            )
        yield f"{_INDENT}session_{step.session} = owner_{step.pid}.necp_session_open()"


def _address(endpoint: str) -> str:
    """The address of an endpoint, in one spelling; empty if it is none."""
    found = re.fullmatch(r"\[?(?P<address>[0-9A-Fa-f.:]+?)\]?(?::\d{1,5})?", endpoint)
    if found is None:
        return ""
    try:
        return ip_text(ipaddress.ip_address(found["address"]).packed)
    except ValueError:
        return ""


def _gateway(local: str, prefix: int) -> str:
    network = ipaddress.ip_network(f"{local}/{prefix}", strict=False)
    return str(network.network_address + 1)


def _words(fact: LogFact) -> str:
    """A name for a scenario: letters and digits of what it is about."""
    text = f"{fact.process} {fact.kind.name.lower()} {errno_text(fact.errno) if fact.errno else ''}"
    words = re.sub(r"[^a-z0-9]+", "_", text.lower())[:_MOST_NAME_CHARACTERS].strip("_")
    return words if words[:1].isalpha() else f"log_{words}"
