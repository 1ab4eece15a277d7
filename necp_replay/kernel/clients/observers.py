"""Queues updates for push observers: about the clients of all processes."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ObserverUpdateType
from necp_replay.kernel.clients.notify import fd_notify
from necp_replay.kernel.exceptions import KernelPanic
from necp_replay.kernel.objects.client import RESULT_OVERFLOWED, Client
from necp_replay.kernel.objects.necp_fd import NecpFd, ObserverUpdate
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.state import KernelState


def observer_add(kernel: KernelState, client: Client) -> None:
    """Queue a client's parameters for every push observer, the one opened last first.

    Source: necp_client_update_observer_add, xnu-4570.51.1.
    """
    for observer_fd in kernel.clients.observer_list:
        queue_parameters(kernel, observer_fd, client)


def observer_update(kernel: KernelState, client: Client) -> None:
    """Queue a client's result for every push observer. Raises KernelPanic as queue_result.

    Source: necp_client_update_observer_update, xnu-4570.51.1.
    """
    for observer_fd in kernel.clients.observer_list:
        queue_result(kernel, observer_fd, client)


def observer_remove(kernel: KernelState, client: Client) -> None:
    """Queue the removal of a client for every push observer.

    Source: necp_client_update_observer_remove, xnu-4570.51.1.
    """
    for observer_fd in kernel.clients.observer_list:
        _queue(kernel, observer_fd, client, ObserverUpdateType.REMOVE, b"")


def queue_parameters(kernel: KernelState, observer_fd: NecpFd, client: Client) -> None:
    """Queue a client's parameters for one observer.

    Source: necp_client_update_observer_add_internal, xnu-4570.51.1.
    """
    _queue(kernel, observer_fd, client, ObserverUpdateType.PARAMETERS, client.parameters)


def queue_result(kernel: KernelState, observer_fd: NecpFd, client: Client) -> None:
    """Queue a client's result for one observer.

    Raises KernelPanic for a result that outgrew its buffer, unless the queue is full: the length of
    such a result has wrapped, and no allocation is that large.
    Source: necp_client_update_observer_update_internal, xnu-4570.51.1.
    """
    length = client.result_length
    if length == RESULT_OVERFLOWED:
        if not _is_full(kernel, observer_fd):
            raise KernelPanic(
                "necp_client_update_observer_update_internal",
                "allocation of a wrapped result length",
            )
        return
    _queue(kernel, observer_fd, client, ObserverUpdateType.RESULT, client.result[:length])


def _queue(
    kernel: KernelState, observer_fd: NecpFd, client: Client, type_: int, tlv: bytes | bytearray
) -> None:
    # Kernel quirk: updates beyond the limit are dropped without a log record.
    if _is_full(kernel, observer_fd):
        return
    observer_fd.update_list.append(ObserverUpdate(client.client_id, int(type_), bytes(tlv)))
    fd_notify(kernel, observer_fd)


def _is_full(kernel: KernelState, observer_fd: NecpFd) -> bool:
    return len(observer_fd.update_list) >= kernel.clients.observer_message_limit


OUTGROWN_RESULT_PANICS_OBSERVERS: Final = Quirk(
    "A result that outgrew its buffer panics the kernel when a push observer is told of it, or "
    "opens later.",
    "necp_client_update_observer_update_internal",
    "syscalls/test_necp_open.py"
    "::test_a_push_observer_that_opens_after_a_result_outgrew_its_buffer_panics_the_kernel",
)
ZEROS_SHOW_IN_LATER_UPDATES: Final = Quirk(
    "Push observers see the zeros that evaluation writes into domains and accounts only in later "
    "updates, not in that of ADD.",
    "necp_client_update_observer_add_internal",
    "client_actions/test_copy_client_update.py::test_evaluation_shows_in_later_updates_only",
)
UPDATES_BEYOND_THE_LIMIT_ARE_DROPPED: Final = Quirk(
    "Updates beyond the limit of an observer's queue are dropped without a log record.",
    "necp_client_update_observer_add_internal",
    "clients/test_observers.py::test_updates_beyond_the_limit_are_dropped_without_a_log_record",
)
