"""The list of modelled actions is complete, and agrees with the files it names."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import SessionAction
from necp_replay.events.effects import Log
from necp_replay.events.inputs import INPUT_NAMES, NAMES_OF_INPUTS, Input
from necp_replay.events.syscalls import NecpClientAction, NecpSessionAction
from necp_replay.kernel.catalog import CATALOG, INPUTS, find_descriptions
from necp_replay.kernel.description import AnyDescription, Kind, Support
from necp_replay.releases.profile import Profile
from necp_replay.trace.reader import TraceReader
from tests.complaints import assert_none

DESCRIPTIONS = {each.name: each for each in CATALOG}
ROOT = Path(__file__).parents[2]
FACTS = {field.name for field in fields(Profile)} - {"release"}


def test_every_input_has_exactly_one_description() -> None:
    assert Counter(each.subject for each in INPUTS) == Counter(INPUT_NAMES.values())


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [(Kind.CLIENT_ACTION, ClientAction), (Kind.SESSION_ACTION, SessionAction)],
)
def test_every_action_has_exactly_one_description(
    kind: Kind, numbers: type[ClientAction] | type[SessionAction]
) -> None:
    named = [(entry.name, entry.number) for entry in CATALOG if entry.kind is kind]
    assert named == [(member.name, member.value) for member in numbers]


def test_no_two_descriptions_have_the_same_name() -> None:
    assert max(Counter(entry.name.casefold() for entry in CATALOG).values()) == 1


def test_every_description_is_complete_and_its_file_names_the_upstream_function() -> None:
    assert_none(
        f"{entry.name}: {complaint}" for entry in CATALOG for complaint in complaints_about(entry)
    )


def complaints_about(entry: AnyDescription) -> Iterator[str]:
    """What is missing from a description, or wrong in it."""
    documentation = _docstrings(ROOT / entry.file)
    for function in entry.function.split(", "):
        if function not in documentation:
            yield f"no docstring of {entry.file} names {function}"
    if bool(entry.missing) is (entry.support is Support.FULL):
        yield f"support is {entry.support.value}, and 'missing' is {entry.missing!r}"
    if not entry.summary.endswith("."):
        yield "the summary does not end with a full stop"
    if not entry.answer:
        yield "the answer is not described"
    if not entry.effects:
        yield "the effects are not described"
    for fact in set(entry.facts) - FACTS:
        yield f"there is no fact {fact}"
    if entry.kind is Kind.CLIENT_ACTION and entry.support is not Support.ABSENT:
        name = entry.name.lower()
        if entry.file != f"necp_replay/kernel/client_actions/{name}.py":
            yield f"the file is {entry.file}, which is not named after the action"
        if not (ROOT / f"tests/kernel/client_actions/test_{name}.py").exists():
            yield f"there is no test_{name}.py"


def test_every_fact_that_the_engine_asks_for_is_named_by_a_description() -> None:
    asked = {
        node.attr
        for path in (ROOT / "necp_replay/kernel").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and _is_profile(node.value)
    }
    assert asked <= {fact for entry in CATALOG for fact in entry.facts} | {"release"}


def test_every_errno_in_traces_is_that_of_a_check_and_logged_as_the_check_says() -> None:
    seen: dict[tuple[str, int], set[bool]] = defaultdict(set)
    checks: dict[tuple[str, int], set[bool]] = defaultdict(set)
    for path in (ROOT / "traces").glob("*/*.necptrace"):
        with TraceReader(path) as reader:
            for _, step, outcome in reader:
                if outcome is None or not outcome.errno:
                    continue
                description = _description_with(outcome.errno, step.input)
                ending = (description.name, int(outcome.errno))
                seen[ending].add(any(isinstance(each, Log) for each in outcome.effects))
                named = any(check.errno == outcome.errno for check in description.checks)
                for check in description.checks:
                    if check.errno == outcome.errno or (check.is_for_others and not named):
                        # Whether such a check is logged may be what the fact decides.
                        checks[ending] |= {True, False} if check.fact else {check.is_logged}
    assert_none(
        f"{name} {Errno(errno).name}: logged is {logged}, and the checks say {checks[name, errno]}"
        for (name, errno), logged in seen.items()
        if not _agree(logged, checks[name, errno])
    )


def _agree(seen: set[bool], checks: set[bool]) -> bool:
    """Whether log records were seen as the checks say.

    A silent check can be met after something else was logged, but not every time.
    """
    return seen == {True} if checks == {True} else bool(checks & seen)


def _description_with(errno: int, event: Input) -> AnyDescription:
    """The description of the action or input with a check that fails with this errno.

    An action comes first; one with a check for other errnos is taken where neither names it.
    """
    name = ""
    if isinstance(event, NecpClientAction) and event.action in set(ClientAction):
        name = ClientAction(event.action).name
    elif isinstance(event, NecpSessionAction) and event.action in set(SessionAction):
        name = SessionAction(event.action).name
    of_input = DESCRIPTIONS[NAMES_OF_INPUTS[type(event)]]
    if not name:
        return of_input
    action = DESCRIPTIONS[name]
    if any(check.errno == errno for check in action.checks):
        return action
    takes_others = any(check.is_for_others for check in action.checks)
    is_of_input = any(check.errno == errno for check in of_input.checks)
    return action if takes_others and not is_of_input else of_input


@pytest.mark.parametrize("name", ["COPY_RESULT", "copy_result", "Copy_Result"])
def test_a_description_is_found_whatever_the_case_of_its_name(name: str) -> None:
    assert [entry.number for entry in find_descriptions(name)] == [ClientAction.COPY_RESULT]


def test_an_unknown_name_finds_nothing() -> None:
    assert find_descriptions("nosuch") == ()


def _is_profile(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "profile"


@cache
def _docstrings(path: Path) -> str:
    """All docstrings of a file."""
    documented = (ast.Module, ast.FunctionDef, ast.ClassDef)
    return "\n".join(
        ast.get_docstring(node) or ""
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, documented)
    )
