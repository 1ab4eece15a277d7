"""Stable names for generated ids: ``#1`` is the first id that the random generator returned."""

from __future__ import annotations

import enum
from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import islice
from typing import Any, Final, TypeVar

from necp_replay.abi.aggregate_result import AggregateLayout
from necp_replay.abi.policy import SessionPriority
from necp_replay.abi.uuid import UUID_BYTES, ZERO_UUID, as_client_id, as_flow_id, is_flow_id
from necp_replay.events.inputs import Step

MOST_REMEMBERED_BYTES: Final = 256 * 1024
"""Bytes whose text is remembered. Text with its nodes takes some twenty times as much memory."""
_LARGE_BYTES: Final = 1024
"""Larger bytes are not remembered. The kernel's results and parameters are smaller."""
MOST_UNNAMED: Final = 10_000
"""Ids without a name that are remembered."""

Text = TypeVar("Text")


class StableNames:
    """Names ids by the order in which steps generated them, which is the same in every replay.

    The same bytes are rendered again and again, so what they were decoded to is remembered until
    an id in them gets a name. Numbers that mean something else in another release are named as in
    that of the steps.
    """

    __slots__ = (
        "_names",
        "_remembered",
        "_remembered_bytes",
        "_unnamed",
        "match_result",
        "priorities",
        "times_forgotten",
    )

    def __init__(
        self,
        priorities: type[enum.IntEnum] = SessionPriority,
        match_result: AggregateLayout | None = None,
    ) -> None:
        self.match_result = match_result
        """The layout of what ``necp_match_policy`` writes; None shows it as bytes."""
        self.priorities = priorities
        """The priorities of policy sessions that the release of the steps has."""
        self._names: dict[bytes, int] = {}
        self._remembered: dict[tuple[Hashable, bytes], Any] = {}
        self._remembered_bytes = 0
        self.times_forgotten = 0
        """Changes whenever the text of some bytes may have changed."""
        self._unnamed: set[bytes] = set()
        """Ids without a name in the decoded texts that are kept."""

    @property
    def count(self) -> int:
        """How many ids have a name: the last of them is ``#count``."""
        return len(self._names)

    def learn(self, step: Step) -> None:
        """Name the ids that a step generated. A repeated id keeps its first name."""
        if step.uuids:
            self.learn_ids(step.uuids)

    def learn_ids(self, ids: Iterable[bytes]) -> None:
        """Name generated ids, in order."""
        names, unnamed = self._names, self._unnamed
        for uuid in ids:
            if uuid not in names:
                names[uuid] = len(names) + 1
                if uuid == ZERO_UUID:
                    # It was shown as a word, so it is not among the unnamed ones.
                    self.forget()
            if unnamed and not unnamed.isdisjoint((uuid, _of_the_other_kind(uuid))):
                self.forget()

    def ids(self) -> Iterator[bytes]:
        """The generated ids, in order: that of ``#1`` first."""
        return iter(self._names)

    def name(self, uuid: bytes) -> str:
        """``#n`` for a generated id, ``zero`` for the all-zero id, hex for any other.

        Kernels with flow registrations make ids of two kinds of a generated one. What they made of
        it is ``#n(flow)`` or ``#n(client)`` where a bit had to be changed.
        """
        known = self._names.get(uuid)
        if known is not None:
            return f"#{known}"
        if uuid == ZERO_UUID:
            return "zero"
        self._unnamed.add(uuid)
        if len(self._unnamed) > MOST_UNNAMED:
            self.forget()
        generated = self._names.get(_of_the_other_kind(uuid))
        if generated is None:
            return uuid.hex()
        return f"#{generated}({'flow' if is_flow_id(uuid) else 'client'})"

    def id_of(self, name: str) -> bytes | None:
        """The generated id of a name such as ``#3``, or of 32 hex digits; None for no such."""
        number = name.removeprefix("#").removesuffix("(flow)").removesuffix("(client)")
        if name.startswith("#") and number.isascii() and number.isdecimal():
            place = int(number) - 1
            if not 0 <= place < len(self._names):
                return None
            return next(islice(self._names, place, None))
        plain = name.replace("-", "")
        try:
            return bytes.fromhex(plain) if len(plain) == 2 * UUID_BYTES else None
        except ValueError:
            return None

    def decoded(self, how: Hashable, content: bytes, decode: Callable[[], Text]) -> Text:
        """The result of ``decode`` for bytes with these names. It must not be changed.

        ``how`` tells apart different decodings of the same bytes.
        """
        if len(content) > _LARGE_BYTES:
            return decode()
        key = how, content
        found: Text | None = self._remembered.get(key)
        if found is None:
            if self._remembered_bytes > MOST_REMEMBERED_BYTES:
                self.forget()
            before = self.times_forgotten
            found = decode()
            if before == self.times_forgotten:
                self._remembered[key] = found
                self._remembered_bytes += len(content) + 1
        return found

    def forget(self) -> None:
        """Forget what bytes were decoded to: a name changes, or too much is kept."""
        self._remembered.clear()
        self._remembered_bytes = 0
        self._unnamed.clear()
        self.times_forgotten += 1


def _of_the_other_kind(uuid: bytes) -> bytes:
    """The id with the opposite value of the bit that marks flow registrations."""
    return as_client_id(uuid) if is_flow_id(uuid) else as_flow_id(uuid)
