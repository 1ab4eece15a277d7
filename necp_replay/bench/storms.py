"""The system for update storms: many clients under many policies, all evaluated at every change.

An update storm is what follows a change of the network: every client is evaluated again.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Final

from necp_replay.abi.policy import PolicyCondition
from necp_replay.bench.choices import Choices
from necp_replay.engines.recorder import Recorder
from necp_replay.events.clock import TimerFire, UpdateAllClients
from necp_replay.events.inputs import Step
from necp_replay.events.interfaces import IfaceUpdate
from necp_replay.events.outcome import Outcome
from necp_replay.kernel.evaluation_cache import CACHE_ENTRIES
from necp_replay.kernel.machine import Machine
from necp_replay.releases.names import find_release
from necp_replay.releases.profile import Profile
from necp_replay.scenario import policies as made
from necp_replay.scenario.process import NecpFdHandle
from necp_replay.scenario.system import System

RELEASE: Final = "xnu-4570.51.1"
SHAPES: Final = 200
"""How many combinations of process and parameters the clients have.

Real clients resemble each other: the evaluation cache relies on it.
"""
PROCESSES: Final = 20
_INTERFACES: Final = (
    (4, "en0", 3),
    (5, "en5", 2),
    (6, "pdp_ip0", 5),
    (7, "en7", 2),
    (8, "awdl0", 4),
)
"""Index, name and functional type; the first four are ordered."""
_SESSIONS: Final = 5
_FIRST_PID: Final = 100
_FIRST_UID: Final = 501


class StormSystem:
    """A system with clients and policies; :meth:`storm` changes an interface and updates all.

    The clients are spread evenly over ``shapes`` combinations of process and parameters. The same
    arguments give the same inputs.
    """

    def __init__(
        self,
        clients: int,
        policies: int,
        seed: int,
        evaluations_kept: int = CACHE_ENTRIES,
        release: str = RELEASE,
        *,
        shapes: int = SHAPES,
    ) -> None:
        """Raises UsageError for a release that is not modelled.

        ``seconds_to_install`` is the processor time that adding and applying all policies took.
        """
        self.machine = Machine(find_release(release), cache_entries=evaluations_kept)
        self._choices = Choices(seed)
        self._storms = 0
        system = System(Recorder(self.machine, lambda step, outcome: None), "bench/policies")
        _build_network(system)
        started = time.process_time()
        _add_policies(system, self.machine.profile, policies, self._choices)
        self.seconds_to_install = time.process_time() - started
        fds = _open_fds(system)
        for number in range(clients):
            _add_client(fds, number % shapes)

    def storm(self) -> Outcome:
        """Change one interface's generation and MTU, and have every client evaluated again."""
        self._storms += 1
        index, _, _ = self._choices.pick(_INTERFACES)
        mtu = 1280 + self._choices.number(220)
        submit = self.machine.submit
        submit(Step(IfaceUpdate(index, generation=self._storms, mtu=mtu)))
        submit(Step(UpdateAllClients()))
        return submit(Step(TimerFire()))


def _build_network(system: System) -> None:
    system.add_interface("lo0", 1, addrs=["127.0.0.1/8", "::1/128"])
    handles = []
    for index, name, functional_type in _INTERFACES:
        addrs = [f"192.0.{index}.10/24", f"2001:db8:{index}::10/64"]
        handle = system.add_interface(name, index, functional_type=functional_type, addrs=addrs)
        system.add_route("default", handle, gateway=f"192.0.{index}.1", scoped=True)
        handles.append(handle)
    system.order_interfaces(*handles[:4])
    system.add_route("default", handles[0], gateway="192.0.4.1")
    system.add_route("default6", handles[0], gateway="2001:db8:4::1")
    agent = system.add_agent("wifi-assist", domain="WiFi", type="Assist")
    handles[0].add_agent(agent.uuid)


