"""A file that is not a golden is named as what it is, with a hint that fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.errors import GoldenError
from necp_replay.golden.document import GoldenDocument
from necp_replay.golden.reader import GoldenReader
from necp_replay.golden.store import GoldenStore

TEXT = GoldenDocument().text()
CASES = {
    "git-lfs": (b"version https://git-lfs.github.com/spec/v1\noid x\n", "Git LFS", "git lfs pull"),
    "conflict": (b"<<<<<<< HEAD\n" + TEXT.encode(), "conflict markers", "Resolve the merge"),
    "UTF-16": (TEXT.encode("utf-16"), "UTF-16", "Save it as UTF-8"),
    "byte order mark": (TEXT.encode("utf-8-sig"), "byte order mark", "Save it as UTF-8"),
    "CR LF": (TEXT.replace("\n", "\r\n").encode(), "CR LF", ".gitattributes"),
    "gzip": (b"\x1f\x8b\x08\0" * 20, "packed with gzip", "gzip -dc"),
    "newer": (TEXT.replace("golden 3", "golden 4").encode(), "version 4 of goldens", "newer"),
    "empty": (b"", "empty", "necp-replay accept"),
    "other text": (b"hello\n", "the first line is not", "necp-replay accept"),
}


@pytest.mark.parametrize(("content", "reason", "hint"), CASES.values(), ids=CASES)
def test_the_hint_fits_what_the_file_is(
    tmp_path: Path, content: bytes, reason: str, hint: str
) -> None:
    path = tmp_path / "x.golden"
    path.write_bytes(content)
    with pytest.raises(GoldenError) as whole:
        GoldenStore(tmp_path).read(path)
    with pytest.raises(GoldenError) as streamed:
        GoldenReader(path)
    for caught in (whole, streamed):
        assert reason in str(caught.value)
        assert hint in caught.value.hint
        assert str(path) in str(caught.value)
