"""A process made defunct: who hears of it, and under whose name the kernel logs."""

from necp_replay.events.notifications import InjectNexusFlow
from necp_replay.scenario import System


def defunct_marks_result_unread(system: System) -> None:
    """A client that was read stays read in the older release, and is news again in the newer.

    Source: necp_set_client_defunct, xnu-4570.41.2 and xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    client.copy_result()
    fd.defunct()
    fd.poll()
    client.copy_updated_result()
    client.copy_result()


def defunct_abort_fails(system: System) -> None:
    """The agent cannot be told to abort: the log record bears the name of the entry function.

    Source: necp_defunct_client, xnu-4570.41.2; necp_fd_defunct, xnu-4570.51.1.
    """
    agent = system.add_agent("vpn", flags=0x83)
    fd = system.add_process(100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    system.submit(InjectNexusFlow(client.client_id, agent.uuid, assigned=True))
    agent.fail(55)
    fd.defunct()


def memstatus(system: System) -> None:
    """A process about to be killed for memory: only the newer release visits its fds.

    Source: necp_fd_memstatus, xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    fd.add(remote="203.0.113.5:443")
    fd.memstatus()
    system.add_process(300, "daemon", privileged=True).necp_session_open()
