"""REMOVE: what it says of a client that is not there, and of statistics that cannot be read."""

from necp_replay.scenario import System
from necp_replay.scenario.buffers import faulting

STATISTICS_BYTES = 96


def remove_unknown_client(system: System) -> None:
    """A client removed twice: the second time is 0 in the older release, ENOENT in the newer.

    Source: necp_client_remove, xnu-4570.41.2 and xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    assert client.remove().errno == 0
    client.remove()


def remove_with_unreadable_statistics(system: System) -> None:
    """The client is gone in both releases; only the older says EFAULT.

    Source: necp_client_remove, xnu-4570.41.2 and xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    client.remove(faulting(STATISTICS_BYTES, 40))
    assert client.copy_result().errno == 2
    client.remove(faulting(STATISTICS_BYTES, 40))
