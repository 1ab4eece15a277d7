"""Tools do their work on every valid trace, or refuse it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from necp_replay.errors import NecpReplayError
from necp_replay.outcomes.names import StableNames
from necp_replay.report.show_json import record_json
from necp_replay.report.show_text import ShowOptions, record_lines
from necp_replay.report.style import Style
from necp_replay.tools.anonymize import AnonymizeOptions, anonymize
from necp_replay.tools.cut import cut
from necp_replay.tools.doctor import examine
from necp_replay.tools.info import read_info
from necp_replay.tools.pseudonyms.keyed import Keyed
from necp_replay.tools.select import parse_selection
from necp_replay.tools.selected import selected_records
from necp_replay.trace.header import Header, OutcomeDetail
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter
from tests.examples import examples
from tests.tools.recorded import NEW
from tests.trace import arbitrary
from tests.trace.traces import Record

SELECTION = parse_selection("errno any or #1 or time 1s-")
RECORDS = st.lists(
    st.tuples(arbitrary.steps, st.none() | arbitrary.outcomes), min_size=1, max_size=8
)


def show(trace: Path) -> None:
    names = StableNames()
    with TraceReader(trace) as reader:
        for record in selected_records(reader, names=names):
            lines = record_lines(record, names, Style(coloured=False), ShowOptions(hex=True))
            assert all(line.isprintable() for line in lines)
            assert record_json(record, names).isascii()


def look_for_everything(trace: Path) -> None:
    examine(trace)
    read_info(trace, scan=True)
    read_info(trace, selection=SELECTION)


def rename(trace: Path) -> None:
    anonymize(trace, trace.with_suffix(".named"), AnonymizeOptions(Keyed.from_seed(1)))


TOOLS: tuple[Callable[[Path], object], ...] = (
    show,
    look_for_everything,
    lambda trace: cut(trace, SELECTION, trace.with_suffix(".cut")),
    rename,
)


@settings(
    max_examples=examples(20, thorough=60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(records=RECORDS)
def test_tools_take_any_trace(tmp_path: Path, records: list[Record]) -> None:
    trace = tmp_path / "any.necptrace"
    for left in tmp_path.iterdir():
        left.unlink()
    with TraceWriter.create(trace, Header(NEW, outcome_detail=OutcomeDetail.FULL)) as writer:
        for record in records:
            writer.write(*record)
    for tool in TOOLS:
        try:
            tool(trace)
        except NecpReplayError as error:
            assert error.reason and error.hint
