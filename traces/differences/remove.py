"""REMOVE: clients that do not exist, and statistics that cannot be read."""

from necp_replay.scenario import Errno, System, UserBuffer, faulting, nowhere, room

STATISTICS_BYTES = 96


def remove_unknown_client(system: System) -> None:
    """A client is removed twice: the second call is 0 in the older release, ENOENT in the newer.

    Source: necp_client_remove, xnu-4570.41.2 and xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    assert client.remove().errno == 0
    client.remove()


def remove_with_unreadable_statistics(system: System) -> None:
    """The client is removed in both releases; only the older returns EFAULT.

    Source: necp_client_remove, xnu-4570.41.2 and xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    client.remove(faulting(STATISTICS_BYTES, 40))
    assert client.copy_result().errno == 2
    client.remove(faulting(STATISTICS_BYTES, 40))


def remove_matrix(system: System) -> None:
    """Known and unknown clients, with statistics that are absent, of a wrong size, or that fault.

    Source: necp_client_remove, xnu-4570.41.2 and xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    other = system.add_process(200).necp_open()
    for statistics in (
        None,
        room(STATISTICS_BYTES - 1),
        room(STATISTICS_BYTES),
        faulting(STATISTICS_BYTES, STATISTICS_BYTES - 1),
        nowhere(),
        UserBuffer(length=STATISTICS_BYTES, unmapped=True),
    ):
        client = fd.add(remote="203.0.113.5:443")
        client.remove(statistics)
        assert client.copy_result().errno == Errno.ENOENT
        client.remove(statistics)
        # The client exists, but on another fd.
        fd.client(other.add(remote="203.0.113.5:443").client_id).remove(statistics)
        fd.client(b"\7" * 16).remove(statistics)
    system.snapshot()
