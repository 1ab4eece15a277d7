"""An engine that reports which clients each step evaluated, and what they were like before."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from necp_replay.abi.client import ClientAction
from necp_replay.events.clock import TimerFire
from necp_replay.events.notifications import FdBackground
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.explain.explanation import ResultChange
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.machine import Machine
from necp_replay.kernel.objects.client import RESULT_OVERFLOWED
from necp_replay.kernel.objects.necp_fd import NecpFd

if TYPE_CHECKING:
    from necp_replay.events.inputs import Step
    from necp_replay.events.outcome import Outcome
    from necp_replay.kernel.objects.client import Client
    from necp_replay.kernel.objects.flow import Flow
    from necp_replay.kernel.objects.process import Process
    from necp_replay.kernel.state import KernelState
    from necp_replay.releases.profile import Profile


class EvaluatedClient(NamedTuple):
    """A client that was evaluated, and what it was like before.

    ``process`` is the process that it was evaluated for. ``result_before`` has the bytes of its
    earlier result. An evaluation may remove flows and clears the background update, so both are
    kept as they were: ``flows_before`` and ``background_update_before``.
    """

    client: Client
    necp_fd: NecpFd
    process: Process
    result_before: bytes = b""
    flows_before: tuple[Flow, ...] = ()
    background_update_before: bool = False

    @property
    def change(self) -> ResultChange:
        """Whether the result's bytes changed; a client without a result before is new."""
        if not self.result_before:
            return ResultChange.NEW
        changed = valid_result(self.client) != self.result_before
        return ResultChange.CHANGED if changed else ResultChange.UNCHANGED


def valid_result(client: Client) -> bytes:
    """The bytes of a client's result; after an overflow, the whole buffer."""
    if client.result_length == RESULT_OVERFLOWED:
        return bytes(client.result)
    return bytes(client.result[: client.result_length])


class ObservedMachine(Machine):
    """The engine, which also reports the clients that its last step evaluated; slower.

    Which clients a step evaluates is known from its input, so they are collected before it runs.
    """

    def __init__(self, profile: Profile) -> None:
        super().__init__(profile)
        self.evaluated: tuple[EvaluatedClient, ...] = ()

    @property
    def kernel(self) -> KernelState:
        """The state of the engine; callers must not change it."""
        return self._kernel

    def submit(self, step: Step) -> Outcome:
        """Apply one input and return its outcome; sets ``evaluated``."""
        kernel = self._kernel
        expected = _about_to_evaluate(kernel, step)
        added_before = _client_added(kernel, step)
        outcome = super().submit(step)
        added = _client_added(kernel, step)
        if self.is_down:
            self.evaluated = ()
        elif added is None or (added_before and added.client is added_before.client):
            # No new client. ADD with an id that was in use adds one that cannot be found by its
            # id, so it is left out.
            self.evaluated = expected
        else:
            self.evaluated = (added,)
        return outcome


def _about_to_evaluate(kernel: KernelState, step: Step) -> tuple[EvaluatedClient, ...]:
    """The existing clients that a step will evaluate."""
    match step.input:
        case TimerFire(timer="") if kernel.update_timer_armed:
            return tuple(
                _observe(kernel, client, necp_fd, process)
                for necp_fd in kernel.clients.fd_list
                if (process := kernel.find_process(necp_fd.proc_pid)) is not None
                for client in necp_fd.clients
            )
        case FdBackground(pid=pid, fd=fd):
            return _about_to_background(kernel, pid, fd)
        case _:
            return ()


def _about_to_background(kernel: KernelState, pid: int, fd: int) -> tuple[EvaluatedClient, ...]:
    """All clients of an fd, if any of them has an assigned flow; otherwise none.

    Only a client with an assigned flow is notified of the background, and one such client is
    enough for the kernel to evaluate all of the fd's clients. Where the fd keeps the background,
    the kernel evaluates none before the update timer fires.
    """
    if kernel.profile.fd_keeps_background:
        return ()
    process = kernel.find_process(pid)
    file = None if process is None else process.files.get(fd)
    if process is None or not isinstance(file, NecpFd):
        return ()
    rules = flow_rules(kernel)
    notified = [c for c in file.clients if any(flow.assigned for flow in rules.flows(c))]
    if not notified:
        return ()
    return tuple(
        _observe(kernel, client, file, process)._replace(
            background_update_before=client.background_update or client in notified
        )
        for client in file.clients
    )


def _observe(
    kernel: KernelState, client: Client, necp_fd: NecpFd, process: Process
) -> EvaluatedClient:
    return EvaluatedClient(
        client,
        necp_fd,
        process,
        valid_result(client),
        tuple(flow_rules(kernel).flows(client)),
        client.background_update,
    )


def _client_added(kernel: KernelState, step: Step) -> EvaluatedClient | None:
    """The client that has the id which an ADD generates; called before and after the step."""
    event = step.input
    if not isinstance(event, NecpClientAction) or event.action != ClientAction.ADD:
        return None
    process = kernel.find_process(event.pid)
    file = None if process is None else process.files.get(event.fd)
    if process is None or not isinstance(file, NecpFd) or not step.uuids:
        return None
    made = flow_rules(kernel).new_client(step.uuids[0], b"", process.pid)
    client = file.clients.find(made.client_id)
    return None if client is None else EvaluatedClient(client, file, process)
