"""Stable names for generated ids: ``#1`` is the first id that the random generator returned."""

from __future__ import annotations

from collections.abc import Iterable

from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events.inputs import Step


class StableNames:
    """Names ids by the order in which steps generated them, which is the same in every replay."""

    __slots__ = ("_names",)

    def __init__(self) -> None:
        self._names: dict[bytes, str] = {}

    def learn(self, step: Step) -> None:
        """Name the ids that a step generated. A repeated id keeps its first name."""
        if step.uuids:
            self.learn_ids(step.uuids)

    def learn_ids(self, ids: Iterable[bytes]) -> None:
        """Name generated ids, in order."""
        for uuid in ids:
            self._names.setdefault(uuid, f"#{len(self._names) + 1}")

    def name(self, uuid: bytes) -> str:
        """``#n`` for a generated id, ``zero`` for the all-zero id, hex for any other."""
        known = self._names.get(uuid)
        if known is not None:
            return known
        if uuid == ZERO_UUID:
            return "zero"
        return uuid.hex()
