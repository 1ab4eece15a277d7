"""One record of a golden as text, and the lines below a head line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from necp_replay.abi.policy import SessionAction
from necp_replay.dataclass import dataclass
from necp_replay.outcomes.node import Node, parse_lines, text_of
from necp_replay.outcomes.passed_text import GENERATED
from necp_replay.outcomes.render_outcome import Rendered

ARROW: Final = " -> "
GENERATED_LINE: Final = f"  {GENERATED}: "
"""What the last line of what is passed begins with, if the record generated ids."""
_CLIENT_ACTION: Final = "necp_client_action"
_SESSION_ACTION: Final = "necp_session_action"
_SESSION_ACTIONS: Final = frozenset(action.name for action in SessionAction)


@dataclass(frozen=True, slots=True)
class BodyText:
    """The indented lines below a head line. ``line`` is the number of the head line."""

    text: str = ""
    line: int = 0

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> BodyText:
        """The lines of these nodes."""
        return cls(text_of(nodes, 1))

    def nodes(self) -> list[Node]:
        """Parse the lines. Raises GoldenError."""
        lines = self.text.split("\n") if self.text else []
        return parse_lines(enumerate(lines, self.line + 1), base_depth=1)


@dataclass(slots=True)
class Stanza:
    """One record: what the input was, and its outcome.

    ``passed`` and ``body`` are indented lines, the last one without a line end: what the input
    passed besides its title, and the outcome besides its status. Generated ids are ``#1``, ``#2``,
    ... as everywhere in memory. ``line`` is the number of the head line in the file.
    """

    number: int
    title: str
    status: str
    body: str = ""
    passed: str = ""
    line: int = 0

    @classmethod
    def of(
        cls, number: int, title: str, status: str, nodes: Sequence[Node], passed: str = ""
    ) -> Stanza:
        """A record whose outcome is given as nodes."""
        return cls(number, title, status, BodyText.of(nodes).text, passed)

    @property
    def kind(self) -> str:
        """The kind of the record."""
        return kind_of_title(self.title)

    @property
    def generated(self) -> int:
        """How many ids the record generated. Version 1 does not say it."""
        last = self.passed[self.passed.rfind("\n") + 1 :]
        return last.count(", ") + 1 if last.startswith(GENERATED_LINE) else 0

    def rendered(self) -> Rendered:
        """The outcome. Raises GoldenError for a body that is not in the grammar."""
        line = self.line + (self.passed.count("\n") + 2 if self.passed else 0)
        return Rendered(self.status, BodyText(self.body, line).nodes(), self.kind)

    def passed_nodes(self) -> list[Node]:
        """What the input passed. Raises GoldenError for lines that are not in the grammar."""
        return BodyText(self.passed, self.line).nodes()

    def lines(self) -> list[str]:
        """The lines of the stanza, with ids as in memory and without a number."""
        lines = [f"{self.title}{ARROW}{self.status}"]
        if self.passed:
            lines = [self.title, *self.passed.split("\n"), f"{ARROW[1:]}{self.status}"]
        return [*lines, *self.body.split("\n")] if self.body else lines


def kind_of_title(title: str) -> str:
    """The kind of a record by its title.

    The same as :func:`~necp_replay.outcomes.render_input.kind_of_input` returns for the input.
    """
    name, _, rest = title.partition(" ")
    if name == _CLIENT_ACTION and rest:
        return rest.partition(" ")[0]
    if name == _SESSION_ACTION:
        action = rest.partition(" ")[0]
        return action if action in _SESSION_ACTIONS else name
    return name
