"""The digest of a file is that of its content, and nothing but files has one."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from necp_replay.files.digest import content_digest


def test_equal_contents_have_equal_digests(tmp_path: Path) -> None:
    for name, content in (("a", b"one"), ("b", b"one"), ("c", b"two")):
        (tmp_path / name).write_bytes(content)
    first, second, other = (content_digest(str(tmp_path / name)) for name in "abc")
    assert first == second != other


def test_a_fifo_is_refused_and_its_writer_goes_on_waiting(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    writer = threading.Thread(target=lambda: os.close(os.open(fifo, os.O_WRONLY)), daemon=True)
    writer.start()
    with pytest.raises(ValueError, match="fifo"):
        content_digest(str(fifo))
    writer.join(0.2)
    assert writer.is_alive(), "nobody opened the other end"
    os.close(os.open(fifo, os.O_RDONLY | os.O_NONBLOCK))
    writer.join(10)


@pytest.mark.parametrize("path", ["/dev/zero", "."])
def test_what_is_no_file_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=path):
        content_digest(path)
