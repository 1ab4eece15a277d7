"""Ids and caches: a client with an all-zero id, and a function that one release lacks."""

from necp_replay.abi.client import ClientAction, OpenFlag
from necp_replay.scenario import System, room


def copy_parameters_of_the_zero_id(system: System) -> None:
    """Only the older release finds a client whose generated id is all zero.

    Source: necp_client_copy, xnu-4570.41.2 and xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    system.next_uuids(bytes(16))
    client = fd.add(remote="203.0.113.5:443")
    client.copy_parameters()


def zero_id_in_every_action(system: System) -> None:
    """A client whose id is all zero, in every action that takes an id, also by an observer.

    Source: necp_client_copy, necp_client_remove, xnu-4570.41.2 and xnu-4570.51.1.
    """
    agent = system.add_agent("vpn", flags=0x09)
    watcher = system.add_process(400, privileged=True).necp_open(OpenFlag.OBSERVER)
    fd = system.add_process(100).necp_open()
    other = fd.add(remote="198.51.100.9:80")
    system.next_uuids(bytes(16))
    client = fd.add(remote="203.0.113.5:443")
    client.copy_parameters()
    fd.action(ClientAction.COPY_PARAMETERS, None, room(64))
    client.copy_result()
    client.copy_updated_result()
    other.copy_result()
    client.copy_result()
    watcher.client(bytes(16)).copy_parameters()
    watcher.client(bytes(16)).copy_result()
    client.copy_route_statistics()
    client.trigger_agent(agent.uuid)
    client.agent_use(agent.uuid)
    client.remove()
    system.snapshot()


def reap_caches(system: System) -> None:
    """A function that only the newer release has; it changes nothing that can be observed.

    Source: necp_client_reap_caches, xnu-4570.51.1.
    """
    system.reap_caches()
