"""Interfaces, routes and processes: the world that evaluation looks at."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.events import interfaces, processes, routes
from necp_replay.kernel import processes as process_handlers
from necp_replay.kernel.client_actions.action_row import Support, silent
from necp_replay.kernel.interfaces import agents, change
from necp_replay.kernel.interfaces.handle import handle_interface
from necp_replay.kernel.routing import request
from necp_replay.kernel.routing.handle import handle_route
from necp_replay.kernel.support.row import NO_PROCESS, InputRow

_NO_INTERFACE: Final = silent(Errno.ENXIO, "no interface has the index")
_NO_ROUTE: Final = silent(Errno.ESRCH, "no route has the name")
_FUNCTIONAL_TYPE: Final = "0, and the interface's functional type afterwards"

INTERFACES: Final[dict[type, InputRow]] = {
    interfaces.IfaceAttach: InputRow(
        handler=handle_interface,
        summary="An interface appears.",
        checks=(
            silent(Errno.EEXIST, "the index is in use"),
            silent(Errno.EINVAL, "no interface can have the index"),
        ),
        answer=_FUNCTIONAL_TYPE,
    ),
    interfaces.IfaceUpdate: InputRow(
        handler=change.change_interface,
        summary="Fields, addresses and agents of an interface change.",
        checks=(
            _NO_INTERFACE,
            silent(Errno.EADDRNOTAVAIL, "an address to delete is not there"),
            silent(Errno.ENXIO, "the delegate is not there"),
        ),
        answer=_FUNCTIONAL_TYPE + "; every field applies, and the last error counts",
        effects="the update timer is armed where the place on the ordered list changes",
        support=Support.PARTIAL,
        missing="what a driver or a daemon did to change the field is not modelled, the field is",
    ),
    interfaces.IfaceDetach: InputRow(
        handler=handle_interface,
        summary="An interface goes; routes through it stay.",
        checks=(_NO_INTERFACE,),
        support=Support.PARTIAL,
        missing="routes and addresses are purged by inputs of their own",
    ),
    interfaces.IfaceOrder: InputRow(
        handler=change.set_order,
        function="ifnet_reset_order",
        summary="Replaces the list of ordered interfaces.",
        checks=(silent(Errno.EINVAL, "an index that never was, or that is there twice"),),
        effects="the update timer is armed",
    ),
    interfaces.IfaceAddAgent: InputRow(
        handler=agents.add_agent,
        function="if_add_netagent",
        summary="An agent comes to an interface.",
        checks=(_NO_INTERFACE, silent(Errno.ENOMEM, "the interface has 64 agents")),
        effects="a kernel event, and the update timer is armed, where the agent is registered",
    ),
    interfaces.IfaceDelAgent: InputRow(
        handler=agents.delete_agent,
        function="if_delete_netagent",
        summary="An agent leaves an interface.",
        checks=(_NO_INTERFACE,),
        effects="a kernel event, and the update timer is armed, where the agent is registered",
    ),
}
"""Every input about interfaces by its class."""

ROUTES: Final[dict[type, InputRow]] = {
    routes.RouteAdd: InputRow(
        handler=request.add_route,
        function="rtrequest_common_locked",
        summary="Adds a route.",
        checks=(
            _NO_INTERFACE,
            silent(Errno.EINVAL, "an address, prefix or flag that there is not"),
            silent(Errno.ENETUNREACH, "the destination's scope is another interface's"),
            silent(Errno.EEXIST, "there is a route to the same destination, prefix and scope"),
        ),
        effects="the update timer is armed for a default route",
        support=Support.PARTIAL,
        missing="cloning, redirects and expiry: routes are what the trace says they are",
    ),
    routes.RouteUpdate: InputRow(
        handler=handle_route,
        summary="Statistics, MTU and flags of a route change.",
        checks=(_NO_ROUTE, silent(Errno.EINVAL, "a flag that there is not")),
    ),
    routes.RouteDelete: InputRow(
        handler=request.delete_route,
        function="rtrequest_common_locked",
        summary="Deletes a route.",
        checks=(_NO_ROUTE,),
        effects="the update timer is armed for a default route; a panic for a router that is no "
        "host",
    ),
}
"""Every input about routes by its class."""

PROCESSES: Final[dict[type, InputRow]] = {
    processes.ProcAdd: InputRow(
        handler=process_handlers.handle_process,
        summary="A process appears.",
        checks=(silent(Errno.EEXIST, "the pid is in use"),),
    ),
    processes.ProcUpdate: InputRow(
        handler=process_handlers.handle_process,
        summary="Name, user, executable, privileges or limits of a process change.",
        checks=(NO_PROCESS,),
    ),
    processes.ProcExit: InputRow(
        handler=process_handlers.handle_process,
        function="fdfree",
        summary="A process exits: its fds close, the highest first.",
        checks=(NO_PROCESS,),
        effects="for each fd as close, while the process is no longer found",
    ),
}
"""Every input about processes by its class."""
