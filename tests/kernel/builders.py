"""A system like a laptop's, for tests that drive the engine through ``submit``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from necp_replay.abi.client import ClientResult
from necp_replay.abi.tlv import iterate_tlvs
from necp_replay.engines.recorder import Recorder
from necp_replay.events.effects import Effect, Log
from necp_replay.events.snapshot import ClientSnapshot
from necp_replay.kernel.machine import Machine
from necp_replay.releases.names import find_release
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.process import ClientHandle, NecpFdHandle, ProcessHandle
from necp_replay.scenario.system import InterfaceHandle, System

OLDER = "xnu-4570.41.2"
NEWER = "xnu-4570.51.1"
REGISTERED = "xnu-4903.221.2"
"""A release whose clients have flows in registrations."""
PID = 100
REMOTE = "198.18.0.1:443"


@dataclass(frozen=True, slots=True)
class Laptop:
    """The system, its interfaces and one process with an open fd.

    ``wifi`` is primary, then come ``wired`` and ``cellular``; each has a default route of its own.
    ``awdl`` is not ordered.
    """

    system: System
    wifi: InterfaceHandle
    wired: InterfaceHandle
    cellular: InterfaceHandle
    awdl: InterfaceHandle
    app: ProcessHandle
    fd: NecpFdHandle

    def client(self, client: ClientHandle) -> ClientSnapshot:
        """The state of a client."""
        for fd in self.system.snapshot().fds:
            for found in fd.clients:
                if found.client_id == client.client_id:
                    return found
        raise AssertionError("there is no such client")


def make_system(release: str = NEWER) -> System:
    """An empty system of a release, which may be under way."""
    profile = find_release(release, under_way=True)
    return System(Recorder(Machine(profile), lambda step, outcome: None), "test")


def make_laptop(release: str = NEWER, *, flags: int = 0) -> Laptop:
    """A system with a network; ``flags`` are those of ``necp_open``."""
    system = make_system(release)
    system.add_interface("lo0", 1, addrs=("127.0.0.1/8", "::1/128"))
    wifi = system.add_interface(
        "en0", 4, generation=7, addrs=("192.0.2.10/24", "2001:db8:4::10/64", "fe80::4/64")
    )
    wired = system.add_interface("en5", 5, functional_type=2, mtu=9000, addrs=("198.51.100.5/24",))
    cellular = system.add_interface(
        "pdp_ip0", 6, functional_type=5, flags=0x8051, expensive=True, addrs=("203.0.113.6/32",)
    )
    awdl = system.add_interface("awdl0", 7, functional_type=4, addrs=("fe80::7/64",))
    system.order_interfaces(wifi, wired, cellular)
    system.add_route("default", wifi, gateway="192.0.2.1")
    system.add_route("default", wired, gateway="198.51.100.1", scoped=True)
    system.add_route("default", cellular, gateway="203.0.113.1", scoped=True)
    app = system.add_process(PID)
    return Laptop(system, wifi, wired, cellular, awdl, app, app.necp_open(flags))


def update(laptop: Laptop) -> CallAnswer:
    """Evaluate every client again, as the update timer does."""
    laptop.system.update_all_clients()
    return laptop.system.fire_timer()


def tlv_types(content: bytes) -> list[ClientResult]:
    """The types of a result's TLVs in order."""
    return [ClientResult(type_) for _, type_, _ in iterate_tlvs(content)]


def effects_of(answer: CallAnswer, *kinds: type[Effect]) -> list[Effect]:
    """The effects of these kinds, in order."""
    return [effect for effect in answer.effects if isinstance(effect, kinds)]


def log_functions(answer: CallAnswer) -> Sequence[str | None]:
    """The functions of the log records, in order."""
    return [effect.function for effect in answer.effects if isinstance(effect, Log)]
