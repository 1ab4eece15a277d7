"""Workloads: traces of a browser-like process, whose clients use a network that changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.bench.choices import Choices
from necp_replay.dataclass import dataclass
from necp_replay.engines.recorder import Recorder
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.routes import RouteUpdate
from necp_replay.kernel.machine import Machine
from necp_replay.releases.names import find_release
from necp_replay.scenario.process import ClientHandle, NecpFdHandle
from necp_replay.scenario.system import System
from necp_replay.trace.header import Header, OutcomeDetail, SourceKind
from necp_replay.trace.writer import TraceWriter

CLIENTS = 50
"""How many clients the process starts with: about the open connections of a busy browser."""
RELEASE = "xnu-4570.51.1"


@dataclass(slots=True)
class Workload:
    """The system, process and clients that the calls of a workload are made on."""

    system: System
    fd: NecpFdHandle
    clients: list[ClientHandle]
    choices: Choices
    route: str


Mix = Callable[[Workload], None]
"""Makes the next call of a workload, or a few calls that belong together."""


def realistic(workload: Workload) -> None:
    """Mostly copies of results, some clients added and removed, some changes of the network."""
    choice = workload.choices.number(1000)
    if choice < 450:
        workload.choices.pick(workload.clients).copy_result()
    elif choice < 850:
        workload.choices.pick(workload.clients).copy_updated_result()
    elif choice < 880:
        workload.fd.copy_updated_result(ZERO_UUID)
    elif choice < 930:
        workload.fd.poll()
    elif choice < 960:
        add_client(workload)
    elif choice < 990:
        index = workload.choices.number(len(workload.clients))
        workload.clients.pop(index).remove()
        if len(workload.clients) < CLIENTS // 2:
            add_client(workload)
    elif choice < 995:
        workload.choices.pick(workload.clients).copy_parameters()
    else:
        workload.system.update_route(
            RouteUpdate(workload.route, mtu=1200 + workload.choices.number(300))
        )
        workload.system.update_all_clients()
        workload.system.fire_timer()


def only_copy_result(workload: Workload) -> None:
    """Nothing but COPY_RESULT."""
    workload.choices.pick(workload.clients).copy_result()


def only_copy_updated_result(workload: Workload) -> None:
    """Nothing but COPY_UPDATED_RESULT, which finds nothing new in most calls."""
    workload.choices.pick(workload.clients).copy_updated_result()


def only_add(workload: Workload) -> None:
    """Nothing but ADD; the fd is replaced before it has too many clients."""
    if len(workload.clients) > 10 * CLIENTS:
        workload.fd.close()
        workload.clients.clear()
        workload.fd = workload.fd.process.necp_open()
    add_client(workload)


MIXES: Final[Mapping[str, Mix]] = {
    "realistic": realistic,
    "copy_result": only_copy_result,
    "copy_updated_result": only_copy_updated_result,
    "add": only_add,
}
"""The workloads by name."""


def write_workload(path: Path, mix: str, records: int, seed: int, release: str = RELEASE) -> int:
    """Write a trace of at least ``records`` records of a mix, and return how many it has.

    The same arguments give the same bytes. Raises UsageError for a release that is not modelled.
    """
    header = Header(
        release=release,
        name=f"bench/{mix}",
        description=f"benchmark workload {mix}, seed {seed}",
        source_kind=SourceKind.SCENARIO,
        source=f"bench::{mix}",
        outcome_detail=OutcomeDetail.FULL,
    )
    written = 0
    with TraceWriter.create(path, header) as writer:

        def sink(step: Step, outcome: Outcome) -> None:
            nonlocal written
            writer.write(step, outcome)
            written += 1

        workload = build_world(System(Recorder(Machine(find_release(release)), sink), mix), seed)
        run = MIXES[mix]
        while written < records:
            run(workload)
    return written


def build_world(system: System, seed: int) -> Workload:
    """Set up Wi-Fi, Ethernet and a cellular interface, default routes, an agent and a process."""
    system.add_interface("lo0", 1, addrs=["127.0.0.1/8", "::1/128"])
    wifi = system.add_interface(
        "en0", 4, addrs=["192.0.2.10/24", "2001:db8:4::10/64", "fe80::4/64"], generation=7
    )
    wired = system.add_interface("en5", 5, functional_type=2, addrs=["198.51.100.5/24"])
    cell = system.add_interface(
        "pdp_ip0", 6, functional_type=5, addrs=["203.0.113.6/32"], flags=0x8051, expensive=True
    )
    system.order_interfaces(wifi, wired, cell)
    route = system.add_route("default", wifi, gateway="192.0.2.1")
    system.add_route("default6", wifi, gateway="2001:db8:4::1")
    system.add_route("default", wifi, gateway="192.0.2.1", scoped=True)
    system.add_route("default", cell, gateway="203.0.113.1", scoped=True)
    agent = system.add_agent("wifi-assist", domain="WiFi", type="Assist")
    wifi.add_agent(agent.uuid)
    system.fire_timer()
    process = system.add_process(100, "browser")
    workload = Workload(system, process.necp_open(), [], Choices(seed), route)
    for _ in range(CLIENTS):
        add_client(workload)
    return workload


def add_client(workload: Workload) -> None:
    """Add a client: one more connection of the browser."""
    number = workload.choices.number(250)
    port = workload.choices.pick((443, 80, 8443))
    remote = f"198.18.{number % 4}.{number + 1}:{port}"
    handle = workload.fd.add(remote=remote, remote_endpoint=remote, multipath=number % 10 == 0)
    assert handle.added is not None and handle.added.errno == 0, ClientAction.ADD
    workload.clients.append(handle)
