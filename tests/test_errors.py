"""An error says what is wrong, where, and what to do next."""

import pickle

import pytest

from necp_replay.errors import (
    EngineError,
    GoldenError,
    JsonLinesError,
    NecpReplayError,
    RulesError,
    ScenarioError,
    TraceError,
    UsageError,
    VectorError,
)
from tests.complaints import assert_none

KINDS = [
    NecpReplayError,
    TraceError,
    GoldenError,
    ScenarioError,
    VectorError,
    EngineError,
    JsonLinesError,
    RulesError,
    UsageError,
]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (TraceError("cut short"), "cut short"),
        (TraceError("cut short", file="a.necptrace"), "a.necptrace: cut short"),
        (TraceError("cut short", offset=0), "at byte 0: cut short"),
        (TraceError("cut", file="a.necptrace", offset=17), "a.necptrace: at byte 17: cut"),
        (VectorError("not JSON", file="a.jsonl", line=2), "a.jsonl: line 2: not JSON"),
    ],
)
def test_an_error_names_the_known_places(error: NecpReplayError, text: str) -> None:
    assert str(error) == text


def test_the_hint_of_every_error_is_a_sentence() -> None:
    assert_none(
        f"{kind.__name__}: {kind('reason').hint!r} does not end with a full stop"
        for kind in KINDS
        if not kind("reason").hint.endswith(".")
    )


def test_an_error_can_have_its_own_hint() -> None:
    assert UsageError("no such release", hint="Name one of: a, b.").hint == "Name one of: a, b."


def test_the_first_file_name_given_to_an_error_stays() -> None:
    error = TraceError("cut short", offset=3)
    error.name_file("a.necptrace")
    error.name_file("b.necptrace")
    assert str(error) == "a.necptrace: at byte 3: cut short"


def test_an_error_can_be_pickled() -> None:
    for kind in KINDS:
        error = kind("reason", file="a", line=1, offset=2, hint="Do it.")
        copy = pickle.loads(pickle.dumps(error))
        assert (type(copy), str(copy), copy.hint) == (kind, str(error), "Do it.")
