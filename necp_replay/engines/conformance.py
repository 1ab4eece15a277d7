"""The conformance test of external engines: the rules of the protocol, and answers like ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import field
from typing import Protocol

from necp_replay.dataclass import dataclass
from necp_replay.engines.engine import open_machine
from necp_replay.engines.external import ANSWER_LIMIT_S, say_hello
from necp_replay.engines.peer import Peer
from necp_replay.errors import EngineError
from necp_replay.events.equality import same_whole
from necp_replay.events.inputs import NAMES_OF_INPUTS, Step
from necp_replay.events.outcome import Absent, Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.outcomes.compare import outcome_differences
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.render_input import title
from necp_replay.outcomes.safe_text import escape
from necp_replay.trace.engine_messages import (
    PROTOCOL,
    Apply,
    Done,
    Hello,
    Reset,
    StateWanted,
    Unknown,
)

SEED = 1
SHORT_STEPS = 60
UNHEARD_OF_RELEASE = "xnu-0"


class RecordSteps(Protocol):
    """Generates steps from a seed and records what our engine answers to each."""

    def __call__(self, release: str, *, seed: int, records: int) -> list[tuple[Step, Outcome]]:
        """Steps on a release, each with our outcome; the same ones for the same seed."""


ProtocolCheck = Callable[["Conformance"], str]
"""Checks one rule. Returns what was seen, or raises EngineError if the rule is broken."""


@dataclass(slots=True)
class CheckResult:
    """One rule of the protocol, whether the program keeps it, and what was seen."""

    rule: str
    kept: bool
    seen: str


@dataclass(slots=True)
class Answers:
    """How many answers to one kind of input are the same as ours."""

    same: int = 0
    different: int = 0
    not_modelled: int = 0


@dataclass(frozen=True, slots=True)
class FirstDifference:
    """The first answer of one kind of input that differs from ours.

    ``record`` is the number of the generated step, ``title`` what it is, ``fields`` what differs:
    ours is expected, the program's is actual.
    """

    record: int
    title: str
    fields: list[FieldDifference]


@dataclass(slots=True)
class Conformance:
    """The result of one program. ``answers`` and ``first`` are by the name of the input."""

    command: str
    release: str
    records: int
    record_steps: RecordSteps
    limit_s: float = ANSWER_LIMIT_S
    results: list[CheckResult] = field(default_factory=list)
    answers: dict[str, Answers] = field(default_factory=dict)
    first: dict[str, FirstDifference] = field(default_factory=dict)

    @property
    def follows_protocol(self) -> bool:
        """Whether every rule is kept."""
        return all(result.kept for result in self.results)

    def total(self) -> Answers:
        """The sums over all inputs."""
        counts: Counter[str] = Counter()
        for each in self.answers.values():
            counts.update(same=each.same, different=each.different, absent=each.not_modelled)
        return Answers(counts["same"], counts["different"], counts["absent"])


def check_engine(
    command: str,
    release: str,
    *,
    records: int,
    record_steps: RecordSteps,
    limit_s: float = ANSWER_LIMIT_S,
) -> Conformance:
    """Check every rule, each with a new process of the program, then compare many answers with
    ours.

    ``record_steps`` makes the steps, such as :func:`necp_replay.generate.trace.recorded_steps`.
    If the hello fails, the other rules are not checked.
    """
    found = Conformance(command, release, records, record_steps, limit_s)
    for rule, check in _RULES:
        try:
            found.results.append(CheckResult(rule, True, check(found)))
        except EngineError as error:
            seen = error.reason
            if error.hint and error.hint != EngineError.default_hint:
                seen += f"; {error.hint}"
            found.results.append(CheckResult(rule, False, seen))
            if rule == _RULES[0][0]:
                break
    return found


def _says_hello(found: Conformance) -> str:
    peer = Peer(found.command)
    welcome = say_hello(peer, found.release, found.limit_s)
    peer.end()
    return f"{escape(welcome.name)}, protocol {welcome.protocol}, {escape(welcome.release)}"


def _refuses_other_releases(found: Conformance) -> str:
    peer = Peer(found.command)
    try:
        reply = peer.ask(Hello(PROTOCOL, UNHEARD_OF_RELEASE), found.limit_s)
    except EngineError as error:
        if "answers with a failure" in error.reason:
            return error.reason
        raise
    finally:
        peer.end()
    raise EngineError(f"a {type(reply).__name__.lower()} instead of a failure")


def _refuses_unknown_requests(found: Conformance) -> str:
    peer = _greeted(found)
    try:
        peer.ask(Unknown(), found.limit_s)
    except EngineError as error:
        if "answers with a failure" in error.reason:
            return error.reason
        raise
    finally:
        peer.end()
    raise EngineError("a reply instead of a failure")


def _answers_steps(found: Conformance) -> str:
    peer = _greeted(found)
    outcomes = _outcomes(found, peer, _steps(found, SHORT_STEPS))
    peer.end()
    return f"{len(outcomes)} outcomes to as many steps"


def _starts_anew(found: Conformance) -> str:
    peer = _greeted(found)
    steps = _steps(found, SHORT_STEPS)
    first = _outcomes(found, peer, steps)
    if not isinstance(peer.ask(Reset(), found.limit_s), Done):
        raise EngineError("reset is not answered by reset")
    again = _outcomes(found, peer, steps)
    peer.end()
    for number, (one, other) in enumerate(zip(first, again, strict=True), 1):
        if one != other:
            raise EngineError(f"after a reset, step {number} has another outcome")
    return "the same steps have the same outcomes after a reset"


def _shows_state(found: Conformance) -> str:
    peer = _greeted(found)
    steps = _steps(found, SHORT_STEPS)
    _outcomes(found, peer, steps)
    state = peer.ask(StateWanted(), found.limit_s)
    again = peer.ask(StateWanted(), found.limit_s)
    peer.end()
    if not isinstance(state, Snapshot) or state != again:
        raise EngineError("the state is not shown, or differs when shown again")
    machine = open_machine(found.release)
    for step in steps:
        machine.submit(step)
    if state == machine.snapshot():
        return "the same state as the built-in engine"
    return "a state that differs from that of the built-in engine"


def _ends_with_its_input(found: Conformance) -> str:
    status = _greeted(found).end()
    if status is None:
        raise EngineError("did not end when its input ended")
    if status != 0:
        raise EngineError(f"ended with status {status}")
    return "ended with status 0"


def _answers_many(found: Conformance) -> str:
    peer = _greeted(found)
    names = StableNames()
    steps = found.record_steps(found.release, seed=SEED, records=found.records)
    for number, (step, expected) in enumerate(steps, 1):
        names.learn(step)
        (outcome,) = _outcomes(found, peer, [step])
        name = NAMES_OF_INPUTS[type(step.input)]
        answers = found.answers.setdefault(name, Answers())
        if same_whole(expected, outcome):
            answers.same += 1
        elif isinstance(outcome.answer, Absent):
            answers.not_modelled += 1
        else:
            answers.different += 1
            if name not in found.first:
                shown = title(step.input, names)
                fields = outcome_differences(
                    step.input, expected, outcome, names, beyond_vectors=True
                )
                found.first[name] = FirstDifference(number, shown, fields)
    peer.end()
    return f"{found.records} generated steps, seed {SEED}"


def _greeted(found: Conformance) -> Peer:
    peer = Peer(found.command)
    say_hello(peer, found.release, found.limit_s)
    return peer


def _steps(found: Conformance, count: int) -> list[Step]:
    return [step for step, _ in found.record_steps(found.release, seed=SEED, records=count)]


def _outcomes(found: Conformance, peer: Peer, steps: list[Step]) -> list[Outcome]:
    outcomes = []
    for number, step in enumerate(steps, 1):
        name = NAMES_OF_INPUTS[type(step.input)]
        try:
            reply = peer.ask(Apply(step), found.limit_s)
        except EngineError as error:
            raise EngineError(f"step {number}, {name}: {error.reason}", hint=error.hint) from error
        if not isinstance(reply, Outcome):
            peer.kill()
            raise EngineError(f"step {number}, {name}: a reply that is not an outcome")
        outcomes.append(reply)
    return outcomes


_RULES: tuple[tuple[str, ProtocolCheck], ...] = (
    ("says hello", _says_hello),
    ("refuses a release that it does not have", _refuses_other_releases),
    ("refuses requests that it does not know", _refuses_unknown_requests),
    ("answers every step with an outcome", _answers_steps),
    ("starts again after a reset", _starts_anew),
    ("shows its state", _shows_state),
    ("ends with its input", _ends_with_its_input),
    ("answers a long series of steps", _answers_many),
)
