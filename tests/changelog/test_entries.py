"""The entries of the release notes."""

from __future__ import annotations

from pathlib import Path

from necp_replay.changelog.entries import ChangelogEntry, changelog, changelog_step
from necp_replay.releases.lineage import path

ROOT = Path(__file__).parents[2]
TRACES = ROOT / "traces" / "differences"
OLD, NEW = "xnu-4570.41.2", "xnu-4570.51.1"


def entries() -> dict[str, ChangelogEntry]:
    step = changelog_step(OLD, NEW, TRACES)
    return {entry.fact.name: entry for entry in step.entries}


def test_each_fact_that_programs_see_has_an_example_that_ends_with_the_difference() -> None:
    for name, entry in entries().items():
        assert (entry.example is not None) == entry.is_seen, name
        if entry.example is not None:
            assert entry.example.fields
            assert entry.example.trace in entry.declaration.traces
    example = entries()["remove_unknown_client_is_error"].example
    assert example is not None
    assert len(example.titles) == 3
    assert "REMOVE" in example.titles[-1]
    status = next(field for field in example.fields if field.path == "status")
    assert (status.expected, status.actual) == ("ok retval=0", "ENOENT")


def test_a_security_fault_that_is_fixed_is_named_in_that_direction_only() -> None:
    fixed = entries()["tfo_cookie_length_is_clamped"].vulnerability
    assert fixed == "tfo-cookie-heap-overflow"
    back = changelog_step(NEW, OLD, None)
    assert not any(entry.vulnerability for entry in back.entries)


def test_every_security_fault_is_listed_among_the_public_ones() -> None:
    page = (ROOT / "docs" / "vulnerabilities.md").read_text("utf-8")
    named = {
        fault
        for entry in entries().values()
        for fault in entry.declaration.vulnerabilities.values()
    }
    assert named
    assert all(f"| `{fault}` |" in page for fault in named)


def test_steps_follow_the_lineage_in_either_direction() -> None:
    first, last = "xnu-4570.31.3", "xnu-4570.61.1"
    up = [(step.old, step.new) for step in changelog(first, last, None)]
    assert [new for _, new in up] == path(first, last)[1:]
    down = [(step.old, step.new) for step in changelog(last, first, None)]
    assert down == [(new, old) for old, new in reversed(up)]


def test_without_traces_there_are_no_examples(tmp_path: Path) -> None:
    for folder in (None, tmp_path):
        step = changelog_step(OLD, NEW, folder)
        assert step.entries
        assert not any(entry.example for entry in step.entries)
