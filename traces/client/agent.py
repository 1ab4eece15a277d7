"""AGENT: agents are triggered, asserted and released for a client; which calls are refused."""

from necp_replay.abi.client import ClientAction, ClientParameter
from necp_replay.abi.tlv import pack_tlv
from necp_replay.scenario import Errno, System, faulting, room

ACTION = ClientAction.AGENT


def agent(system: System) -> None:
    """Every TLV alone and all in one call; a client may assert an agent twice.

    Source: necp_client_agent_action, xnu-4570.51.1.
    """
    vpn = system.add_agent("vpn", flags=0x09).uuid
    other = system.add_agent("other", flags=0x0B, via="kernel").uuid
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    for uuid in (vpn, other):
        assert client.trigger_agent(uuid).errno == 0
        assert client.assert_agent(uuid).errno == 0
        assert client.assert_agent(uuid).errno == 0
        assert client.unassert_agent(uuid).errno == 0
    p = ClientParameter
    together = pack_tlv(p.TRIGGER_AGENT, vpn) + pack_tlv(p.ASSERT_AGENT, vpn)
    together += pack_tlv(p.UNASSERT_AGENT, vpn) + pack_tlv(p.UID, bytes(4))
    assert client.agent_action(together).errno == 0
    system.snapshot(full=True)


def agent_stops_at_the_first_failure(system: System) -> None:
    """TLVs before the one that fails take effect, those after it are not read.

    Source: necp_client_agent_action, xnu-4570.51.1.
    """
    vpn = system.add_agent("vpn", flags=0x09).uuid
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    p = ClientParameter
    tlvs = pack_tlv(p.ASSERT_AGENT, vpn) + pack_tlv(p.UNASSERT_AGENT, b"\7" * 16)
    tlvs += pack_tlv(p.TRIGGER_AGENT, vpn)
    assert client.agent_action(tlvs).errno == Errno.ENOENT
    assert client.unassert_agent(vpn).errno == 0


def agent_refused(system: System) -> None:
    """Every error of AGENT, in the order in which the kernel checks for it.

    Source: necp_client_agent_action, netagent_client_message_with_params, xnu-4570.51.1.
    """
    vpn = system.add_agent("vpn", flags=0x09)
    passive = system.add_agent("passive", flags=0x03)
    fd = system.add_process(100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    id_ = client.client_id
    trigger = pack_tlv(ClientParameter.TRIGGER_AGENT, vpn.uuid)
    assert fd.action(ACTION, None, trigger, client_id_len=16).errno == Errno.EINVAL
    assert fd.action(ACTION, id_, trigger, client_id_len=15).errno == Errno.EINVAL
    assert fd.action(ACTION, id_, None, buffer_size=21).errno == Errno.EINVAL
    assert fd.action(ACTION, id_, trigger, buffer_size=0).errno == Errno.EINVAL
    assert fd.action(ACTION, faulting(16, 8, id_[:8]), trigger).errno == Errno.EFAULT
    assert fd.action(ACTION, id_, faulting(21, 10, trigger[:10])).errno == Errno.EFAULT
    assert fd.action(ACTION, b"\7" * 16, trigger).errno == Errno.ENOENT
    assert client.unassert_agent(vpn.uuid).errno == Errno.ENOENT
    assert client.trigger_agent(b"\7" * 16).errno == Errno.ENOENT
    assert client.agent_action(pack_tlv(ClientParameter.UID, bytes(4))).errno == Errno.ENOENT
    assert client.agent_action(room(8)).errno == Errno.ENOENT
    assert client.trigger_agent(vpn.uuid[:15]).errno == Errno.ENOENT
    assert client.trigger_agent(passive.uuid).errno == Errno.ENOTSUP
    vpn.fail(Errno.ENOBUFS)
    assert client.trigger_agent(vpn.uuid).errno == Errno.ENOBUFS
