"""The dialog of a review, driven by a sequence of keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from necp_replay.accept.decisions import Decision, Review
from necp_replay.accept.pending import PendingChange
from necp_replay.cli.review_dialog import Ending, Screen, hold_review
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.report.style import Style
from necp_replay.trace.find import FoundTrace
from tests.outcomes.differing import record_difference

TRACE = FoundTrace(Path("traces/t.necptrace"), "t")


def change(record: int, kind: str = "REMOVE", lines: int = 1) -> PendingChange:
    """The change of a record from ok to ENOENT."""
    title = f"necp_client_action {kind}"
    fields = [FieldDifference(Layer.RETURN, "status", "ok", "ENOENT")]
    difference = record_difference(record, title, fields)
    new = [f"{title} -> ENOENT", *(f"  line: {number}" for number in range(1, lines))]
    return PendingChange(TRACE, difference, (f"{title} -> ok",), tuple(new), ["R1", "R2"])


@dataclass
class Held:
    """A finished review: its ending, the printed text, and the accepted changes."""

    ending: Ending
    text: str
    review: Review
    accepted: list[int] = field(default_factory=list)


def hold(keys: Sequence[str], *changes: PendingChange) -> Held:
    """Run a review of some changes with a sequence of keys, followed by the end of input."""
    review = Review(changes)
    printed: list[str] = []
    left = iter(keys)
    screen = Screen(80, 24, Style(False))
    ending = hold_review(review, lambda: next(left, None), printed.append, screen)
    accepts = review.accepted()
    accepted = [number for number, each in enumerate(changes) if accepts(each)]
    return Held(ending, "".join(printed), review, accepted)


THREE = (change(1), change(2, "ADD"), change(3))


@pytest.mark.parametrize(
    ("keys", "ending", "accepted"),
    [
        pytest.param("aaa", Ending.DECIDED, [0, 1, 2], id="all accepted"),
        pytest.param("ras", Ending.DECIDED, [1], id="one accepted"),
        pytest.param("fr", Ending.DECIDED, [0, 2], id="all of a kind"),
        pytest.param("Ar", Ending.DECIDED, [0, 2], id="all of a kind, other key"),
        pytest.param("rfa", Ending.DECIDED, [1, 2], id="a rejected change stays rejected"),
        pytest.param("abraa", Ending.DECIDED, [1, 2], id="taken back"),
        pytest.param("xx ?hva\nrr", Ending.DECIDED, [0], id="keys without a meaning"),
        pytest.param("baaa", Ending.DECIDED, [0, 1, 2], id="nothing before the first"),
        pytest.param("aqy", Ending.QUIT, [0], id="quit and write"),
        pytest.param("aqn", Ending.LEFT, [0], id="quit and leave it"),
        pytest.param("aqgaa", Ending.DECIDED, [0, 1, 2], id="quit, but go on"),
        pytest.param("aqxy", Ending.QUIT, [0], id="no answer, then one"),
        pytest.param("rq", Ending.LEFT, [], id="quit with nothing accepted"),
        pytest.param("a", Ending.LEFT, [0], id="no more keys"),
        pytest.param("aq", Ending.LEFT, [0], id="no answer to the question"),
    ],
)
def test_keys_give_decisions_and_ending(keys: str, ending: Ending, accepted: list[int]) -> None:
    held = hold(keys, *THREE)
    assert (held.ending, held.accepted) == (ending, accepted)


def test_progress_and_place_of_each_change_are_shown() -> None:
    text = hold("aaa", *THREE).text
    assert "1/3 traces/t.necptrace" in text
    assert f"record 3, on R1, R2, fingerprint {THREE[2].fingerprint}" in text
    assert "- necp_client_action ADD -> ok\n+ necp_client_action ADD -> ENOENT" in text


def test_the_prompt_shows_how_many_have_the_same_fingerprint() -> None:
    assert "accept all 2 alike (f)" in hold("aaa", *THREE).text
    assert "alike" not in hold("a", change(1)).text


def test_going_back_shows_the_earlier_decision() -> None:
    assert "rejected before" in hold("rbaaa", *THREE).text


def test_the_key_v_shows_all_lines_of_a_long_change() -> None:
    long = change(1, lines=100)
    assert "line: 99" not in hold("a", long).text
    assert "v shows all" in hold("a", long).text
    assert "line: 99" in hold("va", long).text


def test_decisions_are_counted() -> None:
    review = hold("ars", *THREE).review
    assert [review.count(decision) for decision in Decision] == [1, 1, 1]
