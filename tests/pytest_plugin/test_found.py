"""What a test found comes through any channel as it was."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from necp_replay.pytest_plugin.found import Found, found_of, plain_of
from necp_replay.replay.difference import Difference
from necp_replay.replay.report_model import RecordDifference, TraceReport

FIELDS = st.lists(st.builds(Difference), max_size=2)
DIFFERENCES = st.builds(
    RecordDifference, differences=FIELDS, sides=st.none(), from_golden=st.none() | FIELDS
)
REPORTS = st.builds(TraceReport, seconds=st.just(0.25), examples=st.lists(DIFFERENCES, max_size=3))


@given(st.builds(Found, report=REPORTS))
def test_what_a_test_found_survives_json(found: Found) -> None:
    assert found_of(json.loads(json.dumps(plain_of(found)))) == found
