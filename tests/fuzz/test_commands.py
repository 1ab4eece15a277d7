"""A few cases of the fuzzer of commands; `make fuzz` runs more."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from necp_replay.cli.command_line import build_parser
from tests.examples import examples
from tests.fuzz.command_cases import draw_case
from tests.fuzz.fuzz_commands import fuzz

CASES = examples(4, thorough=40)
"""Cases of each share."""
SECONDS = 300.0
"""More time than they need."""


@pytest.fixture(autouse=True)
def outside_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """The project of the cases accepts goldens, which CI refuses."""
    monkeypatch.delenv("CI", raising=False)


@pytest.mark.parametrize("share", [0, 1])
def test_hostile_runs_of_commands_end_as_promised(tmp_path: Path, share: int) -> None:
    found = []
    ran = 0
    for case, complaints in fuzz(1, range(share, 2 * CASES, 2), SECONDS, folder=tmp_path):
        ran += 1
        found += [f"{case.described()}\n  {each}" for each in complaints]
    assert not found, ascii("\n".join(found))
    assert ran == CASES


def test_a_run_in_a_tiny_file_system_ends_as_promised(tmp_path: Path) -> None:
    tiny = (number for number in count() if draw_case(1, number).place == "tiny")
    ((case, complaints),) = fuzz(1, [next(tiny)], SECONDS, folder=tmp_path)
    assert case.place == "tiny"
    assert not complaints, ascii(complaints)


def test_every_command_is_fuzzed() -> None:
    drawn = {
        case.words[0] for case in (draw_case(1, number) for number in range(400)) if case.words
    }
    (commands,) = [action.choices for action in build_parser()._actions if action.dest == "command"]
    assert commands is not None
    assert set(commands) <= drawn


def test_the_same_seed_gives_the_same_cases() -> None:
    assert [draw_case(1, number) for number in range(50)] == [
        draw_case(1, number) for number in range(50)
    ]
    assert draw_case(1, 3) != draw_case(2, 3)
