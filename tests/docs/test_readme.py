"""README.md and docs/releases.md show what commands print today; `make readme` writes them.

Running all traces takes too long for a test, so what is shown of them is checked in parts.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from necp_replay.cli.main import main
from necp_replay.releases.names import find_release
from necp_replay.releases.profile import differing_facts
from necp_replay.trace.find import find_traces
from necp_replay.trace.reader import TraceReader
from tests.docs.markdown import ROOT
from tests.docs.readme import README, RELEASES_PAGE, output_of, part, rerun_workflow

DOCUMENT = README.read_text("utf-8")
RELEASES = RELEASES_PAGE.read_text("utf-8")
HINT = "run `make readme`"
EXAMPLE = re.compile(r"^   (?P<trace>traces/\S+) (?:record \d+|final state)", re.M)
COUNTS = re.compile(r": [\d,]+ records? of [\d,]+ traces?(?:, [\d,]+ more follow)?$")


def groups(text: str) -> list[list[str]]:
    """The paragraphs about differences: head, both releases, fact, examples."""
    return [part.splitlines() for part in text.split("\n\n") if re.match(r"\d+\. ", part)]


def test_the_workflow_goes_as_shown(tmp_path: Path) -> None:
    assert rerun_workflow(DOCUMENT, tmp_path) == part(DOCUMENT, "WORKFLOW"), HINT


def test_every_observable_difference_is_shown_once_and_nothing_else() -> None:
    facts = [group[3].split()[0] for group in groups(output_of(RELEASES, "DIFFERENCES"))]
    old, new = (find_release(tag) for tag in ("xnu-4570.41.2", "xnu-4570.51.1"))
    observable = [each.name for each in differing_facts(old, new) if each.fact.traces]
    assert len(observable) == 15
    assert sorted(facts) == sorted(observable), HINT


def test_the_examples_of_every_difference_are_as_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = output_of(RELEASES, "DIFFERENCES")
    (command,) = [
        line[2:] for line in part(RELEASES, "DIFFERENCES").splitlines() if line[:2] == "$ "
    ]
    options = shlex.split(command.partition(" traces ")[2])
    monkeypatch.chdir(ROOT)
    traces = sorted(set(EXAMPLE.findall(shown)), key=Path)
    assert main(["diff", *traces, *options]) == 1
    printed = groups(capsys.readouterr().out)
    for group, now in zip(groups(shown), printed, strict=True):
        assert [COUNTS.sub("", line) for line in group] == [COUNTS.sub("", line) for line in now], (
            HINT
        )


def test_the_totals_are_those_of_all_traces() -> None:
    found = find_traces([ROOT / "traces"])
    records = 0
    for trace in found:
        with TraceReader(trace.path) as reader:
            records += reader.read_index().records
    assert f"{len(found):,} traces, {records:,} records: " in part(RELEASES, "DIFFERENCES"), HINT


def test_the_readme_is_short() -> None:
    assert len(DOCUMENT.splitlines()) <= 125
