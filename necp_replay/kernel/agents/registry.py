"""Which agents are registered, and which sessions are open."""

from __future__ import annotations

from necp_replay.abi.log import LOG_NOTICE
from necp_replay.kernel.agents.requests import AgentTemplate
from necp_replay.kernel.objects.agent import Agent, AgentSession


class AgentRegistry:
    """The list of agents with its counters, and the sessions by name.

    ``agents`` has the list head first (the newest registration or change). ``by_uuid`` holds the
    agent that a search of the list finds for each id: several sessions may register the same one.
    ``templates`` is what each name last registered or updated, kept when its session closes.
    ``debug`` is the level up to which agent log records are printed (``net.netagent.debug``).
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
        """Take an agent off the list; an older one with the same id is found from now on."""
        self.agents.remove(agent)
        if self.by_uuid[agent.uuid] is agent:
            del self.by_uuid[agent.uuid]
            for other in reversed(self.agents):
                if other.uuid == agent.uuid:
                    self.by_uuid[agent.uuid] = other

    def take_generation(self) -> int:
        """The generation for an agent that is new or changed."""
        generation = self.next_generation
        self.next_generation += 1
        return generation
