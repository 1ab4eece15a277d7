"""Log records that trace clients, from xnu-8019 on."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction, ClientParameter
from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import PolicyTlv
from necp_replay.abi.tlv import iterate_tlvs, pack_tlv
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.parameters import client_parameters
from tests.kernel.builders import PID, REMOTE, Laptop, log_functions, make_laptop, update

RELEASE = "xnu-11417.121.6"
CLIENT, FLOW, PARAMETERS = 1, 2, 3
VALUE, PARSED = "necp_client_trace_parameter_parsing", "necp_client_trace_parsed_parameters"


def make_world(level: int, pid: int = 0) -> Laptop:
    laptop = make_laptop(RELEASE)
    laptop.system.set_sysctl("client_tracing_level", level)
    laptop.system.set_sysctl("net.necp.client_tracing_pid", pid)
    return laptop


def add(laptop: Laptop, content: bytes | None = None) -> CallAnswer:
    added = laptop.fd.add(client_parameters(remote=REMOTE) if content is None else content).added
    assert added is not None
    return added


@pytest.mark.parametrize(
    ("level", "pid", "is_traced"),
    [(0, 0, False), (-1, 0, False), (CLIENT, 0, True), (CLIENT, PID, True), (FLOW, 7, False)],
)
def test_level_and_pid_say_which_clients_are_traced(level: int, pid: int, is_traced: bool) -> None:
    assert log_functions(add(make_world(level, pid))) == ["necp_client_add"] * is_traced


def test_removing_a_client_is_traced_and_an_unknown_one_is_not() -> None:
    laptop = make_world(CLIENT)
    client = laptop.fd.add(remote=REMOTE)
    remove = ClientAction.REMOVE
    assert log_functions(laptop.fd.action(remove, client.client_id)) == ["necp_client_remove"]
    assert "necp_client_remove" not in log_functions(laptop.fd.action(remove, b"\x77" * 16))[:-1]


def test_flows_are_traced_from_the_second_level_on() -> None:
    for level, records in ((CLIENT, 0), (FLOW, 1)):
        laptop = make_world(level)
        client = laptop.fd.add(remote=REMOTE)
        answer = laptop.fd.action(ClientAction.ADD_FLOW, client.client_id, bytes(36))
        assert list(log_functions(answer)).count("necp_client_add_flow") == records
        flow_id = answer.whole_buffer[16:32]
        removed = log_functions(laptop.fd.action(ClientAction.REMOVE_FLOW, flow_id))
        assert list(removed).count("necp_client_remove_flow") == records


def test_each_value_and_each_entry_of_a_list_is_traced() -> None:
    laptop = make_world(PARAMETERS)
    content = client_parameters(
        remote=REMOTE,
        prohibit_interface=["en7", "en8"],
        require_agent_type=[("Domain", "Type")],
        prefer_agent=[b"\x11" * 16],
    )
    empty = pack_tlv(ClientParameter.ACCOUNT, b"")
    records = list(log_functions(add(laptop, content + empty)))
    times = records.count(PARSED) // (2 + 4)
    values = len(list(iterate_tlvs(content)))
    assert (records.count(VALUE), records.count(PARSED)) == (values * times, 6 * times)
    assert records[:2] == ["necp_client_add", VALUE]


def test_clients_that_are_evaluated_again_are_traced_again() -> None:
    laptop = make_world(0)
    add(laptop)
    update(laptop)
    laptop.system.set_sysctl("client_tracing_level", PARAMETERS)
    answer = update(laptop)
    assert [name for name in log_functions(answer) if name == PARSED] == [PARSED] * 2


def test_setting_attributes_of_a_socket_is_traced_whatever_its_process() -> None:
    laptop = make_world(PARAMETERS, 7)
    socket = laptop.system.add_socket("s")
    answer = socket.set_attributes(pack_tlv(PolicyTlv.ATTRIBUTE_DOMAIN, b"d"))
    assert log_functions(answer) == ["necp_set_socket_attributes"]


def test_earlier_releases_have_no_such_sysctl() -> None:
    system = make_laptop("xnu-7195.101.1").system
    for name in ("client_tracing_level", "client_tracing_pid"):
        assert system.set_sysctl(name, 1).errno == Errno.ENOENT
