"""REMOVE: who is notified, and which calls are refused."""

from necp_replay.abi.client import ClientAction, OpenFlag
from necp_replay.scenario import Errno, System, faulting, room

STATISTICS_BYTES = 96


def remove(system: System) -> None:
    """A client with an assertion and a nexus flow is removed: observers and both agents are told.

    Source: necp_client_remove, necp_destroy_client, xnu-4570.51.1.
    """
    asserted = [system.add_agent(name, flags=0x03) for name in ("first", "second")]
    nexus = system.add_agent("nexus", flags=0x83)
    watcher = system.add_process(400, privileged=True).necp_open(OpenFlag.PUSH_OBSERVER)
    fd = system.add_process(100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    for agent in asserted:
        assert client.assert_agent(agent.uuid).errno == 0
    client.inject_nexus_flow(nexus.uuid, assigned=True)
    assert client.remove().errno == 0
    assert client.copy_result().errno == Errno.ENOENT
    while watcher.copy_client_update().errno == 0:
        pass
    system.snapshot()


def remove_with_statistics(system: System) -> None:
    """Statistics of 96 bytes are read and ignored; any other length is logged.

    Source: necp_client_remove, xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    for size_bytes in (STATISTICS_BYTES - 1, STATISTICS_BYTES, STATISTICS_BYTES + 1):
        assert fd.add(remote="203.0.113.5:443").remove(room(size_bytes)).errno == 0
    system.snapshot()


def remove_refused(system: System) -> None:
    """Every error of REMOVE that is the same in both releases.

    Source: necp_client_remove, xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    assert fd.action(ClientAction.REMOVE, None, client_id_len=16).errno == Errno.EINVAL
    assert fd.action(ClientAction.REMOVE, client.client_id, client_id_len=15).errno == Errno.EINVAL
    unreadable = faulting(16, 8, client.client_id[:8])
    assert fd.action(ClientAction.REMOVE, unreadable).errno == Errno.EFAULT
    system.snapshot()
