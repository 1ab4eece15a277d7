"""The registry: all registered agents, and the open sessions by name."""

from __future__ import annotations

from necp_replay.abi.log import LOG_NOTICE
from necp_replay.kernel.agents.template import AgentTemplate
from necp_replay.kernel.objects.agent import Agent, AgentSession


class AgentRegistry:
    """The globals of ``network_agent.c``.

    - ``agents``: ``master_netagent_list``, from its head: the agent that was registered or changed
      last comes first.
    - ``by_uuid``: a lookup table. If several sessions register the same id, it has the agent that
      comes first in the list, which is the one that the kernel finds.
    - ``templates``: what was last registered or updated under each name. It outlives the session.
    - ``debug``: log records up to this level are written (``net.netagent.debug``).
    """

    __slots__ = (
        "active_count",
        "agents",
        "by_uuid",
        "debug",
        "next_control_unit",
        "next_generation",
        "registered_count",
        "sessions",
        "templates",
    )

    def __init__(self) -> None:
        self.agents: list[Agent] = []
        self.by_uuid: dict[bytes, Agent] = {}
        self.sessions: dict[str, AgentSession] = {}
        self.templates: dict[str, AgentTemplate] = {}
        self.registered_count = 0
        self.active_count = 0
        self.next_generation = 1
        self.next_control_unit = 1
        self.debug = LOG_NOTICE

    def insert(self, agent: Agent) -> None:
        """Put an agent at the head of the list (``master_netagent_list``)."""
        self.agents.insert(0, agent)
        self.by_uuid[agent.uuid] = agent

    def remove(self, agent: Agent) -> None:
        """Take an agent off the list. An older one with the same id is found from now on."""
        self.agents.remove(agent)
        if self.by_uuid[agent.uuid] is agent:
            del self.by_uuid[agent.uuid]
            for other in reversed(self.agents):
                if other.uuid == agent.uuid:
                    self.by_uuid[agent.uuid] = other

    def take_generation(self) -> int:
        """The next generation, for an agent that is new or changed."""
        generation = self.next_generation
        self.next_generation += 1
        return generation
