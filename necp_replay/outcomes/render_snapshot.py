"""Renders a snapshot: counters, then every fd with its clients, results and flow sets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from necp_replay.abi.address_text import address_text
from necp_replay.abi.client import ObserverUpdateType, OpenFlag
from necp_replay.abi.integers import U64_MAX
from necp_replay.events import snapshot
from necp_replay.outcomes.decode_tlv import flag_names, parameter_nodes, result_nodes
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import Node
from necp_replay.outcomes.safe_text import escape_beside_ids

_COUNTERS: Final = (
    "necp_client_fd_count",
    "necp_observer_fd_count",
    "necp_client_count",
    "necp_socket_flow_count",
    "necp_if_flow_count",
    "observer_message_limit",
)
_CLIENT_FLAGS: Final = (
    "result_read",
    "flow_result_read",
    "allow_multiple_flows",
    "defunct",
    "background",
    "background_update",
    "platform_binary",
)
_CLIENT_FLAGS_WITH_REGISTRATIONS: Final = (
    "result_read",
    "allow_multiple_flows",
    "legacy_client_is_flow",
    "background",
    "background_update",
    "platform_binary",
)
_CLIENT_FLAGS_WITH_DELEGATION: Final = (
    "result_read",
    "allow_multiple_flows",
    "legacy_client_is_flow",
    "platform_binary",
    "delegated_upid",
)
_FLOW_FLAGS: Final = (
    "invalid",
    "nexus",
    "socket",
    "viable",
    "requested_nexus",
    "assigned",
    "has_protoctl_event",
    "check_tcp_heuristics",
)

_LATER_COUNTERS: Final = (
    "necp_arena_count",
    "necp_sysctl_arena_count",
    "necp_nexus_flow_count",
)
_LATER_FD_FIELDS: Final = (
    "background",
    "stats_arena_active",
    "stats_arenas",
    "sysctl_arena",
    "request_in_process_flow_divert",
)
_LATER_AGENT_FIELDS: Final = (
    "token_count",
    "token_low_water",
    "last_client_error",
    "client_error_count",
)


def snapshot_nodes(
    state: snapshot.Snapshot, names: StableNames, *, beyond_vectors: bool
) -> list[Node]:
    """The whole state, in the order of the kernel's lists."""
    counters = [Node(name, str(getattr(state, name))) for name in _COUNTERS]
    counters.append(Node("timer_armed", str(int(state.timer_armed))))
    counters += _later_nodes(state, _LATER_COUNTERS)
    nodes = [Node("counters", children=counters)]
    nodes += [_fd_node("fd", fd, names) for fd in state.fds]
    nodes += [_fd_node("observer", fd, names) for fd in state.observers]
    if state.policies is not None:
        nodes.append(_policies_node(state.policies))
    if state.netagents is not None:
        nodes.append(_netagents_node(state.netagents, names))
    if beyond_vectors and state.route_statistics:
        routes = [
            Node(
                "route",
                f"{escape_beside_ids(route.route)} counters {' '.join(map(str, route.counters))}",
            )
            for route in state.route_statistics
        ]
        nodes.append(Node("route_statistics", children=routes))
    return nodes


def client_nodes(
    clients: Iterable[tuple[tuple[int, int], snapshot.ClientSnapshot]], names: StableNames
) -> list[Node]:
    """Some clients, each in its fd, as they stand in the whole state."""
    nodes: dict[tuple[int, int], Node] = {}
    for (pid, fd), client in clients:
        node = nodes.setdefault((pid, fd), Node("fd", f"pid={pid} fd={fd}"))
        node.children.append(_client_node(client, names))
    return list(nodes.values())


def _fd_node(key: str, fd: snapshot.FdSnapshot, names: StableNames) -> Node:
    children = [
        Node("flags", flag_names(OpenFlag, fd.flags & 0xFFFFFFFF)),
        Node("readable", str(int(fd.readable))),
    ]
    children += _later_nodes(fd, _LATER_FD_FIELDS)
    if fd.update_count or fd.updates:
        updates = [_update_node(update, names) for update in fd.updates]
        children.append(Node("updates", str(fd.update_count), updates))
    children += [_client_node(client, names) for client in fd.clients]
    return Node(key, f"pid={fd.pid} fd={fd.fd}", children)


