"""Places of a snapshot by path, such as ``client/#3/result``, and patterns that choose them.

A path has the keys of a snapshot's lines from the outermost inwards, each followed by what tells
its line from others of the same key, if anything does:

==================  ==============================================  ============================
key                 what follows                                    example
==================  ==============================================  ============================
client              its name                                        ``client/#3``
registration        its name                                        ``registration/#4(flow)``
fd, observer        pid and number                                  ``fd/pid=100,fd=3``
session, policy     control unit; id                                ``session/1/policy/2``
agent, route        its name                                        ``netagents/agent/#1``
flow, update        its place among those beside it, from 1         ``client/#3/flow/1``
others              their place, if there are several beside it     ``result/NETAGENT/2``
==================  ==============================================  ============================

A pattern can begin at any key. ``*``, ``?`` and ``[...]`` stand for parts of a name, ``**`` for
any number of names. The last key may stand without what follows it: ``client`` is every client.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Final, TypeAlias

from necp_replay.dataclass import dataclass
from necp_replay.outcomes.node import Node

Path: TypeAlias = tuple[str, ...]

_BY_VALUE: Final = frozenset({"client", "registration", "fd", "observer"})
_BY_FIRST_WORD: Final = frozenset({"session", "policy", "agent", "route", "interface_option"})
_ALWAYS_NUMBERED: Final = frozenset({"flow", "update", "assertion", "pending_trigger"})
_MOST_NEAR: Final = 5
_NEAR_ENOUGH: Final = 0.5


@dataclass(frozen=True, slots=True)
class StatePlace:
    """A line of a snapshot with the lines below it. ``group`` is its path without its own name."""

    path: Path
    group: Path
    node: Node

    @property
    def text(self) -> str:
        """The path as people write it."""
        return "/".join(self.path)


class Pattern:
    """A pattern that chooses places by path."""

    def __init__(self, text: str) -> None:
        """``text`` is a path with or without wildcards. An empty text chooses nothing."""
        self.text = text
        self.parts: Path = tuple(part for part in text.split("/") if part)

    @property
    def client(self) -> str | None:
        """The name of the one client in which all chosen places are; None for any others."""
        if len(self.parts) >= 2 and self.parts[0] == "client" and not _is_wild(self.parts[1]):
            return self.parts[1]
        return None

    @property
    def is_of_counters(self) -> bool:
        """Whether all chosen places are among the counters."""
        return self.parts[:1] == ("counters",)

    def chooses(self, place: StatePlace) -> bool:
        """Whether a place is chosen."""
        return self._is_end_of(place.path) or self._is_end_of(place.group)

    def _is_end_of(self, path: Path) -> bool:
        parts = self.parts
        if not parts:
            return False
        if "**" not in parts:
            # The most frequent case by far: as many names as the end of the path has.
            return len(parts) <= len(path) and _fits(parts, path[len(path) - len(parts) :])
        return any(_matches(parts, path[start:]) for start in range(len(path) + 1))


def all_places(nodes: Iterable[Node]) -> Iterator[StatePlace]:
    """Every place of a snapshot, each before those inside it."""
    return _places(nodes, ())


def chosen_places(nodes: Iterable[Node], pattern: Pattern) -> list[StatePlace]:
    """The places that a pattern chooses, without those inside another chosen one."""
    found: list[StatePlace] = []
    waiting = list(reversed(list(_beside(nodes, ()))))
    while waiting:
        place = waiting.pop()
        if pattern.chooses(place):
            found.append(place)
        else:
            waiting.extend(reversed(list(_beside(place.node.children, place.path))))
    return found


def near_paths(pattern: Pattern, known: Iterable[str]) -> list[str]:
    """Paths that are similar to one that was not found, the most similar first."""
    length = len(pattern.parts)
    ends: dict[str, None] = {}
    for text in known:
        names = text.split("/")
        ends["/".join(names[-length:])] = None
    near = get_close_matches(pattern.text, ends, _MOST_NEAR, _NEAR_ENOUGH)
    return near or list(ends)[:_MOST_NEAR]


def _places(nodes: Iterable[Node], above: Path) -> Iterator[StatePlace]:
    for place in _beside(nodes, above):
        yield place
        yield from _places(place.node.children, place.path)


def _beside(nodes: Iterable[Node], above: Path) -> Iterator[StatePlace]:
    """The places of nodes that are beside each other."""
    known: Sequence[Node] = nodes if isinstance(nodes, list) else list(nodes)
    keys = Counter(node.key for node in known)
    numbers: Counter[str] = Counter()
    for node in known:
        key = node.key
        group = (*above, key)
        if key in _BY_VALUE and node.value:
            path = (*group, _name(node.value))
        elif key in _BY_FIRST_WORD and node.value:
            path = (*group, _name(node.value.split(" ", 1)[0]))
        elif keys[key] > 1 or key in _ALWAYS_NUMBERED:
            numbers[key] += 1
            path = (*group, str(numbers[key]))
        else:
            path = group
        yield StatePlace(path, group, node)


def _name(value: str) -> str:
    """A value as one part of a path."""
    return value.replace(" ", ",").replace("/", "%2F")


def _is_wild(part: str) -> bool:
    return any(sign in part for sign in "*?[")


def _fits(parts: Path, names: Path) -> bool:
    return all(
        part == name or fnmatchcase(name, part) for part, name in zip(parts, names, strict=True)
    )


def _matches(parts: Path, names: Path) -> bool:
    """Whether names match parts of which some are ``**``."""
    # reached[i]: the first i parts match the names so far.
    reached = [True] + [False] * len(parts)
    for place, part in enumerate(parts):
        reached[place + 1] = reached[place] and part == "**"
    for name in names:
        before = reached
        reached = [False] * (len(parts) + 1)
        for place, part in enumerate(parts):
            if part == "**":
                reached[place + 1] = before[place + 1] or before[place] or reached[place]
            else:
                reached[place + 1] = before[place] and fnmatchcase(name, part)
    return reached[-1]
