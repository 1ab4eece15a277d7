"""The table of classes: every class whose objects a saved state can have, and what they hold."""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

from necp_replay.abi.errno import Errno
from necp_replay.abi.netagent import NETAGENT_BYTES
from necp_replay.events.determination import Determination
from necp_replay.events.processes import Sandbox
from necp_replay.events.references import Name, Thing
from necp_replay.events.snapshot import Snapshot
from necp_replay.kernel.agents.registry import AgentRegistry
from necp_replay.kernel.agents.template import AgentTemplate
from necp_replay.kernel.clients.registry import ClientRegistry
from necp_replay.kernel.heuristics.tcp_cache import CookieEntry, Heuristic, TcpCache
from necp_replay.kernel.interfaces.table import InterfaceTable
from necp_replay.kernel.objects.agent import Agent, AgentSession, PendingTrigger, Via
from necp_replay.kernel.objects.arena import StatsArena
from necp_replay.kernel.objects.assertions import Assertions
from necp_replay.kernel.objects.client import (
    Client,
    FailedTrigger,
    FlowRegistration,
    InterfaceOption,
)
from necp_replay.kernel.objects.client_tree import ClientTree
from necp_replay.kernel.objects.deferred_tree import DeferredTree, TreePlace
from necp_replay.kernel.objects.flow import Flow
from necp_replay.kernel.objects.interface import Interface, InterfaceAddressEntry
from necp_replay.kernel.objects.necp_fd import NecpFd, ObserverUpdate
from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.port_reservation import PortReservation
from necp_replay.kernel.objects.process import OtherFile, Process
from necp_replay.kernel.objects.red_black_tree import RedBlackTree, TreeNode
from necp_replay.kernel.objects.route import Route
from necp_replay.kernel.objects.signer import Signer
from necp_replay.kernel.objects.socket import MultipathBlock, SocketBlock
from necp_replay.kernel.policy.database import PolicyDatabase
from necp_replay.kernel.ports.namespaces import Namespace, PortNamespaces, SpecificPort
from necp_replay.kernel.routing.table import RouteFamily, RouteTable
from necp_replay.kernel.saving.kinds import (
    BOOL,
    BYTEARRAY,
    BYTES,
    INT,
    STR,
    Atom,
    EnumMember,
    Many,
    Map,
    Maybe,
    Same,
    Sorted,
    fixed,
    listed,
    own,
    ref,
    series,
)
from necp_replay.kernel.saving.policy_classes import POLICY_CLASSES
from necp_replay.kernel.saving.saved_class import SavedClass, saved
from necp_replay.kernel.state import KernelState
from necp_replay.releases.profile import Profile


class MachineParts(NamedTuple):
    """What a machine consists of: the root of the graph.

    ``ended`` is why the state is unknown from some input on, ``determination`` which parts of it
    are in doubt. Each is None if there is nothing to say.
    """

    kernel: KernelState
    ended: str | None
    determination: Determination | None


def _thing_order(pair: tuple[Thing, Name]) -> tuple[str, str, Name]:
    """The names of one kind of thing can be values of several types, which cannot be sorted."""
    thing, name = pair
    return thing.value, type(name).__name__, name


def _no_parts(profile: Profile) -> MachineParts:
    return MachineParts(KernelState(profile), None, None)


def _client_registry(profile: Profile) -> ClientRegistry:
    return ClientRegistry(nexus_flows_have_counter=profile.skywalk_is_published)


def _process(_profile: Profile) -> Process:
    return Process(0, "", 0, b"", False, 0, False, ())


_CLIENT: Final = Client(b"", b"", 0)
_INTERFACE: Final = Interface(0, "")
_AGENT_SESSION: Final = AgentSession(Via.SETOPT, 0)
"""What new objects hold until their fields are set."""
_NO_STATE: Final = Snapshot(0, 0, 0, 0, 0, 0, False, (), ())

_FD_NAME: Final = fixed(INT, INT)
_PAIR: Final = fixed(BYTES, BYTES)
_ITEM: Final = ref(Client, FlowRegistration, TreePlace)
_NODE: Final = Maybe(ref(TreeNode))
_RESERVATION: Final = own(
    PortReservation, protocol=INT, address=BYTES, port=INT, for_reuse=BOOL, client_id=BYTES
)
_TEMPLATE: Final = own(
    AgentTemplate,
    uuid=BYTES,
    domain=BYTES,
    type=BYTES,
    desc=BYTES,
    flags=INT,
    data=BYTES,
    raw=Maybe(BYTES),
    data_size=Maybe(INT),
    payload_length=Maybe(INT),
    message_id=Maybe(INT),
)
_SANDBOX: Final = own(
    Sandbox,
    denies_open=BOOL,
    allowed_actions=Maybe(series(INT)),
    denied_privileges=series(INT),
)

