"""Edits of earlier records: what a record passed, whether it is submitted, and which facts hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from necp_replay.dataclass import dataclass
from necp_replay.events.inputs import Step


@dataclass(frozen=True, slots=True)
class OtherFacts:
    """Other values of facts, for all records after one; ``after`` is 0 for the whole trace."""

    after: int
    values: Mapping[str, Any]
    text: str

    @property
    def starts_after(self) -> int:
        """The last record that is not affected."""
        return self.after


@dataclass(frozen=True, slots=True)
class Drop:
    """A record that is not submitted. ``title`` says what it is."""

    record: int
    title: str

    @property
    def text(self) -> str:
        """What is changed, in words."""
        return f"without record {self.record:,}: {self.title}"

    @property
    def starts_after(self) -> int:
        """The last record that is not affected."""
        return self.record - 1


@dataclass(frozen=True, slots=True)
class Replace:
    """Another input in the place of a record's."""

    record: int
    step: Step
    text: str

    @property
    def starts_after(self) -> int:
        """The last record that is not affected."""
        return self.record - 1


@dataclass(frozen=True, slots=True)
class Insert:
    """Inputs that are submitted in addition, right after a record."""

    after: int
    steps: tuple[Step, ...]
    text: str

    @property
    def starts_after(self) -> int:
        """The last record that is not affected."""
        return self.after


Edit: TypeAlias = OtherFacts | Drop | Replace | Insert


class EditedTrace:
    """What is submitted after each record, with the edits of one kind put together.

    A later edit of a record replaces an earlier one of the same record.
    """

    def __init__(self, edits: list[Edit]) -> None:
        self.first = min((edit.starts_after for edit in edits), default=0)
        """The last record up to which nothing is changed."""
        self.last = max((edit.starts_after + 1 for edit in edits), default=0)
        """No record after this one is changed, though facts may be."""
        self.has_facts = any(isinstance(edit, OtherFacts) for edit in edits)
        self._replaced: dict[int, Step | None] = {}
        self._inserted: dict[int, list[Step]] = {}
        self._facts: dict[int, dict[str, Any]] = {}
        for edit in edits:
            match edit:
                case Drop():
                    self._replaced[edit.record] = None
                case Replace():
                    self._replaced[edit.record] = edit.step
                case Insert():
                    self._inserted.setdefault(edit.after, []).extend(edit.steps)
                case OtherFacts():
                    self._facts.setdefault(edit.after, {}).update(edit.values)

    def step_of(self, record: int, step: Step) -> Step | None:
        """What is submitted in the place of a record; None if nothing is."""
        return self._replaced.get(record, step)

    def inserted_after(self, record: int) -> list[Step]:
        """What is submitted in addition, after a record."""
        return self._inserted.get(record, [])

    def facts_after(self, record: int) -> Mapping[str, Any]:
        """The facts that change after a record."""
        return self._facts.get(record, {})