def _add_policies(system: System, profile: Profile, policies: int, choices: Choices) -> None:
    """Add policies for applications, domains, networks and so on, in a few sessions."""
    results = [each for each in _RESULTS if each.type in profile.policy_results]
    daemon = system.add_process(99, "policyd", uid=0, privileged=True, platform_binary=True)
    for session_number in range(_SESSIONS):
        session = system.add_policy_session(daemon)
        for number in range(session_number, policies, _SESSIONS):
            condition = choices.pick(_CONDITIONS)(choices)
            result = choices.pick(results)
            if condition.negative:
                result = made.skip(to_order=number + 10)
            elif condition.type in _ADDRESS_CONDITIONS:
                result = choices.pick(_RESULTS_FOR_ADDRESSES)
            conditions = [made.all_interfaces(), condition]
            added = session.add_policy(order=number + 1, conditions=conditions, result=result)
            if added.answer.errno != 0:
                raise RuntimeError(f"the kernel refuses policy {number}: {added.answer}")
        session.apply_all()


def _open_fds(system: System) -> list[NecpFdHandle]:
    fds = []
    for number in range(PROCESSES):
        process = system.add_process(
            _FIRST_PID + number,
            f"app{number}",
            uid=_FIRST_UID + number % 3,
            exec_uuid=_executable(number),
        )
        fds.append(process.necp_open())
    return fds


def _add_client(fds: list[NecpFdHandle], number: int) -> None:
    """Add a client. Those of one shape differ in the port that they connect to."""
    shape = number % SHAPES
    kind = shape // PROCESSES
    remote = f"198.{18 + kind % 2}.{shape % 40}.{shape + 1}:{443 + number // SHAPES}"
    client = fds[shape % PROCESSES].add(
        remote=remote,
        remote_endpoint=remote,
        domain=f"www{shape}.site{shape % 50}.example" if kind % 2 else None,
        account=f"account{shape % 30}" if kind == 3 else None,
        traffic_class=100 * (kind % 4),
        ip_protocol=17 if kind == 4 else 6,
        prohibit_if_type=[5] if kind in (5, 6) else (),
        require_if_type=[2] if kind == 7 else (),
        prefer_agent_type=[("WiFi", "Assist")] if kind == 8 else (),
        multipath=kind == 9,
    )
    if client.added is None or client.added.errno != 0:
        raise RuntimeError(f"the kernel refuses a client of shape {shape}: {client.added}")


def _executable(number: int) -> bytes:
    return hashlib.sha256(f"bench/{number}".encode()).digest()[:16]


def _subnet(choices: Choices) -> str:
    return f"198.{18 + choices.number(2)}.{choices.number(250)}.0/24"


_CONDITIONS: Final[tuple[Callable[[Choices], made.Condition], ...]] = (
    lambda choices: made.application(_executable(choices.number(100))),
    lambda choices: ~made.uid(_FIRST_UID + choices.number(3)),
    lambda choices: made.domain(f"site{choices.number(400)}.example"),
    lambda choices: made.account(f"account{choices.number(300)}"),
    lambda choices: made.pid(_FIRST_PID + choices.number(300)),
    lambda choices: made.uid(_FIRST_UID + choices.number(100)),
    lambda choices: made.traffic_class(900 + choices.number(10)),
    lambda choices: made.ip_protocol(choices.pick((1, 6, 17, 58))),
    lambda choices: made.bound_interface(choices.pick(("en5", "en7", "awdl0"))),
    lambda choices: made.remote_address(_subnet(choices)),
    lambda choices: made.remote_range(f"203.0.113.{choices.number(99)}", "203.0.113.200"),
    lambda choices: ~made.local_address(f"10.{choices.number(250)}.0.0/16"),
)
_ADDRESS_CONDITIONS: Final = frozenset(
    (
        PolicyCondition.LOCAL_ADDR,
        PolicyCondition.REMOTE_ADDR,
        PolicyCondition.LOCAL_ADDR_RANGE,
        PolicyCondition.REMOTE_ADDR_RANGE,
    )
)
_RESULTS: Final = (
    made.socket_filter(7),
    made.use_netagent(_executable(0)),
    made.trigger_if_needed(_executable(1)),
    made.route_rules(made.allow(), made.deny("pdp_ip0")),
)
_RESULTS_FOR_ADDRESSES: Final = (made.pass_through(), made.drop())
