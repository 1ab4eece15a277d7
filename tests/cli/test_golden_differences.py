"""A replay shows how a record differs from its recorded outcome and from its golden."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from necp_replay.releases import lineage
from tests.cli.workplace import NEW, Workplace


def example(workplace: Workplace) -> Any:
    """The first difference in a replay of the only trace."""
    return workplace.run("replay", "traces", "--format", "json").json()["per_trace"][0]["examples"][
        0
    ]


def edit_golden(workplace: Workplace, old: str, new: str) -> None:
    golden = workplace.root / "golden" / "remove_twice@xnu-4570.51.1.golden"
    text = golden.read_text("utf-8")
    assert old in text
    golden.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def accepted(workplace: Workplace) -> Workplace:
    workplace.record()
    workplace.run("accept", "traces")
    return workplace


@pytest.fixture
def silent_remove(accepted: Workplace, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """A recorded trace, after which the newer release behaves as if REMOVE never failed."""
    changed = replace(lineage.RELEASES[NEW], remove_unknown_client_is_error=False)
    monkeypatch.setitem(lineage.RELEASES, NEW, changed)
    return accepted


def test_a_difference_from_a_golden_shows_earlier_records_of_the_client(
    accepted: Workplace,
) -> None:
    edit_golden(accepted, "-> ENOENT", "-> EBADF")
    assert example(accepted)["context"] == [
        "6 necp_client_action ADD pid=100 fd=3 client=zero",
        "7 necp_client_action COPY_RESULT pid=100 fd=3 client=#1",
        "8 necp_client_action REMOVE pid=100 fd=3 client=#1",
    ]


def test_a_missing_record_shows_the_records_before_it(
    accepted: Workplace,
) -> None:
    edit_golden(
        accepted,
        "necp_client_action REMOVE pid=100 fd=3 client=#100/3.1 -> ENOENT",
        "close pid=100 fd=9 -> EBADF\n"
        "necp_client_action REMOVE pid=100 fd=3 client=#100/3.1 -> ENOENT",
    )
    found = example(accepted)
    assert found["record"] is None
    assert found["context"][-1] == "8 necp_client_action REMOVE pid=100 fd=3 client=#1"


def test_a_difference_says_that_the_golden_agrees_with_the_recording(
    silent_remove: Workplace,
) -> None:
    printed = silent_remove.run("replay", "traces").out
    assert printed.count("its golden has the recorded outcome") == 2, "above and in the last lines"
    found = example(silent_remove)
    assert found["compared_with"] == "recorded"
    assert found["from_golden"] == found["differences"]


def test_a_difference_says_that_the_golden_agrees_with_the_replay(
    silent_remove: Workplace,
) -> None:
    silent_remove.run("accept", "traces")
    printed = silent_remove.run("replay", "traces").out
    assert printed.count("its golden has the replayed outcome") == 2
    assert example(silent_remove)["from_golden"] == []
    assert "  Intended:   record remove.py::remove_twice again\n" in printed


def test_a_record_that_differs_from_recording_and_golden_shows_both(
    silent_remove: Workplace,
) -> None:
    edit_golden(silent_remove, "-> ENOENT", "-> EBADF")
    printed = silent_remove.run("replay", "traces").out
    assert printed.count("its golden differs as well: status EBADF -> ok retval=0 (+1)") == 2
    assert "recorded ENOENT" in printed


def test_a_record_that_differs_only_from_its_golden_is_compared_once(accepted: Workplace) -> None:
    edit_golden(accepted, "-> ENOENT", "-> EBADF")
    assert example(accepted)["from_golden"] is None


def test_the_last_lines_name_the_review_command(
    accepted: Workplace,
) -> None:
    edit_golden(accepted, "-> ENOENT", "-> EBADF")
    printed = accepted.run("replay", "traces").out
    assert "  Review it:  necp-replay review traces/remove_twice.necptrace\n" in printed
