"""The clients that a record evaluates: known from the record, noted before it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from necp_replay.abi.client import ClientAction
from necp_replay.events.clock import TimerFire
from necp_replay.events.notifications import FdBackground
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.explain.model import Change
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
    """A client that was evaluated, and what it looked like before.

    ``process`` is whom it was evaluated for. ``result_before`` has the bytes of its result;
    ``flows_before`` and ``background_update_before`` are what evaluating may have taken away.
    """

    client: Client
    necp_fd: NecpFd
    process: Process
    result_before: bytes = b""
    flows_before: tuple[Flow, ...] = ()
    background_update_before: bool = False

    @property
    def change(self) -> Change:
        """What became of the result's bytes; before its first evaluation a client has none."""
        if not self.result_before:
            return Change.NEW
        changed = valid_result(self.client) != self.result_before
        return Change.CHANGED if changed else Change.UNCHANGED


def valid_result(client: Client) -> bytes:
    """The bytes of a client's result; the whole buffer after an overflow."""
    if client.result_length == RESULT_OVERFLOWED:
        return bytes(client.result)
    return bytes(client.result[: client.result_length])


class ObservedMachine(Machine):
    """A machine that tells which clients its last step evaluated: slower, and otherwise the same.

    Within a step nothing that evaluating depends on changes from one client to the next, so what
    the step leaves behind is what each of them was evaluated against.
    """

    def __init__(self, profile: Profile) -> None:
        super().__init__(profile)
        self.evaluated: tuple[EvaluatedClient, ...] = ()

    @property
    def kernel(self) -> KernelState:
        """The state behind the machine, to look at."""
        return self._kernel

    @property
    def is_down(self) -> bool:
        """Whether the modelled system panicked, or its state is unknown."""
        return self._ended is not None

    def submit(self, step: Step) -> Outcome:
        """Apply one input and return its outcome; ``evaluated`` is then what it evaluated."""
        kernel = self._kernel
        expected = _about_to_evaluate(kernel, step)
        added_before = _client_added(kernel, step)
        outcome = super().submit(step)
        added = _client_added(kernel, step)
        if self.is_down:
            self.evaluated = ()
        elif added is None or (added_before and added.client is added_before.client):
            # Also where the id of a new client was in use: nobody finds that client again.
            self.evaluated = expected
        else:
            self.evaluated = (added,)
        return outcome


def _about_to_evaluate(kernel: KernelState, step: Step) -> tuple[EvaluatedClient, ...]:
    """The clients there are that a step is going to evaluate."""
    match step.input:
        case TimerFire() if kernel.update_timer_armed:
            return tuple(
                _observe(client, necp_fd, process)
                for necp_fd in kernel.clients.fd_list
                if (process := kernel.find_process(necp_fd.proc_pid)) is not None
                for client in necp_fd.clients
            )
        case FdBackground(pid=pid, fd=fd):
            return _about_to_background(kernel, pid, fd)
        case _:
            return ()


def _about_to_background(kernel: KernelState, pid: int, fd: int) -> tuple[EvaluatedClient, ...]:
    """All clients of the fd, where any of them has an assigned flow and so is told."""
    process = kernel.find_process(pid)
    file = None if process is None else process.files.get(fd)
    if process is None or not isinstance(file, NecpFd):
        return ()
    told = [c for c in file.clients if any(flow.assigned for flow in c.flow_list)]
    if not told:
        return ()
    return tuple(
        _observe(client, file, process)._replace(
            background_update_before=client.background_update or client in told
        )
        for client in file.clients
    )


def _observe(client: Client, necp_fd: NecpFd, process: Process) -> EvaluatedClient:
    return EvaluatedClient(
        client,
        necp_fd,
        process,
        valid_result(client),
        tuple(client.flow_list),
        client.background_update,
    )


def _client_added(kernel: KernelState, step: Step) -> EvaluatedClient | None:
    """The client under the id that an ADD gives out, before or after it."""
    event = step.input
    if not isinstance(event, NecpClientAction) or event.action != ClientAction.ADD:
        return None
    process = kernel.find_process(event.pid)
    file = None if process is None else process.files.get(event.fd)
    if process is None or not isinstance(file, NecpFd) or not step.uuids:
        return None
    client = file.clients.find(step.uuids[0])
    return None if client is None else EvaluatedClient(client, file, process)
