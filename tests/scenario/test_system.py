"""What a scenario can do in a line: every handle and method, and what its answers say."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import (
    ClientParameter,
    ClientParameterFlag,
    ClientResult,
    ClientResultFlag,
    ObserverUpdateType,
    OpenFlag,
    StatisticsParameter,
)
from necp_replay.abi.client_structs import InterfaceFlag
from necp_replay.abi.policy import PolicyResult
from necp_replay.abi.tcp_cache import EcnHeuristics
from necp_replay.abi.tlv import iterate_tlvs, pack_tlv
from necp_replay.errors import ScenarioError, UsageError
from necp_replay.events.inputs import Input, Step
from necp_replay.events.outcome import AttributesAnswer, OptionData, Outcome, TimerAnswer
from necp_replay.events.routes import RouteStats
from necp_replay.events.sockets import SocketCreate
from necp_replay.releases.lineage import RELEASES
from necp_replay.scenario import (
    ClientHandle,
    Errno,
    InterfaceHandle,
    NecpFdHandle,
    System,
    client_parameters,
)
from necp_replay.scenario.keywords import ClientParameters
from necp_replay.scenario.policies import drop, uid
from tests.releases_apart import APART, take_out

NEW = list(RELEASES)[-1]
REMOTE = "203.0.113.5:443"
AGENT = b"\7" * 16


class Home:
    """A system with Wi-Fi, a default route, a process and an open fd."""

    def __init__(self) -> None:
        self.inputs: list[Input] = []
        self.system = System.of_release(NEW, "home", self._take)
        self.wifi: InterfaceHandle = self.system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
        self.system.order_interfaces(self.wifi)
        self.route = self.system.add_route("default", self.wifi, gateway="192.0.2.1")
        self.fd: NecpFdHandle = self.system.add_process(100).necp_open()

    def client(self) -> ClientHandle:
        return self.fd.add(remote=REMOTE, remote_endpoint=REMOTE)

    def _take(self, step: Step, outcome: Outcome) -> None:
        self.inputs.append(step.input)


@pytest.fixture
def home() -> Home:
    return Home()


def test_every_parameter_has_a_keyword() -> None:
    keywords = ClientParameters.__annotations__.keys()
    of_actions = {"trigger_agent", "assert_agent", "unassert_agent"}
    shortened = {"local_address": "local", "remote_address": "remote"}
    for member in (*ClientParameter, *StatisticsParameter, *ClientParameterFlag):
        name = str(member.name).lower()
        assert shortened.get(name, name) in keywords | of_actions


def test_every_keyword_makes_its_parameter() -> None:
    content = client_parameters(
        remote=REMOTE,
        local="192.0.2.10",
        remote_endpoint=REMOTE,
        local_endpoint="192.0.2.10:0",
        application=AGENT,
        real_application=AGENT,
        domain="example.com",
        account="me",
        pid=7,
        uid=501,
        bound_interface="en0",
        traffic_class=200,
        prohibit_interface=["en0"],
        prohibit_if_type=[2],
        prohibit_agent=[AGENT],
        prohibit_agent_type=[("D", "T")],
        require_if_type=[3],
        require_agent=[AGENT],
        require_agent_type=[("D", "T")],
        prefer_agent=[AGENT],
        prefer_agent_type=[("D", "T")],
        avoid_agent=[AGENT],
        avoid_agent_type=[("D", "T")],
        browse_category=bytes(8),
        parent_id=AGENT,
        resolver_tag=bytes(32),
        advertise_descriptor=bytes(8),
        delegated_upid=7,
        ethertype=0x800,
        transport_protocol=6,
        local_address_preference=1,
        scheme_port=443,
        application_id=(501, AGENT, 1000),
        attributed_bundle_identifier="com.example.app",
        flow_demux_pattern=[bytes(68)],
        url="https://example.com/",
        domain_owner="Example",
        domain_context="example.org",
        tracker_domain="ads.example.com",
        multipath=True,
        browse=True,
        prohibit_expensive=True,
        listener=True,
        discretionary=True,
        ecn_enable=True,
        ecn_disable=True,
        tfo_enable=True,
        only_primary_requires_type=True,
        custom_ether=True,
        custom_ip=True,
        interpose=True,
        prohibit_constrained=True,
        fallback_traffic=True,
        inbound=True,
    )
    found = {type_: value for _, type_, value in iterate_tlvs(content)}
    of_actions = {
        ClientParameter.TRIGGER_AGENT,
        ClientParameter.ASSERT_AGENT,
        ClientParameter.UNASSERT_AGENT,
    }
    assert found.keys() == {*ClientParameter, *StatisticsParameter} - of_actions
    assert int.from_bytes(found[ClientParameter.FLAGS], "little") == 0x7FFF


def test_a_parameter_that_is_not_there_is_refused() -> None:
    with pytest.raises(TypeError, match=r"called remot$"):
        client_parameters(remot=REMOTE)  # type: ignore[call-arg]  # what a checker finds first


def test_a_result_says_where_a_client_goes(home: Home) -> None:
    result = home.client().copy_result()
    assert result.errno == 0
    assert result.flags & (ClientResultFlag.SATISFIED | ClientResultFlag.HAS_IPV4) == 0x24
    assert result.policy_result is PolicyResult.NONE
    assert result.interface_index == home.wifi.index
    assert result.effective_mtu == 1500
    assert result.interfaces == [4]
    assert result.netagents == []
    assert result.filter_control_unit is None


def test_a_socket_becomes_a_flow_and_ends(home: Home) -> None:
    client = home.client()
    socket = home.system.add_socket("tcp", local="192.0.2.10:50000", remote=REMOTE, last_outif=4)
    assert socket.register(client).errno == 0
    assert socket.assign(client).errno == 0
    (flow,) = client.copy_result().flows
    assert (flow.local_endpoint, flow.remote_endpoint) == ("192.0.2.10:50000", REMOTE)
    assert flow.interface_index == 4
    assert flow.flags & ClientResultFlag.FLOW_ASSIGNED
    assert flow.nexus_agent is None
    assert socket.update(fport=80).errno == 0
    assert socket.remove_cb().errno == 0
    assert client.copy_result().flows == []
    assert socket.dispose().errno == 0


def test_a_port_may_be_part_of_a_sockets_address(home: Home) -> None:
    home.system.add_socket("tcp", local="[2001:db8::1]:5", remote="192.0.2.9")
    assert home.inputs[-1] == SocketCreate("tcp", local="2001:db8::1", lport=5, remote="192.0.2.9")
    with pytest.raises(ScenarioError, match="'https' is not a port"):
        home.system.add_socket("other", remote="192.0.2.9:https")


def test_a_socket_has_attributes(home: Home) -> None:
    socket = home.system.add_socket("tcp")
    assert socket.set_attributes(pack_tlv(7, b"example.com")).errno == 0
    answer = socket.get_attributes().answer
    assert isinstance(answer, AttributesAnswer)
    assert answer.domain == b"example.com"


def test_a_multipath_block_is_registered_and_disposed_of(home: Home) -> None:
    client = home.fd.add(remote=REMOTE, multipath=True)
    block = home.system.multipath("mp")
    assert block.register(client).errno == 0
    assert block.dispose().errno == 0


def test_an_agent_is_asserted_used_and_changed(home: Home) -> None:
    agent = home.system.add_agent("vpn", flags=0x0B)
    client = home.client()
    assert client.trigger_agent(agent.uuid).errno == 0
    assert client.assert_agent(agent.uuid).errno == 0
    assert client.unassert_agent(agent.uuid).errno == 0
    assert client.unassert_agent(agent.uuid).errno == Errno.ENOENT
    assert client.agent_use(agent.uuid, 1).errno == 0
    assert home.fd.process.netagent_trigger(agent.uuid).errno == 0
    assert agent.update(desc=b"Tunnel").errno == 0
    assert agent.getsockopt(16).errno == 0
    assert agent.setsockopt(99).errno == Errno.ENOPROTOOPT
    assert agent.set_flags(3).errno == 0
    assert home.fd.copy_agent(agent.uuid).errno == 0
    assert agent.unregister().errno == 0
    assert agent.close().errno == 0


def test_an_agent_assigns_a_nexus(home: Home) -> None:
    agent = home.system.add_agent("nexus", flags=0x83, via="kernel")
    client = home.client()
    assert client.inject_nexus_flow(agent.uuid).errno == 0
    assert client.copy_nexus_parameters().errno == 0
    assert agent.assign_client_result(client.client_id, pack_tlv(100, AGENT)).errno == 0
    (flow,) = client.copy_result().flows
    assert flow.nexus_agent == agent.uuid
    assert flow.value(ClientResult.NEXUS_INSTANCE) == AGENT
    assert agent.protoctl_event(client.client_id, 1, 2, 3).errno == 0
    assert home.system.protoctl_event(agent.uuid, client.client_id, 4, 5, 6).errno == 0
    assert client.force_update(agent.uuid).errno == 0


def test_heuristics_are_written_by_name(home: Home) -> None:
    client = home.client()
    socket = home.system.add_socket("tcp", local="192.0.2.10:5", remote=REMOTE, last_outif=4)
    socket.register(client)
    socket.assign(client)
    assert client.update_ecn_cache(EcnHeuristics.LOSS).errno == 0
    assert client.update_tfo_cache(b"\xc0" * 8).errno == 0
    assert client.update_cache(9, b"\0").errno == Errno.EINVAL


def test_an_observer_sees_clients_and_updates(home: Home) -> None:
    watcher = home.system.add_process(400, privileged=True).necp_open(
        OpenFlag.OBSERVER | OpenFlag.PUSH_OBSERVER
    )
    client = home.client()
    listed = watcher.copy_list()
    assert (listed.client_count, listed.client_ids) == (1, [client.client_id])
    assert watcher.poll().is_readable
    update = watcher.copy_client_update()
    assert update.client_id == client.client_id
    assert update.update_type is ObserverUpdateType.PARAMETERS
    assert update.tlvs == client.copy_parameters().buffer
    watcher.copy_client_update()
    assert watcher.copy_client_update().errno == Errno.ENOENT
    assert watcher.copy_client_update().update_type is None


def test_an_interface_is_shown_changed_and_detached(home: Home) -> None:
    tunnel = home.system.add_interface("utun0", 8, functional_type=0, delegate=home.wifi)
    shown = home.fd.copy_interface(8, 116)
    assert (shown.name, shown.index, shown.functional_type) == ("utun0", 8, 0)
    assert (shown.delegate_index, shown.mtu) == (4, 1500)
    assert not shown.flags & InterfaceFlag.EXPENSIVE
    assert tunnel.update(mtu=1280, expensive=True).errno == 0
    changed = home.fd.copy_interface(8, 116)
    assert changed.mtu == 1280
    assert changed.flags & InterfaceFlag.EXPENSIVE
    assert tunnel.add_addresses("10.0.0.1/32").errno == 0
    assert tunnel.delete_addresses("10.0.0.1").errno == 0
    assert tunnel.add_agent(AGENT).errno == 0
    assert tunnel.remove_agent(AGENT).errno == 0
    assert tunnel.detach().errno == 0
    assert home.fd.copy_interface(8, 116).index == 0
    with pytest.raises(ScenarioError, match="not an address with a prefix"):
        tunnel.add_addresses("10.0.0.1/all")


def test_a_route_changes_by_its_id(home: Home) -> None:
    assert home.system.update_route(home.route, stats=RouteStats(rxpackets=3)).errno == 0
    client = home.client()
    assert client.copy_route_statistics().whole_buffer[:1] == b"\3"
    assert home.system.delete_route(home.route).errno == 0


def test_policies_decide_and_a_match_says_so(home: Home) -> None:
    daemon = home.system.add_process(300, privileged=True, platform_binary=True)
    session = daemon.open_policy_session(priority=3)
    added = session.add_policy(order=1, conditions=[uid(501)], result=drop())
    session.apply_all()
    match = home.fd.process.match_policy(remote=REMOTE)
    assert match.routing_result is PolicyResult.DROP
    assert added.id and match.policy_id
    assert (match.routing_result_parameter, match.filter_control_unit) == (0, 0)
    assert (match.service_action, match.service_uuid) == (PolicyResult.NONE, bytes(16))
    assert match.netagents == []
    assert home.fd.process.update(uid=502).errno == 0
    other = home.fd.process.match_policy(remote=REMOTE)
    assert (other.routing_result, other.routed_interface_index) == (PolicyResult.NONE, 4)


def test_time_and_notifications_are_methods_of_the_system(home: Home) -> None:
    client = home.client()
    assert client.inject_nexus_flow(AGENT).errno == 0
    client.copy_result()
    assert home.fd.set_background().errno == 0
    assert home.fd.memstatus().errno == 0
    assert home.fd.defunct().errno == 0
    home.system.advance(1_000_000)
    assert home.system.update_all_clients().errno == 0
    assert home.system.fire_timer().answer == TimerAnswer(fired=True)
    assert home.system.set_sysctl("net.necp.debug", 1).errno == 0
    assert home.system.reap_caches().errno == 0
    (registration,) = home.system.snapshot().fds[0].clients[0].registrations or ()
    assert registration.defunct == 1
    assert home.fd.process.exit().errno == 0


def test_a_release_that_is_not_modelled_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    take_out(monkeypatch)
    with pytest.raises(UsageError, match="not modelled"):
        System.of_release(APART)


def test_a_session_is_opened_for_several_agents() -> None:
    system = System.of_release("xnu-11417.121.6", under_way=True)
    system.open_agent_session("s", for_several=True)
    agents = [system.add_agent("s", uuid=bytes([number]) * 16) for number in (1, 2)]
    answer = agents[0].getsockopt(16, 24, agent=agents[1].uuid)
    assert (answer.errno, answer.answer) == (0, OptionData(agents[1].uuid + bytes(8)))


def test_a_result_without_room_is_copied_for_the_last_time() -> None:
    system = System.of_release("xnu-11417.121.6", under_way=True)
    client = system.add_process(7).necp_open().add()
    assert client.copy_updated_result_final(8).errno == Errno.EINVAL
    assert client.copy_updated_result_final().errno == 0
