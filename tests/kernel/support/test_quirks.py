"""The list of the real code's surprises names facts and tests that there are."""

from __future__ import annotations

import ast
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from necp_replay.kernel.support.quirks import QUIRKS, Quirk
from necp_replay.releases.profile import Profile

TESTS = Path(__file__).parents[1]
FACTS = {field.name for field in fields(Profile)}
ALL = [quirk for quirks in QUIRKS.values() for quirk in quirks]


def _sentence(quirk: Quirk) -> str:
    return quirk.sentence


@pytest.mark.parametrize("quirk", ALL, ids=_sentence)
def test_a_quirk_is_a_sentence_that_a_test_holds(quirk: Quirk) -> None:
    file, _, test = quirk.test.partition("::")
    assert test in _functions(TESTS / file)
    assert quirk.sentence.endswith(".")
    assert not quirk.fact or quirk.fact in FACTS


@cache
def _functions(path: Path) -> frozenset[str]:
    statements = ast.parse(path.read_text("utf-8")).body
    return frozenset(node.name for node in statements if isinstance(node, ast.FunctionDef))
