"""Processes coming, changing and going."""

from necp_replay.abi.client import ClientParameter
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.effects import AgentMessage
from necp_replay.events.processes import ProcAdd, ProcExit, ProcUpdate
from necp_replay.events.syscalls import NecpOpen
from necp_replay.kernel.processes import handle_process
from tests.kernel.builders import make_laptop
from tests.kernel.network import make_kernel


def test_a_pid_in_use_is_eexist() -> None:
    kernel = make_kernel()
    assert handle_process(kernel, ProcAdd(100, "first")).errno == 0
    assert handle_process(kernel, ProcAdd(100, "second")).errno == 17
    assert kernel.processes[100].name == "first"


def test_a_pid_that_no_process_has_is_esrch() -> None:
    kernel = make_kernel()
    assert handle_process(kernel, ProcUpdate(100, uid=0)).errno == 3
    assert handle_process(kernel, ProcExit(100)).errno == 3


def test_a_change_leaves_alone_what_it_does_not_name() -> None:
    kernel = make_kernel()
    handle_process(kernel, ProcAdd(100, "app", uid=501, entitlements=("a",)))
    handle_process(kernel, ProcUpdate(100, uid=0, privileged=True))
    process = kernel.processes[100]
    assert (process.name, process.entitlements) == ("app", ("a",))
    assert (process.uid, process.privileged) == (0, True)


def test_a_pid_is_free_after_exit() -> None:
    kernel = make_kernel()
    handle_process(kernel, ProcAdd(100))
    assert handle_process(kernel, ProcExit(100)).errno == 0
    assert handle_process(kernel, ProcAdd(100)).errno == 0


def test_exit_closes_the_highest_fd_first() -> None:
    laptop = make_laptop()
    agent = laptop.system.add_agent("agent")
    clients = []
    for fd in (laptop.fd, laptop.app.necp_open()):
        client = fd.add()
        client.agent_action(pack_tlv(ClientParameter.ASSERT_AGENT, agent.uuid))
        clients.append(client.client_id)
    effects = laptop.app.exit().effects
    messages = [effect.client_id for effect in effects if isinstance(effect, AgentMessage)]
    assert messages == clients[::-1]


def test_a_process_that_exited_is_gone_and_so_are_its_fds() -> None:
    laptop = make_laptop()
    laptop.app.exit()
    assert laptop.app.submit(NecpOpen(laptop.app.pid)).errno == 3
    assert laptop.system.snapshot().fds == ()
