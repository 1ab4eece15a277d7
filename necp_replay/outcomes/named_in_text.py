"""What titles and rendered values name: clients, agents, sockets, fds and the like.

Chains of differences work on text, which is all that a golden holds. This module reads back what
``render_input`` and ``render_effects`` wrote, by the same table that everything else reads
(``events/references.py``); it is the only place that looks for names in text. Names come in the
form in which they were written: ``#3`` for a generated id, ``fd 100/4`` for an fd.

    >>> named_in_title("necp_client_action REMOVE pid=100 fd=3 client=#1")
    Named(subjects=['#1'], fds=['fd 100/3'])
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.events.inputs import INPUT_NAMES
from necp_replay.events.references import FIELDS, IDS, Thing
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.title_words import without_quotes, words_of

_ID: Final = re.compile(r"#\+?\d+|\b[0-9a-f]{32}\b")
"""An id as ``StableNames`` writes it; ``#+1`` is one that only the right of two files has."""
_HEX_ID_LENGTH: Final = 32
_FD: Final = re.compile(r"\bpid=(\d+) fd=(\d+)")
_HANDLE: Final = re.compile(r"\bhandle=([^ {},\]]+)")
"""The socket or multipath block of a callback's effect."""
_KINDS: Final = {
    Thing.AGENT_SESSION: "session",
    Thing.CONTROL_SESSION: "control session",
    # A handle is one of both, and the text does not tell which.
    Thing.SOCKET: "block",
    Thing.MULTIPATH: "block",
}
"""What stands before a name in a subject."""


@dataclass(slots=True)
class Named:
    """What a text names, each once and in order: ids, sessions and blocks, and fds apart."""

    subjects: list[str]
    fds: list[str]


def named_in_title(title: str) -> Named:
    """What the input with this title names."""
    ids: dict[str, None] = {}
    others: dict[str, None] = {}
    for thing, text in _words_that_name(title):
        if thing in IDS:
            ids.update(dict.fromkeys(_ID.findall(text)))
        elif thing in _KINDS:
            others[f"{_KINDS[thing]} {text}"] = None
    return Named([*ids, *others], _fds(title))


def named_in_fields(fields: Iterable[FieldDifference]) -> Named:
    """What the differing fields of a record name, on both sides."""
    subjects: dict[str, None] = {}
    fds: dict[str, None] = {}
    for field in fields:
        for text in (field.path, field.expected, field.actual):
            if text is None:
                continue
            # Where inputs differ, the values are titles.
            if field.layer is Layer.INPUT and field.path == "input":
                subjects.update(dict.fromkeys(named_in_title(text).subjects))
            # Most texts name nothing, and looking for a letter is faster than for a pattern.
            if "#" in text or len(text) >= _HEX_ID_LENGTH:
                subjects.update(dict.fromkeys(_ID.findall(text)))
            if "handle=" in text:
                subjects.update(dict.fromkeys(f"block {name}" for name in _HANDLE.findall(text)))
            if "pid=" in text:
                fds.update(dict.fromkeys(_fds(text)))
    return Named(list(subjects), list(fds))


def _words_that_name(title: str) -> Iterator[tuple[Thing, str]]:
    """The words of a title whose fields name something: the thing and the text of the value.

    The text is without quotes, as in outcomes and in titles of older goldens.
    """
    kind, *words = words_of(title)
    rows = _ROWS.get(kind, {})
    for word in words:
        field, _, value = word.partition("=")
        if field in rows:
            yield rows[field], without_quotes(value)


def _fds(text: str) -> list[str]:
    return list(dict.fromkeys(f"fd {pid}/{fd}" for pid, fd in _FD.findall(text)))


_ROWS: Final[dict[str, dict[str, Thing]]] = {
    name: {field.name: field.thing for field in FIELDS.get(input_class, ())}
    for name, input_class in INPUT_NAMES.items()
}
"""The fields of each kind of input that name something, by the words of its title."""
_ROWS["necp_client_action"]["client"] = Thing.CLIENT
