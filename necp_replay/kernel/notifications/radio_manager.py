"""A client asserts the manager of the radio, which is an agent that a policy gives it."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.abi.netagent import AgentMessageType
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events.notifications import AssertBbRadioManager
from necp_replay.kernel.agents.client_messages import client_message
from necp_replay.kernel.agents.lookup import get_names
from necp_replay.kernel.description import Description, logged
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.missing_inputs import check_not_missing
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.policy.evaluate_parameters import evaluate_parameters
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.state import KernelState

_FUNCTION: Final = "necp_client_assert_bb_radio_manager"
_COMMON: Final = "necp_client_assert_bb_radio_manager_common"


def assert_bb_radio_manager(kernel: KernelState, client_id: bytes, *, on: bool) -> int:
    """Assert the radio manager for a client, or take the assertion back. Returns an errno.

    ENOENT for an unknown client, or where the client has no such agent; ESRCH where its process is
    gone; EINVAL for an assertion that was not made; otherwise the errno of the message. Raises
    NotModelled where the release has no such function.

    Source: necp_client_assert_bb_radio_manager, xnu-4903.221.2.
    """
    check_not_missing(kernel.profile, AssertBbRadioManager, "assertions of the radio manager")
    client = flow_rules(kernel).find_anywhere(kernel, client_id)
    if client is None:
        kernel.log(LOG_ERR, _FUNCTION)
        return kernel.fails(_NO_CLIENT, client_id=client_id)
    process = kernel.find_process(client.proc_pid)
    if process is None:
        kernel.log(LOG_ERR, _COMMON)
        return kernel.fails(Errno.ESRCH, pid=client.proc_pid)
    agent = _find_radio_manager(kernel, process, client)
    if not on and not client.remove_assertion(agent):
        kernel.log(LOG_ERR, "necp_client_remove_assertion")
        return kernel.fails(Errno.EINVAL, agent=agent)
    message = AgentMessageType.CLIENT_ASSERT if on else AgentMessageType.CLIENT_UNASSERT
    error = client_message(kernel, agent, client.client_id, client.proc_pid, message)
    if error:
        kernel.log(LOG_ERR, _COMMON)
        if error == Errno.ENOENT:
            kernel.fails(_NO_RADIO_MANAGER, agent=agent)
    elif on:
        client.add_assertion(agent)
    return error


def _find_radio_manager(kernel: KernelState, process: Process, client: Client) -> bytes:
    """The first agent of the client's policies that is a radio manager.

    Kernel quirk: without one, the id is what was on the stack. The model has a pattern there that
    no agent has.

    Source: necp_client_lookup_bb_radio_manager, xnu-4903.221.2.
    """
    match = evaluate_parameters(
        kernel,
        process,
        client.parameters,
        required_interface_index=0,
        local_addr=None,
        remote_addr=None,
        ignore_address=True,
        want_flags=False,
    )
    for agent in match.result.netagents:
        if agent == ZERO_UUID:
            break
        if get_names(kernel, agent) == RADIO_MANAGER:
            return agent
    return _UNINITIALISED


RADIO_MANAGER: Final = (b"WirelessRadioManager", b"WirelessRadioManager:BB Manager")
"""Domain and type."""
_UNINITIALISED: Final = b"\xaa" * 16

_NO_CLIENT: Final = logged(Errno.ENOENT, "no client has the id")
_NO_RADIO_MANAGER: Final = logged(Errno.ENOENT, "policies give the client no such agent")

ASSERT_BB_RADIO_MANAGER: Final = Description(
    subject=AssertBbRadioManager,
    handler=assert_bb_radio_manager,
    function=_FUNCTION,
    summary="Asserts the manager of the radio for a client, or takes the assertion back.",
    checks=(
        _NO_CLIENT,
        logged(Errno.ESRCH, "the client's process is gone"),
        logged(Errno.EINVAL, "the assertion that is taken back was not made"),
        _NO_RADIO_MANAGER,
        logged(
            Errno.ENOBUFS,
            "the agent cannot be told (or what else its delivery fails with)",
            is_for_others=True,
        ),
    ),
    effects="a message to the agent",
    other_facts=("has_bb_radio_manager",),
)

NO_RADIO_MANAGER_IS_LOOKED_UP: Final = Quirk(
    "Where a client has no radio manager, the agent that is told is found by what is on the stack.",
    "necp_client_lookup_bb_radio_manager",
    "notifications/test_radio_manager.py::test_without_a_radio_manager_there_is_no_agent_to_tell",
    "has_bb_radio_manager",
)
