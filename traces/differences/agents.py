"""AGENT: what is logged when an agent is triggered, and when arguments are wrong."""

from necp_replay.abi.client import ClientAction
from necp_replay.scenario import Errno, System, room


def agent_triggered(system: System) -> None:
    """Triggering an agent for a client: the newer release also logs a notice.

    Source: netagent_client_message_with_params, xnu-4570.41.2 and xnu-4570.51.1.
    """
    agent = system.add_agent("vpn", flags=0x9)
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    assert client.trigger_agent(agent.uuid).errno == 0


def agent_triggered_in_every_state(system: System) -> None:
    """The notice is logged for every agent that accepts triggers, active, full or not.

    It is not logged for an unknown agent, for one that accepts none, or for assertions.
    Source: netagent_client_message_with_params, xnu-4570.41.2 and xnu-4570.51.1.
    """
    takes = system.add_agent("takes", flags=0x09)
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    client.assert_agent(takes.uuid)
    client.unassert_agent(takes.uuid)
    client.trigger_agent(b"\7" * 16)
    for flags in (0x09, 0x0B, 0x03, 0x83):
        takes.set_flags(flags)
        client.trigger_agent(takes.uuid)
    takes.set_flags(0x09)
    takes.fail(Errno.ENOBUFS)
    client.trigger_agent(takes.uuid)
    for level in (3, 5, 7):
        system.set_sysctl("netagent_debug", level)
        client.trigger_agent(takes.uuid)
    system.add_agent("kernel", uuid=b"\5" * 16, flags=0x09, via="kernel")
    client.trigger_agent(b"\5" * 16)


def agent_action_bad_arguments(system: System) -> None:
    """EINVAL in both releases; only the newer writes a log record.

    Source: necp_client_agent_action, xnu-4570.41.2 and xnu-4570.51.1.
    """
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    client.fd.action(ClientAction.AGENT, client.client_id, b"\0", buffer_size=0)


def agent_action_every_bad_argument(system: System) -> None:
    """A missing id, an id of a wrong length, a missing buffer and no bytes of it: EINVAL.

    Source: necp_client_agent_action, xnu-4570.41.2 and xnu-4570.51.1.
    """
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    fd, action, id_ = client.fd, ClientAction.AGENT, client.client_id
    assert fd.action(action, None, room(21), client_id_len=16).errno == Errno.EINVAL
    for length in (0, 15, 17):
        assert fd.action(action, id_, room(21), client_id_len=length).errno == Errno.EINVAL
    assert fd.action(action, id_, None, buffer_size=21).errno == Errno.EINVAL
    assert fd.action(action, id_, room(21), buffer_size=0).errno == Errno.EINVAL
