"""Ids and caches: a client whose id is all zero, and a helper that one release lacks."""

from necp_replay.events.notifications import ReapCaches
from necp_replay.scenario import System


def copy_parameters_of_the_zero_id(system: System) -> None:
    """Only the older release finds a client whose generated id is all zero.

    Source: necp_client_copy, xnu-4570.41.2 and xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    system.next_uuids(bytes(16))
    client = fd.add(remote="203.0.113.5:443")
    client.copy_parameters()


def reap_caches(system: System) -> None:
    """A helper that only the newer release has; it changes nothing that can be seen.

    Source: necp_client_reap_caches, xnu-4570.51.1.
    """
    system.submit(ReapCaches())
