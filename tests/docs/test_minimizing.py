"""The fuzzer of docs/minimizing.md finds what the page says, and makes it small."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.trace.reader import TraceReader
from tests.docs.markdown import ROOT, marked_blocks

FUZZER, PRINTED = (
    block.text for block in marked_blocks((ROOT / "docs" / "minimizing.md").read_text("utf-8"))
)


def test_the_fuzzer_finds_the_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(FUZZER, "fuzzer", "exec"), {"__name__": "fuzzer"})
    assert capsys.readouterr().out == PRINTED
    (small, *_) = sorted(tmp_path.glob("small*.necptrace"))
    with TraceReader(small) as reader:
        assert len(list(reader)) == 3
