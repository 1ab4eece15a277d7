"""Every client action by its number: who handles it, and how far it is modelled."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.kernel.client_actions import descriptions
from necp_replay.kernel.client_actions.action_row import ActionRow, absent, full
from necp_replay.kernel.client_actions.add import add
from necp_replay.kernel.client_actions.agent import agent
from necp_replay.kernel.client_actions.agent_use import agent_use
from necp_replay.kernel.client_actions.copy_agent import copy_agent
from necp_replay.kernel.client_actions.copy_client_update import copy_client_update
from necp_replay.kernel.client_actions.copy_interface import copy_interface
from necp_replay.kernel.client_actions.copy_list import copy_list
from necp_replay.kernel.client_actions.copy_parameters import copy_parameters
from necp_replay.kernel.client_actions.copy_result import copy_result
from necp_replay.kernel.client_actions.copy_route_statistics import copy_route_statistics
from necp_replay.kernel.client_actions.copy_updated_result import copy_updated_result
from necp_replay.kernel.client_actions.remove import remove
from necp_replay.kernel.client_actions.update_cache import update_cache

_UNHANDLED: Final = "no modelled release handles it: they refuse it as they do unknown actions"

CLIENT_ACTIONS: Final[dict[int, ActionRow]] = {
    ClientAction.ADD: full(add, descriptions.ADD),
    ClientAction.REMOVE: full(remove, descriptions.REMOVE),
    ClientAction.COPY_PARAMETERS: full(copy_parameters, descriptions.COPY_PARAMETERS),
    ClientAction.COPY_RESULT: full(copy_result, descriptions.COPY_RESULT),
    ClientAction.COPY_LIST: full(copy_list, descriptions.COPY_LIST),
    ClientAction.REQUEST_NEXUS_INSTANCE: absent(descriptions.REQUEST_NEXUS_INSTANCE, _UNHANDLED),
    ClientAction.AGENT: full(agent, descriptions.AGENT),
    ClientAction.COPY_AGENT: full(copy_agent, descriptions.COPY_AGENT),
    ClientAction.COPY_INTERFACE: full(copy_interface, descriptions.COPY_INTERFACE),
    ClientAction.SET_STATISTICS: absent(descriptions.SET_STATISTICS, _UNHANDLED),
    ClientAction.COPY_ROUTE_STATISTICS: full(
        copy_route_statistics, descriptions.COPY_ROUTE_STATISTICS
    ),
    ClientAction.AGENT_USE: full(agent_use, descriptions.AGENT_USE),
    ClientAction.MAP_SYSCTLS: absent(descriptions.MAP_SYSCTLS, _UNHANDLED),
    ClientAction.UPDATE_CACHE: full(update_cache, descriptions.UPDATE_CACHE),
    ClientAction.COPY_CLIENT_UPDATE: full(copy_client_update, descriptions.COPY_CLIENT_UPDATE),
    ClientAction.COPY_UPDATED_RESULT: full(copy_updated_result, descriptions.COPY_UPDATED_RESULT),
}
"""Numbers that are not here, or not among the profile's actions, are EINVAL with a log record."""
