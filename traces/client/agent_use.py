"""AGENT_USE: the use count of an agent, and which calls are refused."""

from necp_replay.abi.client import ClientAction
from necp_replay.scenario import Errno, System, faulting, read_only, room

ACTION = ClientAction.AGENT_USE


def agent_use(system: System) -> None:
    """Every call counts one use and writes back the earlier count; the agent can read the count.

    Source: necp_client_agent_use, netagent_use, xnu-4570.51.1.
    """
    agent = system.add_agent("vpn")
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    for _ in range(3):
        assert client.agent_use(agent.uuid).errno == 0
    assert agent.getsockopt(16).errno == 0
    assert agent.setsockopt(16, (40).to_bytes(8, "little")).errno == 0
    assert client.agent_use(agent.uuid).errno == 0
    system.snapshot(full=True)


def agent_use_refused(system: System) -> None:
    """Every error of AGENT_USE in its order; a use counts even if its answer cannot be written.

    Source: necp_client_agent_use, xnu-4570.51.1.
    """
    agent = system.add_agent("vpn")
    fd = system.add_process(100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    id_, use = client.client_id, agent.uuid + bytes(8)
    assert fd.action(ACTION, None, use, client_id_len=16).errno == Errno.EINVAL
    assert fd.action(ACTION, id_, use, client_id_len=15).errno == Errno.EINVAL
    assert fd.action(ACTION, id_, None, buffer_size=24).errno == Errno.EINVAL
    assert fd.action(ACTION, id_, room(23)).errno == Errno.EINVAL
    assert fd.action(ACTION, id_, room(25)).errno == Errno.EINVAL
    assert fd.action(ACTION, faulting(16, 8, id_[:8]), use).errno == Errno.EFAULT
    assert fd.action(ACTION, id_, faulting(24, 8, use[:8])).errno == Errno.EFAULT
    assert fd.action(ACTION, b"\7" * 16, use).errno == Errno.ENOENT
    assert client.agent_use(b"\7" * 16).errno == Errno.ENOENT
    assert fd.action(ACTION, id_, read_only(use)).errno == Errno.EFAULT
    system.snapshot(full=True)
