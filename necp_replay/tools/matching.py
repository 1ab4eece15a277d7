"""Which records of a trace a selection selects, decided record by record as they are read.

What is remembered from record to record is the clock and the generated ids up to the highest ``#n``
that the selection asks for: a trace of any length takes no more memory than that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final, assert_never

from necp_replay.abi.client import ClientAction
from necp_replay.abi.policy import SessionAction
from necp_replay.events import syscalls
from necp_replay.events.effects import EFFECT_NAMES
from necp_replay.events.inputs import INPUT_NAMES, Input, Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.references import (
    IDS,
    Name,
    References,
    fd_of,
    process_of,
)
from necp_replay.tools.select import (
    KIND_NAMES,
    And,
    Clients,
    Effects,
    Errnos,
    Fds,
    Kinds,
    Not,
    Numbers,
    Or,
    Pids,
    Range,
    Selection,
    Times,
    names_matching,
)


class Matcher:
    """Tells of each record of one trace, in order, whether a selection selects it.

    Where reading does not begin at the first record, give ``clock_ns`` and the ids generated
    before (:meth:`learn`).
    """

    def __init__(self, selection: Selection, clock_ns: int) -> None:
        self.number = 0
        self.clock_ns = clock_ns
        """The clock in force during the record asked about last."""
        self.step: Step | None = None
        self.outcome: Outcome | None = None
        self._ids: dict[Name, int] = {}
        self._wanted_ids = _highest_client(selection)
        self._test = _compile(selection)

    @property
    def wants_ids(self) -> bool:
        """Whether the selection asks for ``#n``."""
        return self._wanted_ids > 0

    def learn(self, ids: Iterable[bytes]) -> None:
        """Take in ids that the kernel's generator returned, in order."""
        for uuid in ids:
            if len(self._ids) >= self._wanted_ids:
                return
            self._ids.setdefault(uuid, len(self._ids) + 1)

    def selects(self, number: int, step: Step, outcome: Outcome | None) -> bool:
        """Take in the next record and say whether it is selected."""
        self.number, self.step, self.outcome = number, step, outcome
        now_ns = step.sets_clock_ns
        if now_ns is not None:
            self.clock_ns = now_ns
        if step.uuids:
            self.learn(step.uuids)
        return self._test(self)

    def id_number(self, uuid: Name) -> int | None:
        """The n of ``#n`` for a generated id, if the selection asks for such numbers."""
        return self._ids.get(uuid)


Test = Callable[[Matcher], bool]


def _compile(selection: Selection) -> Test:
    """A selection as a function of the matcher that stands at a record."""
    match selection:
        case Numbers(ranges):
            return lambda at: _any_holds(ranges, at.number)
        case Times(ranges):
            return lambda at: _any_holds(ranges, at.clock_ns)
        case Kinds(patterns):
            return _kinds_test(patterns)
        case Pids(numbers):
            return _pids_test(numbers)
        case Fds(numbers):
            return _fds_test(numbers)
        case Clients(numbers):
            return _clients_test(numbers)
        case Errnos(numbers):
            return _errnos_test(numbers)
        case Effects(patterns):
            return _effects_test(patterns)
        case Not(operand):
            test = _compile(operand)
            return lambda at: not test(at)
        case And(operands):
            tests = tuple(map(_compile, operands))
            return lambda at: all(test(at) for test in tests)
        case Or(operands):
            tests = tuple(map(_compile, operands))
            return lambda at: any(test(at) for test in tests)
        case _:
            assert_never(selection)


def _any_holds(ranges: tuple[Range, ...], number: int) -> bool:
    return any(entry.holds(number) for entry in ranges)


def _kinds_test(patterns: tuple[str, ...]) -> Test:
    names = frozenset().union(*(names_matching(pattern, KIND_NAMES) for pattern in patterns))
    classes = frozenset(INPUT_NAMES[name] for name in names if name in INPUT_NAMES)
    client_actions = frozenset(int(action) for action in ClientAction if action.name in names)
    session_actions = frozenset(int(action) for action in SessionAction if action.name in names)

    def test(at: Matcher) -> bool:
        event = _input(at)
        if type(event) in classes:
            return True
        if type(event) is syscalls.NecpClientAction:
            return event.action in client_actions
        return type(event) is syscalls.NecpSessionAction and event.action in session_actions

    return test


def _pids_test(numbers: Collection[int]) -> Test:
    wanted = frozenset(numbers)
    return lambda at: process_of(_input(at)) in wanted


def _fds_test(numbers: Collection[int]) -> Test:
    wanted = frozenset(numbers)

    def test(at: Matcher) -> bool:
        fd = fd_of(_input(at), at.outcome)
        return fd is not None and fd[1] in wanted

    return test


def _clients_test(numbers: Collection[int]) -> Test:
    wanted = frozenset(numbers)
    return lambda at: any(at.id_number(uuid) in wanted for uuid in _ids_named(at))


def _errnos_test(numbers: Collection[int | None]) -> Test:
    wanted = frozenset(numbers)

    def test(at: Matcher) -> bool:
        errno = None if at.outcome is None else at.outcome.errno
        if errno is None:
            return False
        return errno in wanted or (errno != 0 and None in wanted)

    return test


def _effects_test(patterns: tuple[str, ...]) -> Test:
    names = frozenset().union(*(names_matching(pattern, EFFECT_NAMES) for pattern in patterns))
    classes = frozenset(EFFECT_NAMES[name] for name in names)

    def test(at: Matcher) -> bool:
        outcome = at.outcome
        return outcome is not None and any(type(each) in classes for each in outcome.effects)

    return test


def _ids_named(at: Matcher) -> Iterator[Name]:
    """Every id of a record: generated during it, passed by it, and in what it gave back."""
    step = at.step
    assert step is not None
    yield from step.uuids
    for passed in _NAMED_IDS.passed(step.input):
        yield passed.name
    if at.outcome is not None:
        for returned in _NAMED_IDS.returned(step.input, at.outcome):
            yield returned.name


def _input(at: Matcher) -> Input:
    assert at.step is not None
    return at.step.input


def _highest_client(selection: Selection) -> int:
    match selection:
        case Clients(numbers):
            return max(numbers)
        case Not(operand):
            return _highest_client(operand)
        case And(operands) | Or(operands):
            return max(map(_highest_client, operands))
        case _:
            return 0


_NAMED_IDS: Final = References(*IDS)
