"""Decides whether a NECP fd, or a client, has something to read."""

from __future__ import annotations

from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.necp_fd import NecpFd


def is_readable(necp_fd: NecpFd) -> bool:
    """A push observer is readable while it has updates, another fd while a client is unread.

    Source: necp_fd_poll, xnu-4570.51.1.
    """
    if necp_fd.is_push_observer:
        return bool(necp_fd.update_list)
    return any(map(is_unread, necp_fd.clients))


def is_unread(client: Client) -> bool:
    """Whether the client's result is unread, or its flows are, or one of its registrations."""
    if not client.result_read or not client.flow_result_read:
        return True
    if client.registrations is None:
        return False
    return any(not registration.flow_result_read for registration in client.registrations)
