"""COPY_AGENT: an agent's registration, and which calls are refused."""

from necp_replay.abi.client import ClientAction
from necp_replay.scenario import Errno, System, faulting, read_only, room

ACTION = ClientAction.COPY_AGENT


def copy_agent(system: System) -> None:
    """``struct netagent`` and its data, into a buffer that just fits and into a larger one.

    Source: necp_client_copy_agent, netagent_copyout, xnu-4570.51.1.
    """
    agent = system.add_agent("vpn", domain="VPN", type="Tunnel", desc="Corporate", data=b"state")
    fd = system.add_process(100).necp_open()
    assert fd.copy_agent(agent.uuid, 216 + 5).errno == 0
    assert fd.copy_agent(agent.uuid).errno == 0
    agent.set_flags(0x0B)
    assert fd.copy_agent(agent.uuid).errno == 0


def copy_agent_refused(system: System) -> None:
    """Every error of COPY_AGENT, in the order in which the kernel checks for it.

    Source: necp_client_copy_agent, netagent_copyout, xnu-4570.51.1.
    """
    agent = system.add_agent("vpn", data=b"state").uuid
    fd = system.add_process(100).necp_open()
    assert fd.action(ACTION, None, room(512), client_id_len=16).errno == Errno.EINVAL
    assert fd.action(ACTION, agent, room(512), client_id_len=15).errno == Errno.EINVAL
    assert fd.action(ACTION, agent, None, buffer_size=512).errno == Errno.EINVAL
    assert fd.action(ACTION, agent, room(512), buffer_size=0).errno == Errno.EINVAL
    assert fd.action(ACTION, faulting(16, 8, agent[:8]), room(512)).errno == Errno.EFAULT
    assert fd.action(ACTION, b"\7" * 16, room(512)).errno == Errno.ENOENT
    assert fd.copy_agent(agent, 216 + 4).errno == Errno.EINVAL
    assert fd.action(ACTION, agent, read_only(bytes(512))).errno == Errno.EFAULT
    assert fd.action(ACTION, agent, faulting(512, 100)).errno == Errno.EFAULT
