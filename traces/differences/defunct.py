"""A process becomes defunct: who is notified, and which function's name is logged.

Every client has stored flags, since ADD evaluates it. Only clients that were defunct before keep
the same flags.
"""

from necp_replay.scenario import System
from necp_replay.scenario.policies import drop, uid


def defunct_marks_result_unread(system: System) -> None:
    """A client that was read is unread again in the newer release, and stays read in the older.

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
    """The agent cannot be told to abort: the log record has the name of the entry function.

    Source: necp_defunct_client, xnu-4570.41.2; necp_fd_defunct, xnu-4570.51.1.
    """
    agent = system.add_agent("vpn", flags=0x83)
    fd = system.add_process(100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    client.inject_nexus_flow(agent.uuid, assigned=True)
    agent.fail(55)
    fd.defunct()


def defunct_of_each_client(system: System) -> None:
    """Clients that are read, unread, defunct before, or defunct by a policy before the process is.

    In the newer release, only clients whose stored flags change become unread. In both, the last
    client that was not defunct before decides whether the fd is woken. Only the fd that the kernel
    visits is affected.
    Source: necp_set_client_defunct, necp_defunct_client_fd_locked, xnu-4570.41.2 and xnu-4570.51.1.
    """
    agent = system.add_agent("vpn", flags=0x83)
    fd = system.add_process(100).necp_open()
    other = system.add_process(200).necp_open()
    bystander = other.add(remote="203.0.113.5:443")
    dropped = fd.add(remote="203.0.113.9:443", uid=502)
    dropped.inject_nexus_flow(agent.uuid)
    session = system.add_process(300, privileged=True, platform_binary=True).open_policy_session()
    session.add_policy(order=1, conditions=[uid(502)], result=drop())
    session.apply_all()
    system.fire_timer()
    for client in (bystander, dropped):
        client.copy_result()
    fd.defunct()
    fd.poll()
    read, unread = fd.add(remote="203.0.113.5:443"), fd.add(local="0.0.0.0:7", listener=True)
    read.copy_result()
    fd.defunct()
    fd.poll()
    fd.copy_updated_result()
    fd.copy_updated_result()
    for client in (read, unread, dropped, bystander):
        client.copy_updated_result()
        client.copy_result()
    fd.defunct()
    fd.poll()
    other.poll()
    system.snapshot()


def defunct_and_evaluated_again(system: System) -> None:
    """The next evaluation keeps the flag; whether the client is unread depends on what was read.

    Source: necp_set_client_defunct, necp_update_client_result, xnu-4570.41.2 and xnu-4570.51.1.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(en0)
    fd = system.add_process(100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    client.copy_result()
    fd.defunct()
    system.update_all_clients()
    system.fire_timer()
    client.copy_updated_result()
    system.add_route("default", en0, gateway="192.0.2.1")
    system.fire_timer()
    client.copy_updated_result()
    system.snapshot()


def memstatus(system: System) -> None:
    """Memory status: only the newer release visits the fds of the process.

    Source: necp_fd_memstatus, xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    fd.add(remote="203.0.113.5:443")
    fd.memstatus()
    system.add_process(300, "daemon", privileged=True, platform_binary=True).necp_session_open()
