"""Errors say where, what and what next."""

import pickle

import pytest

from necp_replay.errors import (
    GoldenError,
    JsonLinesError,
    NecpReplayError,
    RulesError,
    ScenarioError,
    TraceError,
    UsageError,
    VectorError,
)

KINDS = [
    NecpReplayError,
    TraceError,
    GoldenError,
    ScenarioError,
    VectorError,
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
def test_an_error_names_the_places_it_knows(error: NecpReplayError, text: str) -> None:
    assert str(error) == text


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_says_what_to_do_next(kind: type[NecpReplayError]) -> None:
    assert kind("reason").hint.endswith(".")


def test_a_hint_of_its_own_replaces_the_one_of_its_kind() -> None:
    assert UsageError("no such release", hint="Name one of: a, b.").hint == "Name one of: a, b."


def test_the_file_is_named_by_who_knows_it_first() -> None:
    error = TraceError("cut short", offset=3)
    error.name_file("a.necptrace")
    error.name_file("b.necptrace")
    assert str(error) == "a.necptrace: at byte 3: cut short"


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_crosses_processes_whole(kind: type[NecpReplayError]) -> None:
    error = kind("reason", file="a", line=1, offset=2, hint="Do it.")
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), copy.hint) == (kind, str(error), "Do it.")
