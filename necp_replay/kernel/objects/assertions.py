"""The agents that a client asserts, the newest assertion first; one agent can be asserted often."""

from __future__ import annotations

from collections.abc import Iterator


class Assertions:
    """A client's list of assertions. No operation takes longer the more there are."""

    __slots__ = ("_agents", "_next_place", "_places_of")

    def __init__(self) -> None:
        self._next_place = 0
        self._agents: dict[int, bytes] = {}
        """The agent at each place, the oldest first."""
        self._places_of: dict[bytes, list[int]] = {}

    def __bool__(self) -> bool:
        """Whether there is one."""
        return bool(self._agents)

    def __contains__(self, agent: bytes) -> bool:
        """Whether an agent is asserted."""
        return agent in self._places_of

    def __iter__(self) -> Iterator[bytes]:
        """The agents, the newest assertion first."""
        return reversed(self._agents.values())

    def add(self, agent: bytes) -> None:
        """Assert an agent."""
        place = self._next_place
        self._next_place = place + 1
        self._agents[place] = agent
        self._places_of.setdefault(agent, []).append(place)

    def remove(self, agent: bytes) -> None:
        """Take back the newest assertion of an agent. Raises KeyError without one."""
        places = self._places_of[agent]
        del self._agents[places.pop()]
        if not places:
            del self._places_of[agent]