def _later_nodes(shown: object, names: tuple[str, ...]) -> list[Node]:
    """The fields that only some releases have, as numbers, where they are not 0.

    Where they are, the text is that of a release without them, and shares its golden.
    """
    values = ((name, getattr(shown, name)) for name in names)
    return [Node(name, str(value)) for name, value in values if value]


def _later_client_nodes(client: snapshot.ClientSnapshot, names: StableNames) -> Iterator[Node]:
    yield from _later_nodes(client, ("skip_policy_id", "port_reserved", "validated_parent"))
    for name in ("parent_client_id", "latest_flow_registration_id"):
        identity = getattr(client, name)
        if identity is not None and any(identity):
            yield Node(name, names.name(identity))


def _update_node(update: snapshot.UpdateSnapshot, names: StableNames) -> Node:
    decode: dict[int, Callable[[bytes, StableNames], list[Node]]] = {
        ObserverUpdateType.PARAMETERS: parameter_nodes,
        ObserverUpdateType.RESULT: result_nodes,
    }
    text = f"client={names.name(update.client_id)} type={update.update_type} {update.length} bytes"
    decoder = decode.get(update.update_type, parameter_nodes)
    return Node("update", text, decoder(update.tlv, names))


def _client_node(client: snapshot.ClientSnapshot, names: StableNames) -> Node:
    registrations = client.registrations
    flags: tuple[str, ...] = (
        _CLIENT_FLAGS if registrations is None else _CLIENT_FLAGS_WITH_REGISTRATIONS
    )
    if client.delegated_upid is not None:
        flags = _CLIENT_FLAGS_WITH_DELEGATION
    children = [Node(name, str(getattr(client, name))) for name in flags]
    if client.override_euuid is not None and any(client.override_euuid):
        children.append(Node("override_euuid", names.name(client.override_euuid)))
    if client.group_members_read is not None:
        members = client.assigned_group_members
        shown = "none" if members is None else f"0x{members.hex()}"
        children.append(Node("group_members_read", str(client.group_members_read)))
        children.append(Node("assigned_group_members", shown))
    children.append(Node("policy_id", str(client.policy_id)))
    children += _later_client_nodes(client, names)
    children.append(Node("ip_protocol", str(client.ip_protocol)))
    children.append(Node("proc_pid", str(client.proc_pid)))
    children.append(Node("route", _route_text(client)))
    if registrations is None:
        children.append(_handle_node(client.interface_handle))
    else:
        children += _nodes_with_registrations(client, names)
    children.append(
        Node("result", f"{client.result_length} bytes", result_nodes(client.result, names))
    )
    children.append(
        Node(
            "parameters",
            f"{len(client.parameters)} bytes",
            parameter_nodes(client.parameters, names),
        )
    )
    children += [Node("assertion", names.name(agent)) for agent in client.assertions]
    children += [_flow_node(flow, names) for flow in client.flows]
    children += [_registration_node(each, names) for each in registrations or ()]
    return Node("client", names.name(client.client_id), children)


def _nodes_with_registrations(
    client: snapshot.ClientSnapshot, names: StableNames
) -> Iterator[Node]:
    """What clients have in releases with flow registrations, besides the registrations."""
    yield Node("agent_handle", str(client.agent_handle))
    failed = client.failed_trigger_agent
    if failed is not None and (failed.generation or any(failed.uuid)):
        text = f"{names.name(failed.uuid)} generation={failed.generation}"
        yield Node("failed_trigger_agent", text)
    for option in client.interface_options or ():
        text = f"{option.index} generation={option.generation} agent={names.name(option.agent)}"
        yield Node("interface_option", text)


def _registration_node(registration: snapshot.RegistrationSnapshot, names: StableNames) -> Node:
    children = [
        Node("flags", f"0x{registration.flags & 0xFFFFFFFF:x}"),
        Node("flow_result_read", str(registration.flow_result_read)),
        Node("defunct", str(registration.defunct)),
        Node("last_interface_details", f"0x{registration.last_interface_details:x}"),
        _handle_node(registration.interface_handle),
        Node("interface_cb", str(registration.interface_cb)),
        *_later_nodes(registration, ("stats",)),
    ]
    if registration.ustats_uaddr:
        children.append(Node("ustats_uaddr", f"0x{registration.ustats_uaddr & U64_MAX:x}"))
    children += [_flow_node(flow, names) for flow in registration.flows]
    return Node("registration", names.name(registration.registration_id), children)


