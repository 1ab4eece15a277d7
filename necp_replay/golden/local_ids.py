"""Names of generated ids in a golden: counted within what they belong to, not through the trace.

In memory ids are ``#1``, ``#2``, ... in the order in which they were generated. In a file they are
counted within what they belong to, so that an added id changes few other names:

- ``#100/3.2`` is the second id that a call of process 100 on its fd 3 generated: its second client;
- ``#100/3.2.1`` the first id that was generated for that client: a flow;
- ``#100.1`` the first one of process 100 without an fd, ``#0.1`` the first one without a process.

A record says which ids it generated (``generated: #100/3.2``), so names convert both ways without
loss. An id that no record of the file generated is ``#7?``.
"""

from __future__ import annotations

import re
from typing import Final

from necp_replay.errors import GoldenError

_NUMBERED: Final = re.compile(r"#([1-9][0-9]*)")
_LOCAL: Final = re.compile(r"#[0-9]+(?:/[0-9]+)?(?:\.[0-9]+)*\??")
_UNKNOWN: Final = re.compile(r"#[1-9][0-9]*\?")
_CLIENT: Final = re.compile(r" client(?:_id)?=(#[^ (]+)")
_PROCESS: Final = re.compile(r" pid=([0-9]{1,10})(?: fd=([0-9]{1,10})\b)?(?![0-9])")
_DEEPEST: Final = 3
"""How many levels a name can have below the first: a flow of a client is one level below it."""
_MOST_DIGITS: Final = 9


class LocalIds:
    """The names of the ids that the records so far generated, and the conversion of both forms."""

    def __init__(self) -> None:
        """No id was generated yet."""
        self._local: list[str] = []
        self._numbers: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._last_title = ""
        self._last_group = self._declared_group = "#0."

    def declare(self, title: str, count: int) -> list[str]:
        """Name ``count`` more ids, which the record with this title generated. Returns the names.

        The title may have either form: its client was generated before.
        """
        group = self._group(title) if title != self._last_title else self._last_group
        local, numbers = self._local, self._numbers
        number = self._counts.get(group, 0)
        made = []
        for _ in range(count):
            number += 1
            name = f"{group}{number}"
            local.append(name)
            numbers[name] = f"#{len(local)}"
            made.append(name)
        self._counts[group] = number
        self._declared_group = group
        if "#" not in title:
            # A name in it may stand for another id later.
            self._last_title, self._last_group = title, group
        return made

    def take_back(self, count: int) -> None:
        """Undo the last call of :meth:`declare`, which named so many ids."""
        if count:
            self._counts[self._declared_group] -= count
            for name in self._local[-count:]:
                del self._numbers[name]
            del self._local[-count:]

    def to_local(self, text: str) -> str:
        """Text of a process as text of a file."""
        return _NUMBERED.sub(self._local_of, text) if "#" in text else text

    def to_numbered(self, text: str) -> str:
        """Text of a file as text of a process. Raises GoldenError for an id that is not there."""
        return _LOCAL.sub(self._numbered_of, text) if "#" in text else text

    def _local_of(self, found: re.Match[str]) -> str:
        digits = found[1]
        number = int(digits) if len(digits) <= _MOST_DIGITS else 0
        if 0 < number <= len(self._local):
            return self._local[number - 1]
        return f"#{digits}?"

    def _numbered_of(self, found: re.Match[str]) -> str:
        name = found[0]
        known = name[:-1] if _UNKNOWN.fullmatch(name) else self._numbers.get(name)
        if known is None:
            raise GoldenError(f"no record before this one generates {name}", hint=_MERGED)
        return known

    def _group(self, title: str) -> str:
        """The prefix of the names of the ids that a record generates."""
        client = _CLIENT.search(title)
        if client is not None:
            word = client[1]
            name = word if word in self._numbers else self._numbered_parent(word)
            if name and name.count(".") < _DEEPEST:
                return f"{name}."
        process = _PROCESS.search(title)
        if process is None:
            return "#0."
        pid, fd = process[1], process[2]
        return f"#{pid}." if fd is None else f"#{pid}/{fd}."

    def _numbered_parent(self, word: str) -> str:
        found = _NUMBERED.fullmatch(word)
        local = "" if found is None else self._local_of(found)
        return "" if local.endswith("?") else local


_MERGED: Final = (
    "After a merge, or an edit by hand, replay the trace and accept it again:"
    " `necp-replay accept TRACE`."
)
