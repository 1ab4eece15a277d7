"""Every client action that is modelled, by its number."""

from __future__ import annotations

from typing import Final

from necp_replay.kernel.client_actions.acquire_agent_token import ACQUIRE_AGENT_TOKEN
from necp_replay.kernel.client_actions.add import ADD
from necp_replay.kernel.client_actions.add_flow import ADD_FLOW
from necp_replay.kernel.client_actions.agent import AGENT
from necp_replay.kernel.client_actions.agent_use import AGENT_USE
from necp_replay.kernel.client_actions.claim import CLAIM
from necp_replay.kernel.client_actions.client_call import ClientActionHandler
from necp_replay.kernel.client_actions.copy_agent import COPY_AGENT
from necp_replay.kernel.client_actions.copy_client_update import COPY_CLIENT_UPDATE
from necp_replay.kernel.client_actions.copy_interface import COPY_INTERFACE
from necp_replay.kernel.client_actions.copy_list import COPY_LIST
from necp_replay.kernel.client_actions.copy_parameters import COPY_PARAMETERS
from necp_replay.kernel.client_actions.copy_result import COPY_RESULT
from necp_replay.kernel.client_actions.copy_route_statistics import COPY_ROUTE_STATISTICS
from necp_replay.kernel.client_actions.copy_updated_result import COPY_UPDATED_RESULT
from necp_replay.kernel.client_actions.copy_updated_result_final import (
    COPY_UPDATED_RESULT_FINAL,
)
from necp_replay.kernel.client_actions.get_interface_address import GET_INTERFACE_ADDRESS
from necp_replay.kernel.client_actions.get_signed_client_id import GET_SIGNED_CLIENT_ID
from necp_replay.kernel.client_actions.map_sysctls import MAP_SYSCTLS
from necp_replay.kernel.client_actions.remove import REMOVE
from necp_replay.kernel.client_actions.remove_flow import REMOVE_FLOW
from necp_replay.kernel.client_actions.request_nexus_instance import REQUEST_NEXUS_INSTANCE
from necp_replay.kernel.client_actions.set_signed_client_id import SET_SIGNED_CLIENT_ID
from necp_replay.kernel.client_actions.set_statistics import SET_STATISTICS
from necp_replay.kernel.client_actions.sign import SIGN
from necp_replay.kernel.client_actions.update_cache import UPDATE_CACHE
from necp_replay.kernel.client_actions.validate import VALIDATE
from necp_replay.kernel.description import Description

_DESCRIPTIONS: Final[tuple[Description[ClientActionHandler], ...]] = (
    ADD,
    REMOVE,
    COPY_PARAMETERS,
    COPY_RESULT,
    COPY_LIST,
    AGENT,
    COPY_AGENT,
    COPY_INTERFACE,
    COPY_ROUTE_STATISTICS,
    AGENT_USE,
    UPDATE_CACHE,
    COPY_CLIENT_UPDATE,
    COPY_UPDATED_RESULT,
    ADD_FLOW,
    REMOVE_FLOW,
    CLAIM,
    SIGN,
    GET_INTERFACE_ADDRESS,
    ACQUIRE_AGENT_TOKEN,
    VALIDATE,
    GET_SIGNED_CLIENT_ID,
    SET_SIGNED_CLIENT_ID,
    REQUEST_NEXUS_INSTANCE,
    SET_STATISTICS,
    MAP_SYSCTLS,
    COPY_UPDATED_RESULT_FINAL,
)

CLIENT_ACTIONS: Final[dict[int, Description[ClientActionHandler]]] = {
    int(number): description
    for description in _DESCRIPTIONS
    if (number := description.number) is not None
}
"""Numbers that are not among the profile's actions are EINVAL with a log record."""
