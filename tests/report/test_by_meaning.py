"""Which fields that differ say most."""

from __future__ import annotations

from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.report.by_meaning import by_meaning, most_meaningful
from necp_replay.report.fields_text import field_line
from necp_replay.report.style import Style

LENGTH = FieldDifference(Layer.RETURN, "status", "ok retval=113", "ok retval=104")
ERROR = FieldDifference(Layer.RETURN, "status", "ok retval=0", "EINVAL")
RESULT = FieldDifference(Layer.RESULT, "buffer > POLICY_RESULT", "12 SOCKET_SCOPED", "0 NONE")
MTU = FieldDifference(Layer.RESULT, "buffer > EFFECTIVE_MTU", "1500", "1280")
FLOW = FieldDifference(Layer.FLOWS, "buffer > FLOW > FLAGS", "VIABLE", "-")
READABLE = FieldDifference(Layer.CLIENTS, "fd[pid=1 fd=3] > readable", "0", "1")
UNREAD = FieldDifference(Layer.CLIENTS, "fd[pid=1 fd=3] > client[#1] > result_read", "1", "0")
LOG = FieldDifference(Layer.EFFECTS, "effects > log", "-", "err necp_client_add")


def test_a_result_says_more_than_the_length_of_the_answer() -> None:
    assert by_meaning([LENGTH, MTU, LOG, FLOW, RESULT]) == [RESULT, MTU, FLOW, LOG, LENGTH]


def test_the_length_of_a_buffer_says_least() -> None:
    buffer = FieldDifference(Layer.RESULT, "buffer", "88 bytes", "79 bytes")
    assert by_meaning([buffer, MTU, LOG]) == [MTU, LOG, buffer]


def test_an_error_says_most() -> None:
    assert by_meaning([RESULT, ERROR])[0] is ERROR


def test_a_line_shows_the_field_that_says_most_and_counts_the_others() -> None:
    line = field_line([LENGTH, MTU, RESULT], Style(coloured=False))
    assert line == "buffer > POLICY_RESULT 12 SOCKET_SCOPED -> 0 NONE (+2)"


def test_fields_that_are_kept_keep_their_order() -> None:
    assert most_meaningful([LENGTH, MTU, RESULT], 2) == [MTU, RESULT]


def test_what_an_fd_is_ready_for_follows_from_its_clients() -> None:
    assert by_meaning([READABLE, UNREAD, LOG]) == [UNREAD, READABLE, LOG]
