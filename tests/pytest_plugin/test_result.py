"""The result of a test can be sent as JSON without loss."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.record_difference import ChainLink, RecordDifference, Surroundings
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.pytest_plugin.result import TraceResult, plain_of, result_of

FIELDS = st.lists(st.builds(FieldDifference), max_size=2)
DIFFERENCES = st.builds(
    RecordDifference,
    fields=FIELDS,
    place=st.none(),
    chain=st.builds(ChainLink, follows_place=st.none()),
    shown=st.builds(Surroundings, from_golden=st.none() | FIELDS, sides=st.none()),
)
REPORTS = st.builds(
    TraceReport,
    path=st.text(),
    release=st.text(),
    seconds=st.just(0.25),
    examples=st.lists(DIFFERENCES, max_size=3),
)


@given(st.builds(TraceResult, report=REPORTS))
def test_a_result_survives_json(found: TraceResult) -> None:
    assert result_of(json.loads(json.dumps(plain_of(found)))) == found
