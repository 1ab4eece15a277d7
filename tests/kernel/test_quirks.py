"""Every quirk of the real code names a fact and a test that exist."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.quirks import QUIRKS
from necp_replay.releases.profile import Profile
from tests.complaints import assert_none

TESTS = Path(__file__).parent
FACTS = {field.name for field in fields(Profile)}


def test_every_quirk_is_a_sentence_that_names_an_existing_test_and_fact() -> None:
    assert_none(
        f"{quirk.sentence}: {complaint}"
        for quirks in QUIRKS.values()
        for quirk in quirks
        for complaint in complaints_about(quirk)
    )


def complaints_about(quirk: Quirk) -> Iterator[str]:
    """What is wrong with the description of a quirk."""
    file, _, test = quirk.test.partition("::")
    if test not in _functions(TESTS / file):
        yield f"there is no test {quirk.test}"
    if not quirk.sentence.endswith("."):
        yield "the sentence does not end with a full stop"
    if quirk.fact and quirk.fact not in FACTS:
        yield f"there is no fact {quirk.fact}"


@cache
def _functions(path: Path) -> frozenset[str]:
    statements = ast.parse(path.read_text("utf-8")).body
    return frozenset(node.name for node in statements if isinstance(node, ast.FunctionDef))
