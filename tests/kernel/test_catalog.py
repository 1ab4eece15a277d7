"""The list of modelled actions is complete, and agrees with the files it names."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.abi.policy import SessionAction
from necp_replay.events.inputs import INPUT_NAMES
from necp_replay.kernel.catalog import CATALOG, INPUTS, find_descriptions
from necp_replay.kernel.description import AnyDescription, Kind, Support
from necp_replay.releases.profile import Profile
from tests.complaints import assert_none

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
