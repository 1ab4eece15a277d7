"""Client actions that neither release handles."""

from necp_replay.abi.client import ClientAction
from necp_replay.scenario import Errno, System, room


def unhandled_actions(system: System) -> None:
    """Three actions that the header defines but no code handles, and undefined numbers: EINVAL.

    Source: necp_client_action, xnu-4570.51.1.
    """
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    a = ClientAction
    for action in (a.REQUEST_NEXUS_INSTANCE, a.SET_STATISTICS, a.MAP_SYSCTLS, 0, 17, 0xFFFFFFFF):
        answer = client.fd.action(action, client.client_id, room(64))
        # From xnu-7195.50.7.100.1 on 17 is ADD_FLOW, and from xnu-8019.80.24 on code handles the
        # others.
        assert answer.errno == Errno.EINVAL or action in set(ClientAction)
