"""Records with other ids put in place of those they were recorded with."""

from __future__ import annotations

import pytest

from necp_replay.events.outcome import ActionBuffers, AttributesAnswer, MatchResult, SessionBuffer
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.replay.two_files.canonical_form import with_ids

OLD = bytes(range(1, 17))
ENDS_IN_ZEROS = b"\x11" * 14 + bytes(2)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (UserBuffer(OLD, 16), UserBuffer(b"\x11" * 14, 16)),
        (ActionBuffers(OLD, OLD), ActionBuffers(b"\x11" * 14, b"\x11" * 14)),
        (SessionBuffer(OLD), SessionBuffer(b"\x11" * 14)),
        (MatchResult(OLD), MatchResult(b"\x11" * 14)),
        (
            AttributesAnswer(16, None, None, OLD),
            AttributesAnswer(16, None, None, b"\x11" * 14),
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_id_that_ends_in_zeros_is_cut_where_buffers_are(before: object, after: object) -> None:
    assert with_ids(before, {OLD: ENDS_IN_ZEROS}) == after
