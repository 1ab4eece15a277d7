"""AGENT: what is logged when an agent is triggered, and when the arguments are wrong."""

from necp_replay.abi.client import ClientAction, ClientParameter
from necp_replay.abi.tlv import pack_tlv
from necp_replay.scenario import System


def agent_triggered(system: System) -> None:
    """Triggering an agent for a client: the newer release logs a notice as well.

    Source: netagent_client_message_with_params, xnu-4570.41.2 and xnu-4570.51.1.
    """
    agent = system.add_agent("vpn", flags=0x9)
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    assert client.agent_action(pack_tlv(ClientParameter.TRIGGER_AGENT, agent.uuid)).errno == 0


def agent_action_bad_arguments(system: System) -> None:
    """EINVAL in both releases; only the newer writes a log record.

    Source: necp_client_agent_action, xnu-4570.41.2 and xnu-4570.51.1.
    """
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    client.fd.action(ClientAction.AGENT, client.client_id, b"\0", buffer_size=0)
