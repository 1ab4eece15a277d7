"""Passing an equal beginning by its bytes changes no report."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from necp_replay.golden.document import GoldenDocument
from necp_replay.golden.reader import parse_golden
from necp_replay.golden.stanza import Stanza
from necp_replay.golden.store import GoldenStore
from necp_replay.replay.equal_beginning import EqualBeginning
from necp_replay.replay.run import ReplayOptions, replay_trace

ROOT = Path(__file__).parents[2]
TRACES = [
    *sorted((ROOT / "traces" / "client").glob("add*.necptrace"))[:3],
    *sorted((ROOT / "traces" / "sockets").glob("*.necptrace"))[:2],
]


def changed(document: GoldenDocument) -> Iterator[tuple[str, GoldenDocument]]:
    """The golden as it is, and with each record left out, changed, doubled or moved."""
    yield "as it is", document
    records = document.stanzas
    for at, stanza in enumerate(records):
        rest = records[at + 1 :]
        other = dataclasses.replace(stanza, status="EWRONG")
        yield f"{at} changed", _numbered(document, [*records[:at], other, *rest])
        if not stanza.generated:
            yield f"{at} left out", _numbered(document, [*records[:at], *rest])
            yield f"{at} doubled", _numbered(document, [*records[: at + 1], stanza, *rest])


def _numbered(document: GoldenDocument, stanzas: list[Stanza]) -> GoldenDocument:
    records = [dataclasses.replace(each, number=n) for n, each in enumerate(stanzas, 1)]
    return GoldenDocument(records, document.final, document.version)


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_reports_are_those_of_an_alignment_from_the_first_record_on(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = path.relative_to(ROOT / "traces").with_suffix("").as_posix()
    document = parse_golden((ROOT / "golden" / f"{name}.golden").read_text("utf-8"))
    golden = tmp_path / f"{name}.golden"
    golden.parent.mkdir(parents=True)

    def reported(text: str) -> Any:
        golden.write_text(text, "utf-8")
        options = ReplayOptions(release="xnu-4570.1.46", goldens=GoldenStore(tmp_path))
        report = replay_trace(path, name, options)
        report.seconds = 0.0
        return report

    texts = {what: each.text() for what, each in changed(document)}
    found = {what: reported(text) for what, text in texts.items()}
    monkeypatch.setattr(EqualBeginning, "pass_over", lambda *_: None)
    for what, text in texts.items():
        assert reported(text) == found[what], what
    assert not found["as it is"].differs
    assert all(report.differs for what, report in found.items() if what != "as it is")