def _handle_node(handle: str | None) -> Node:
    text = "none" if handle is None else f"={escape_beside_ids(handle)}"
    return Node("interface_handle", text)


def _route_text(client: snapshot.ClientSnapshot) -> str:
    if client.route_ifindex is None and client.route_flags is None:
        return str(int(client.has_route))
    flags = "none" if client.route_flags is None else f"0x{client.route_flags & 0xFFFFFFFF:x}"
    return f"{int(client.has_route)} interface={client.route_ifindex} flags={flags}"


def _flow_node(flow: snapshot.FlowSnapshot, names: StableNames) -> Node:
    flags: tuple[str, ...] = _FLOW_FLAGS
    if flow.interface_flags is not None:
        flags = tuple(name for name in _FLOW_FLAGS if name != "requested_nexus")
    children = [Node(name, str(getattr(flow, name))) for name in flags]
    if flow.interface_flags is not None:
        children.append(Node("interface_flags", f"0x{flow.interface_flags & 0xFFFFFFFF:x}"))
    if flow.nexus_agent is not None:
        children.append(Node("nexus_agent", names.name(flow.nexus_agent)))
    if flow.handle is not None:
        children.append(Node("handle", escape_beside_ids(flow.handle)))
    if flow.cb is not None:
        children.append(Node("cb", str(flow.cb)))
    children.append(Node("interface_index", str(flow.interface_index)))
    if flow.delegated_interface_index is not None:
        children.append(Node("delegated_interface_index", str(flow.delegated_interface_index)))
    children.append(Node("necp_flow_flags", f"0x{flow.necp_flow_flags:08x}"))
    children.append(Node("protoctl_event", " ".join(map(str, flow.protoctl_event))))
    children.append(Node("local_addr", address_text(flow.local_addr)))
    children.append(Node("remote_addr", address_text(flow.remote_addr)))
    results = flow.assigned_results
    shown = "none" if results is None else f"{flow.assigned_results_length} bytes"
    inner = [] if results is None else result_nodes(results, names)
    if results is None and flow.assigned_results_length:
        shown = f"none of {flow.assigned_results_length} bytes"
    children.append(Node("assigned_results", shown, inner))
    return Node("flow", children=children)


def _policies_node(policies: snapshot.PoliciesSnapshot) -> Node:
    counted = (
        "session_count",
        "drop_all_level",
        "drop_all_order",
        "application_policies_count",
        "socket_policies_count",
        "ip_output_policies_count",
    )
    children = [Node(name, str(getattr(policies, name))) for name in counted]
    for session in policies.sessions:
        text = (
            f"{session.control_unit} priority={session.priority} order={session.order}"
            f" proc_locked={session.proc_locked} proc_pid={session.proc_pid} dirty={session.dirty}"
        )
        rows = [
            Node(
                "policy",
                f"{policy.id} order={policy.order} applied={policy.applied}"
                f" pending_deletion={policy.pending_deletion}"
                f" pending_update={policy.pending_update}",
            )
            for policy in session.policies
        ]
        children.append(Node("session", text, rows))
    return Node("policies", children=children)


def _netagents_node(netagents: snapshot.NetagentsSnapshot, names: StableNames) -> Node:
    children = [
        Node("netagent_registered_count", str(netagents.netagent_registered_count)),
        Node("netagent_active_count", str(netagents.netagent_active_count)),
        Node("next_generation", str(netagents.next_generation)),
    ]
    for agent in netagents.agents:
        text = (
            f"{names.name(agent.uuid)} flags=0x{agent.flags:x} generation={agent.generation}"
            f" use_count={agent.use_count} control_unit={agent.control_unit}"
            f" data_size={agent.data_size}"
        )
        text += "".join(
            f" {name}={value}" for name in _LATER_AGENT_FIELDS if (value := getattr(agent, name))
        )
        pending = [Node("pending_trigger", names.name(client)) for client in agent.pending_triggers]
        children.append(Node("agent", text, pending))
    return Node("netagents", children=children)
