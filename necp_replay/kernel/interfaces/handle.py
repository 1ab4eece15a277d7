"""Handles the inputs about interfaces: attaching, changing, ordering and detaching them."""

from __future__ import annotations

from typing import Final, assert_never

from necp_replay.abi.errno import Errno
from necp_replay.abi.interface import (
    ETHERNET_MTU,
    IFF_LOOPBACK,
    IFF_RUNNING,
    IFF_UP,
    IFNET_SUBFAMILY_MANAGEMENT,
    IFXF_MANAGEMENT,
    LOOPBACK_MTU,
    LOOPBACK_NAME,
    MAX_INTERFACE_INDEX,
)
from necp_replay.events import interfaces
from necp_replay.events.inputs import InterfaceInput
from necp_replay.events.outcome import InterfaceAnswer, Outcome
from necp_replay.kernel.description import NO_INTERFACE, Description, Support, silent
from necp_replay.kernel.interfaces.agents import add_agent, delete_agent
from necp_replay.kernel.interfaces.change import change_interface, set_order
from necp_replay.kernel.interfaces.functional_type import functional_type
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.state import KernelState
from necp_replay.releases.facts.interfaces import FunctionalTypes


def handle_interface(kernel: KernelState, event: InterfaceInput) -> Outcome:
    """Apply an input about an interface. ENXIO where no interface has the index."""
    match event:
        case interfaces.IfaceAttach():
            return _attach(kernel, event)
        case interfaces.IfaceUpdate():
            return _update(kernel, event)
        case interfaces.IfaceDetach():
            return _detach(kernel, event.index)
        case interfaces.IfaceOrder():
            return Outcome(errno=set_order(kernel, event.indices))
        case interfaces.IfaceAddAgent():
            return _change_agents(kernel, event)
        case interfaces.IfaceDelAgent():
            return _change_agents(kernel, event)
        case _:
            assert_never(event)


def _attach(kernel: KernelState, event: interfaces.IfaceAttach) -> Outcome:
    table = kernel.interfaces
    if event.index in table.by_index:
        return _outcome(kernel, Errno.EEXIST, table.by_index[event.index])
    if not 0 < event.index <= MAX_INTERFACE_INDEX:
        return _outcome(kernel, Errno.EINVAL, None)
    ifp = Interface(event.index, event.name, flags=IFF_UP | IFF_RUNNING, mtu=ETHERNET_MTU)
    if event.name == LOOPBACK_NAME:
        ifp.flags |= IFF_LOOPBACK
        ifp.mtu = LOOPBACK_MTU
    table.attach(ifp)
    errno = change_interface(kernel, ifp, event)
    if ifp.subfamily == IFNET_SUBFAMILY_MANAGEMENT:
        _attach_for_management(kernel, ifp)
    return _outcome(kernel, errno, ifp)


def _attach_for_management(kernel: KernelState, ifp: Interface) -> None:
    """Note that there is a management interface, where the release knows these.

    Source: ifnet_allocate_common, xnu-8796.141.3.
    """
    if kernel.profile.functional_types & FunctionalTypes.MANAGEMENT:
        ifp.xflags |= IFXF_MANAGEMENT
        kernel.interfaces.management_is_checked = True


def _update(kernel: KernelState, event: interfaces.IfaceUpdate) -> Outcome:
    ifp = kernel.interfaces.by_index.get(event.index)
    if ifp is None:
        return _outcome(kernel, kernel.fails(NO_INTERFACE, index=event.index), None)
    return _outcome(kernel, change_interface(kernel, ifp, event), ifp)


def _outcome(kernel: KernelState, errno: int, ifp: Interface | None) -> Outcome:
    answer = InterfaceAnswer(-1 if ifp is None else functional_type(kernel.profile, ifp))
    return Outcome(errno=int(errno), answer=answer)


def _detach(kernel: KernelState, index: int) -> Outcome:
    ifp = kernel.interfaces.by_index.get(index)
    if ifp is None:
        return Outcome(errno=kernel.fails(NO_INTERFACE, index=index))
    kernel.interfaces.detach(ifp)
    return Outcome(errno=0)


def _change_agents(
    kernel: KernelState, event: interfaces.IfaceAddAgent | interfaces.IfaceDelAgent
) -> Outcome:
    ifp = kernel.interfaces.by_index.get(event.index)
    if ifp is None:
        return Outcome(errno=kernel.fails(NO_INTERFACE, index=event.index))
    if isinstance(event, interfaces.IfaceAddAgent):
        return Outcome(errno=add_agent(kernel, ifp, event.agent))
    delete_agent(kernel, ifp, event.agent)
    return Outcome(errno=0)


IFACE_ATTACH: Final = Description(
    subject=interfaces.IfaceAttach,
    handler=_attach,
    summary="Attaches an interface.",
    checks=(
        silent(Errno.EEXIST, "the index is in use"),
        silent(Errno.EINVAL, "no interface can have the index"),
    ),
    answer="0, and the interface's functional type afterwards",
)

IFACE_DETACH: Final = Description(
    subject=interfaces.IfaceDetach,
    handler=_detach,
    summary="Detaches an interface; routes through it stay.",
    checks=(NO_INTERFACE,),
    support=Support.PARTIAL,
    missing="routes and addresses are purged by inputs of their own",
)
