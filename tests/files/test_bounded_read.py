"""Reading a file of which only so much is taken."""

from __future__ import annotations

import io

import pytest

from necp_replay.files import bounded_read
from necp_replay.files.bounded_read import read_up_to


class Counting(io.BytesIO):
    """Notes the largest read that is asked for."""

    largest = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.largest = max(self.largest, -1 if size is None else size)
        return super().read(size)


def test_all_of_a_small_stream_is_read_without_asking_for_the_limit() -> None:
    stream = Counting(b"small")
    assert read_up_to(stream, 1 << 30) == b"small"
    assert stream.largest < 1 << 21


def test_of_a_stream_that_is_too_large_a_little_more_than_the_limit_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bounded_read, "_PIECE_BYTES", 4)
    assert read_up_to(io.BytesIO(bytes(8)), 8) == bytes(8)
    assert len(read_up_to(io.BytesIO(bytes(100)), 8)) == 12
