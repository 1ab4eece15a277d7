"""What the engine says of itself is complete, and true of its files."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.abi.policy import SessionAction
from necp_replay.events.inputs import INPUT_NAMES
from necp_replay.kernel.client_actions.action_row import Support
from necp_replay.kernel.support.entries import ENTRIES, INPUT_ROWS, Entry, Kind, find_entries
from necp_replay.releases.profile import Profile

ROOT = Path(__file__).parents[3]
FACTS = {field.name for field in fields(Profile)} - {"release"}
CASES = [pytest.param(entry, id=entry.name) for entry in ENTRIES]


def test_every_input_of_the_vocabulary_has_one_row() -> None:
    rows = [input_class for _, table in INPUT_ROWS for input_class in table]
    assert Counter(rows) == Counter(INPUT_NAMES.values())


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [(Kind.CLIENT_ACTION, ClientAction), (Kind.SESSION_ACTION, SessionAction)],
)
def test_every_action_has_one_row(
    kind: Kind, numbers: type[ClientAction] | type[SessionAction]
) -> None:
    named = [(entry.name, entry.number) for entry in ENTRIES if entry.kind is kind]
    assert named == [(member.name, member.value) for member in numbers]


def test_a_name_means_one_thing() -> None:
    assert max(Counter(entry.name.casefold() for entry in ENTRIES).values()) == 1


@pytest.mark.parametrize("entry", CASES)
def test_the_file_is_there_and_its_docstrings_name_the_upstream_function(entry: Entry) -> None:
    documentation = _docstrings(ROOT / entry.file)
    missing = [name for name in entry.function.split(", ") if name not in documentation]
    assert missing == [], entry.file


@pytest.mark.parametrize("entry", CASES)
def test_what_is_not_modelled_completely_says_what_is_missing(entry: Entry) -> None:
    assert bool(entry.missing) is (entry.support is not Support.FULL)


@pytest.mark.parametrize("entry", CASES)
def test_an_entry_says_what_it_does_in_a_sentence(entry: Entry) -> None:
    assert entry.summary.endswith(".") and entry.answer and entry.effects
    assert set(entry.facts) <= FACTS


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(entry, id=entry.name)
        for entry in ENTRIES
        if entry.kind is Kind.CLIENT_ACTION and entry.support is not Support.ABSENT
    ],
)
def test_a_client_action_has_its_file_and_its_tests_under_its_name(entry: Entry) -> None:
    name = entry.name.lower()
    assert entry.file == f"necp_replay/kernel/client_actions/{name}.py"
    assert (ROOT / f"tests/kernel/client_actions/test_{name}.py").exists()


def test_every_fact_that_the_engine_asks_for_is_named_by_an_entry() -> None:
    asked = {
        node.attr
        for path in (ROOT / "necp_replay/kernel").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and _is_profile(node.value)
    }
    assert asked <= {fact for entry in ENTRIES for fact in entry.facts} | {"release"}


@pytest.mark.parametrize("name", ["COPY_RESULT", "copy_result", "Copy_Result"])
def test_an_entry_is_found_in_whatever_case_its_name_is_written(name: str) -> None:
    assert [entry.number for entry in find_entries(name)] == [ClientAction.COPY_RESULT]


def test_nothing_is_found_by_a_name_that_nothing_has() -> None:
    assert find_entries("nosuch") == ()


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
