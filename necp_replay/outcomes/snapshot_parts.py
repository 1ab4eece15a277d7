"""Reduces two states to the parts in which they differ, since comparing whole states is slow."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from necp_replay.events.snapshot import ClientSnapshot, FdSnapshot, Snapshot, UpdateSnapshot

Part = TypeVar("Part", FdSnapshot, ClientSnapshot, UpdateSnapshot)


def differing_parts(old: Snapshot, new: Snapshot) -> tuple[Snapshot, Snapshot]:
    """Both states without the fds, clients and queued updates that are equal.

    Parts are left out only if both states list the same ones, so the rest is compared with the same
    result as the whole states.
    """
    old_fds, new_fds = _fds(old.fds, new.fds)
    old_observers, new_observers = _fds(old.observers, new.observers)
    return (
        replace(old, fds=old_fds, observers=old_observers),
        replace(new, fds=new_fds, observers=new_observers),
    )


def _fds(
    old: tuple[FdSnapshot, ...], new: tuple[FdSnapshot, ...]
) -> tuple[tuple[FdSnapshot, ...], tuple[FdSnapshot, ...]]:
    if [(fd.pid, fd.fd) for fd in old] != [(fd.pid, fd.fd) for fd in new]:
        return old, new
    old, new = _differing(old, new)
    pairs = [_fd(before, after) for before, after in zip(old, new, strict=True)]
    return tuple(before for before, _ in pairs), tuple(after for _, after in pairs)


def _fd(old: FdSnapshot, new: FdSnapshot) -> tuple[FdSnapshot, FdSnapshot]:
    old_clients, new_clients = old.clients, new.clients
    if [client.client_id for client in old_clients] == [client.client_id for client in new_clients]:
        old_clients, new_clients = _differing(old_clients, new_clients)
    old_updates, new_updates = old.updates, new.updates
    if len(old_updates) == len(new_updates):
        old_updates, new_updates = _differing(old_updates, new_updates)
    return (
        replace(old, clients=old_clients, updates=old_updates),
        replace(new, clients=new_clients, updates=new_updates),
    )


def _differing(
    old: tuple[Part, ...], new: tuple[Part, ...]
) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    pairs = [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]]
    return tuple(before for before, _ in pairs), tuple(after for _, after in pairs)
