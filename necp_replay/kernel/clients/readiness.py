"""Decides whether a NECP fd, or a client, has something to read."""

from __future__ import annotations

from collections.abc import Iterable

from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.necp_fd import NecpFd


def is_readable(necp_fd: NecpFd) -> bool:
    """A push observer is readable while it has updates, another fd while a client is unread.

    The latter also while it has a request to divert flows.

    Source: necp_fd_poll, xnu-4570.51.1, xnu-10002.1.13.
    """
    if necp_fd.is_push_observer:
        return bool(necp_fd.update_list)
    return necp_fd.request_in_process_flow_divert or find_unread(necp_fd.clients) is not None


def find_unread(clients: Iterable[Client]) -> Client | None:
    """The first of some clients that has something to read, None without one.

    Its result is unread, or its flows are, those of one of its registrations, or the members of its
    group.
    """
    for client in clients:
        if not (client.result_read and client.flow_result_read and client.group_members_read):
            return client
        if client.registrations is not None and not all(
            each.flow_result_read for each in client.registrations
        ):
            return client
    return None