CLASSES: Final[tuple[SavedClass, ...]] = (
    saved(
        MachineParts,
        _no_parts,
        kernel=ref(KernelState),
        ended=Maybe(STR),
        determination=Maybe(ref(Determination)),
    ),
    saved(
        KernelState,
        KernelState,
        ints="now_ns made_ids update_timer_latest_ns",
        bools="knows_uuids makes_missing_ids update_timer_armed",
        uuids=Many(deque, BYTES),
        processes=Map(INT, ref(Process)),
        sockets=Map(STR, ref(SocketBlock)),
        multipath_blocks=Map(STR, ref(MultipathBlock)),
        timers_armed=Sorted(set, STR),
        flow_divert_pids=listed(INT),
        interfaces=ref(InterfaceTable),
        routes=ref(RouteTable),
        agents=ref(AgentRegistry),
        clients=ref(ClientRegistry),
        policies=ref(PolicyDatabase),
        heuristics=ref(TcpCache),
        ports=ref(PortNamespaces),
        resolver_signer=ref(Signer),
        application_signer=ref(Signer),
        random_bytes=Maybe(BYTES),
        unsaved="profile effects failed caller client_evaluations flow_evaluations policy_answers"
        " rule_answers marking_answers family_answers parsed_parameters",
    ),
    saved(
        Process,
        _process,
        ints="""pid uid fd_limit coalition_leader responsible_pid platform_id sdk min_sdk
        pidversion""",
        bools="platform_binary cs_invalid exiting",
        bytes_="exec_uuid",
        name=STR,
        privileged=Atom.PRIVILEGES,
        entitlements=series(STR),
        signing_id=STR,
        responsible_uuid=Maybe(BYTES),
        sandbox=Maybe(_SANDBOX),
        files=Map(INT, ref(NecpFd, PolicySession, OtherFile)),
    ),
    saved(OtherFile, lambda _: OtherFile()),
    saved(
        NecpFd,
        lambda _: NecpFd(0, 0, 0),
        ints="fd proc_pid flags",
        bools="is_use_count_leaked background request_in_process_flow_divert",
        active_arena=Maybe(ref(StatsArena)),
        arenas=listed(ref(StatsArena)),
        sysctl_address=Maybe(INT),
        reported_agents=series(BYTES),
        registrations=ref(DeferredTree),
        _clients=ref(ClientTree),
        _update_list=Many(deque, Same(ObserverUpdate)),
    ),
    saved(
        ObserverUpdate,
        lambda _: ObserverUpdate(b"", 0, b""),
        ints="update_type",
        bytes_="client_id tlv",
        unsaved="shown",
    ),
    saved(
        StatsArena,
        lambda _: StatsArena(0, 0),
        ints="address object_bytes use_count",
        _free=listed(INT),
    ),
    saved(
        ClientRegistry,
        _client_registry,
        ints="""client_fd_count observer_fd_count client_count socket_flow_count if_flow_count
        nexus_flow_count arena_count sysctl_arena_count mapped_arenas collected_registrations
        observer_message_limit tracing_level tracing_pid""",
        fd_list=listed(ref(NecpFd)),
        observer_list=listed(ref(NecpFd)),
        tree=ref(DeferredTree),
        flow_tree=ref(DeferredTree),
        unsaved="nexus_flows_have_counter",
    ),
    saved(
        DeferredTree,
        lambda _: DeferredTree(),
        _by_key=Maybe(Map(BYTES, _ITEM)),
        _noted=listed(BYTES),
        _shape=Maybe(ref(RedBlackTree)),
        _place_of_key=Map(BYTES, ref(TreePlace)),
        _place_of_item=Map(_ITEM, ref(TreePlace)),
        # Notes of all items that were ever there would take more room than a shape of those left.
        before=DeferredTree.settle,
    ),
    saved(TreePlace, lambda _: TreePlace(b""), bytes_="key", item=Maybe(_ITEM)),
    saved(RedBlackTree, lambda _: RedBlackTree(), _root=_NODE, _nodes=Map(_ITEM, ref(TreeNode))),
    saved(
        TreeNode,
        lambda _: TreeNode(None, b""),
        bools="is_red",
        bytes_="key",
        item=_ITEM,
        parent=_NODE,
        child=listed(_NODE),
    ),
    saved(ClientTree, lambda _: ClientTree(), _by_id=Map(BYTES, ref(Client)), unsaved="_ids"),
    saved(
        Client,
        lambda _: Client(b"", b"", 0),
        ints="proc_pid result_length policy_id ip_protocol delegated_upid skip_policy_id",
        bools="""result_read flow_result_read allow_multiple_flows defunct background
        background_update platform_binary interface_has_cb legacy_client_is_flow has_agent_handle
        validated_parent group_members_read""",
        bytes_="client_id override_euuid latest_registration_id parent_client_id",
        parameters=BYTEARRAY,
        parsed_parameters=Maybe(Same(ParsedParameters)),
        result=BYTEARRAY,
        flow_list=listed(ref(Flow)),
        assertion_list=Maybe(ref(Assertions)),
        current_route=Maybe(ref(Route)),
        interface_handle=Maybe(ref(MultipathBlock)),
        registrations=Maybe(ref(RedBlackTree)),
        interface_options=series(own(InterfaceOption, interface=INT, generation=INT, agent=BYTES)),
        failed_trigger=Maybe(own(FailedTrigger, generation=INT, agent=BYTES)),
        port_reservation=Maybe(_RESERVATION),
        assigned_group_members=Maybe(BYTES),
    ),
    saved(
        ParsedParameters,
        lambda _: ParsedParameters(),
        ints="""valid_fields flags required_interface_type ip_protocol effective_pid traffic_class
        transport_protocol ethertype further_tags""",
        bools="is_cut_short names_parent names_bundle",
        bytes_="local_addr remote_addr effective_uuid host_name parent_id",
        local_interface_addr=Maybe(BYTES),
        bound_interfaces=series(BYTES),
        prohibited_interfaces=series(BYTES),
        prohibited_interface_types=series(INT),
        required_agents=series(BYTES),
        prohibited_agents=series(BYTES),
        preferred_agents=series(BYTES),
        avoided_agents=series(BYTES),
        required_agent_types=series(_PAIR),
        prohibited_agent_types=series(_PAIR),
        preferred_agent_types=series(_PAIR),
        avoided_agent_types=series(_PAIR),
        required_agent_slots=series(BYTES),
        required_agent_type_slots=series(_PAIR),
        local_address_preference=Maybe(INT),
        resolver_tag=Maybe(BYTES),
        delegated_upid=Maybe(INT),
        demux_patterns=series(BYTES),
        refusal=EnumMember(Errno),
    ),
    saved(
        Assertions,
        lambda _: Assertions(),
        ints="_next_place",
        _agents=Map(INT, BYTES),
        _places_of=Map(BYTES, listed(INT)),
    ),
    saved(
        FlowRegistration,
        lambda _: FlowRegistration(b"", _CLIENT),
        ints="flags stats_type last_interface_details",
        bools="flow_result_read defunct interface_has_cb",
        bytes_="registration_id",
        client=ref(Client),
        flow_list=listed(ref(Flow)),
        interface_handle=Maybe(ref(MultipathBlock)),
        stats_address=Maybe(INT),
        stats_arena=Maybe(ref(StatsArena)),
    ),
    saved(
        Flow,
        lambda _: Flow(),
        ints="""interface_index delegated_interface_index interface_flags necp_flow_flags
        assigned_results_length""",
        bools="""invalid nexus socket viable assigned requested_nexus has_protoctl_event
        check_tcp_heuristics has_cb""",
        bytes_="nexus_agent local_addr remote_addr",
        handle=Maybe(ref(SocketBlock, MultipathBlock)),
        protoctl_event=fixed(INT, INT, INT),
        assigned_results=Maybe(BYTES),
    ),
    saved(
        SocketBlock,
        lambda _: SocketBlock(""),
        ints="domain vflag lport fport",
        bools="has_cb external_port",
        bytes_="laddr faddr necp_client_uuid",
        name=STR,
        bound_interface=Maybe(ref(Interface)),
        last_outif=Maybe(ref(Interface)),
        necp_domain=Maybe(BYTES),
        necp_account=Maybe(BYTES),
        necp_domain_owner=Maybe(BYTES),
        necp_domain_context=Maybe(BYTES),
        necp_tracker_domain=Maybe(BYTES),
        resolver_signature=Maybe(BYTES),
    ),
    saved(
        MultipathBlock,
        lambda _: MultipathBlock(""),
        bools="has_cb",
        bytes_="necp_client_uuid",
        name=STR,
    ),
    saved(
        InterfaceTable,
        lambda _: InterfaceTable(),
        ints="if_index generation",
        bools="management_is_checked",
        by_index=Map(INT, ref(Interface)),
        head=listed(ref(Interface)),
        ordered=listed(ref(Interface)),
        loopback=ref(Interface),
        unsaved="_names _addresses",
    ),
    saved(
        Interface,
        lambda _: Interface(0, ""),
        ints="""index flags eflags xflags mtu nd_mtu generation type family subfamily lqm_state
        if_state_valid delegated_type delegated_family delegated_subfamily lastupdown_s radio_type
        radio_channel hwassist""",
        bools="""delegated_expensive delegated_constrained delegated_ultra_constrained attached""",
        bytes_="ipv4_signature ipv6_signature",
        name=STR,
        cell_mss_recommended=Maybe(INT),
        delegate=Maybe(ref(Interface)),
        agents=listed(BYTES),
        addresses=listed(ref(InterfaceAddressEntry)),
        nat64_prefixes=listed(fixed(BYTES, INT)),
        link_address=ref(InterfaceAddressEntry),
    ),
    saved(
        InterfaceAddressEntry,
        lambda _: InterfaceAddressEntry(b"", 0, _INTERFACE),
        ints="prefix",
        bytes_="sockaddr",
        interface=ref(Interface),
        broadaddr=Maybe(BYTES),
    ),
    saved(
        RouteTable,
        lambda profile: RouteTable(InterfaceTable(), profile),
        by_id=Map(STR, ref(Route)),
        _interfaces=ref(InterfaceTable),
        _families=Map(INT, ref(RouteFamily)),
        unsaved="_profile _found _found_generation",
    ),
    saved(
        RouteFamily,
        lambda _: RouteFamily(0),
        ints="_width primary_ifscope dynamic_count",
        _by_prefix=Map(INT, Map(fixed(INT, INT), ref(Route))),
        unsaved="_longest_first",
        after=RouteFamily.sort_prefixes,
    ),
    saved(
        Route,
        lambda _: Route("", 0, b"", 0, 0, 0, 0, _INTERFACE),
        ints="family prefix scope flags mtu",
        bytes_="destination",
        id=STR,
        interface=ref(Interface),
        ifa=Maybe(ref(InterfaceAddressEntry)),
        gateway=Maybe(BYTES),
        stats=Maybe(Map(STR, INT)),
    ),
    saved(
        AgentRegistry,
        lambda _: AgentRegistry(),
        ints="registered_count active_count next_generation next_control_unit debug",
        agents=listed(ref(Agent)),
        by_uuid=Map(BYTES, ref(Agent)),
        sessions=Map(STR, ref(AgentSession)),
        templates=Map(STR, _TEMPLATE),
    ),
    saved(
        Agent,
        lambda _: Agent(bytes(NETAGENT_BYTES), b"", _AGENT_SESSION),
        ints="""flags data_size unwritten_bytes control_unit generation use_count token_count
        token_low_water tokens_asked_until_ns last_client_error client_error_count""",
        bytes_="uuid domain type desc data",
        session=ref(AgentSession),
        pending_triggers=listed(own(PendingTrigger, client_id=BYTES, pid=INT, proc_uuid=BYTES)),
        tokens=listed(BYTES),
    ),
    saved(
        AgentSession,
        lambda _: AgentSession(Via.SETOPT, 0),
        ints="control_unit delivery_errno",
        bools="has_many_agents",
        bytes_="last_registered_uuid results",
        via=EnumMember(Via),
        agents=listed(ref(Agent)),
    ),
    saved(
        TcpCache,
        lambda _: TcpCache(),
        ints="ecn_inbound ecn_outbound ecn_timeout disabled",
        heuristics=Map(INT, listed(ref(Heuristic))),
        cookies=Map(INT, listed(ref(CookieEntry))),
    ),
    saved(
        Heuristic,
        lambda _: Heuristic(),
        ints="""last_access tfo_data_loss tfo_req_loss tfo_data_rst tfo_req_rst ecn_loss
        ecn_aggressive ecn_droprst ecn_droprxmt ecn_synrst tfo_enabled_time tfo_backoff_until
        tfo_backoff ecn_backoff""",
        bools="tfo_in_backoff",
        bytes_="key",
    ),
    saved(CookieEntry, lambda _: CookieEntry(), ints="last_access cookie_len", bytes_="key cookie"),
    saved(
        PortNamespaces,
        lambda _: PortNamespaces(),
        _namespaces=Map(fixed(INT, BYTES), own(Namespace, last_port=Maybe(INT), count=INT)),
        _reserved=Map(_FD_NAME, listed(_RESERVATION)),
        _specific=Map(fixed(INT, INT, INT), own(SpecificPort, for_reuse=BOOL, count=INT)),
    ),
    saved(Signer, lambda _: Signer(), key=Maybe(BYTES), _digests=Sorted(set, BYTES)),
    saved(
        Determination,
        lambda _: Determination(_NO_STATE),
        bools="""_policy_ids_are_known _system _anything _has_lost_engine _clock_is_known""",
        _fds=Map(_FD_NAME, Maybe(Sorted(set, BYTES))),
        _things=Sorted(set, fixed(EnumMember(Thing), Atom.NAME), _thing_order),
        _clients=Map(_FD_NAME, Sorted(set, BYTES)),
        _observers=Sorted(set, _FD_NAME),
        _doubtful_observers=Sorted(set, _FD_NAME),
    ),
    *POLICY_CLASSES,
)
"""The first one is the root. A change here is a change of the form: its digest is in the bytes."""
