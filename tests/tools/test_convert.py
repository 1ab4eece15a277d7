"""A trace is the same after it was JSON lines; JSON lines that are no trace are refused by line."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from necp_replay.errors import JsonLinesError, TraceError
from necp_replay.tools.convert import JsonLinesReader, json_lines
from necp_replay.trace.header import MEANING, Attachment, Header, OutcomeDetail, SourceKind
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter
from tests.examples import examples
from tests.trace import arbitrary
from tests.trace.traces import HEADER, RECORDS, Record, many_records, records_in, trace_of

texts = st.text(max_size=8)
attachments = st.builds(Attachment, texts, texts, st.binary(max_size=40))
headers = st.builds(
    Header,
    release=texts,
    name=texts,
    description=texts,
    source_kind=st.sampled_from(SourceKind),
    source=texts,
    outcome_detail=st.sampled_from(OutcomeDetail),
    properties=st.dictionaries(texts, texts, max_size=3).map(lambda each: tuple(each.items())),
    attachments=st.lists(attachments, max_size=2).map(tuple),
    tool_version=texts,
    meaning=st.integers(1, MEANING),
)


def _lines(trace: bytes) -> list[str]:
    with TraceReader(io.BytesIO(trace)) as reader:
        return list(json_lines(reader))


def _trace(text: str) -> bytes:
    source = JsonLinesReader(io.BytesIO(text.encode()), "a.jsonl")
    stream = io.BytesIO()
    with TraceWriter(stream, source.header) as writer:
        source.write_to(writer)
    return stream.getvalue()


@settings(max_examples=examples(40, thorough=150))
@given(headers, st.lists(st.tuples(arbitrary.steps, st.none() | arbitrary.outcomes), max_size=3))
def test_nothing_is_lost_on_the_way_to_json_lines_and_back(
    header: Header, records: list[Record]
) -> None:
    found = _trace("".join(_lines(trace_of(records, header))))
    with TraceReader(io.BytesIO(found)) as reader:
        assert reader.header == header
    assert arbitrary.identity(records_in(found)) == arbitrary.identity(records)


def test_a_trace_of_many_chunks_comes_back_byte_for_byte() -> None:
    trace = trace_of(many_records(3000))
    assert _trace("".join(_lines(trace))) == trace


def test_the_lines_are_the_header_and_a_record_each() -> None:
    head, *records = _lines(trace_of())
    assert json.loads(head) == {
        "necptrace": 1,
        "release": "xnu-1.2.3",
        "name": "tests/small",
        "description": "a trace for tests",
        "source_kind": "VECTORS",
        "source": "made up",
        "outcome_detail": "VECTORS",
        "attachments": [
            {"name": "README.md", "media_type": "text/markdown", "content": "# Read me\n"}
        ],
        "tool_version": HEADER.tool_version,
        "meaning": 1,
        "properties": {"b": "2", "a": "1"},
    }
    assert len(records) == len(RECORDS)
    assert json.loads(records[3]) == {"op": "now", "ns": 2_000_000_000}
    assert json.loads(records[5]) == {
        "op": "close",
        "pid": 100,
        "fd": 3,
        "out": {"errno": 0, "effects": [{"kind": "wake", "pid": 100, "fd": 3}]},
    }


def test_no_character_of_the_lines_can_drive_a_terminal() -> None:
    header = replace(HEADER, description="\x1b]0;x\x07\x9b1m\u202e")
    assert all(line.rstrip("\n").isprintable() for line in _lines(trace_of(header=header)))


def test_a_header_may_be_written_without_blanks() -> None:
    with TraceReader(io.BytesIO(_trace('{"necptrace":1,"release":"r"}\n'))) as reader:
        assert reader.header == Header("r")


def test_the_records_before_damage_come_out_first() -> None:
    lines = []
    with (
        TraceReader(io.BytesIO(trace_of(flush_after=2)[:-60])) as reader,
        pytest.raises(TraceError),
    ):
        for line in json_lines(reader):
            lines.append(line)
    assert lines == _lines(trace_of())[: len(lines)]
    assert len(lines) > 2


_HEAD = '{"necptrace":1,"release":"r"}\n'


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "the file is empty"),
        ("[]\n", 1, "not a JSON object"),
        ("{}\n", 1, 'says "necptrace": 1'),
        ('{"necptrace":2,"release":"r"}', 1, 'says "necptrace": 1'),
        ('{"necptrace":1}', 1, "field 'release' is missing"),
        ('{"necptrace":1,"release":"r","relase":"r"}', 1, "unknown field 'relase'"),
        ('{"necptrace":1,"release":"r","meaning":9}', 1, "meaning: 9 is not known"),
        ('{"necptrace":1,"release":"r","source_kind":"X"}', 1, "source_kind: expected one of"),
        ('{"necptrace":1,"release":"r","outcome_detail":4}', 1, "outcome_detail: expected a str"),
        ('{"necptrace":1,"release":"r","properties":{"a":1}}', 1, "properties: expected a string"),
        ('{"necptrace":1,"release":"r","properties":{"a":"","a":""}}', 1, "'a' occurs twice"),
        ('{"necptrace":1,"release":"\\ud800"}', 1, "release: a character that Unicode"),
        (_HEAD + "{", 2, "not JSON"),
        (_HEAD + "\n", 2, "not JSON"),
        (_HEAD + "[" * 100_000, 2, "not a JSON object"),
        (_HEAD + '{"op":"now","ns":1}\n{"op":"fly"}', 3, "op: unknown operation 'fly'"),
        (_HEAD + '{"op":"now","ns":-1}', 2, "now: "),
        (_HEAD + '{"op":"now","ns":1,"ns":2}', 2, "'ns' occurs twice"),
        (_HEAD + '{"op":"now","ns":1,"out":null}', 2, "out: expected an object"),
        (_HEAD + '{"op":"now","ns":1,"uuids":["00"]}', 2, "an id is not 16 bytes long"),
        (_HEAD + '{"op":"close","pid":1,"fd":3,"out":{"errno":"x"}}', 2, "out: errno: expected"),
    ],
)
def test_what_is_no_trace_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(JsonLinesError) as refused:
        _trace(text)
    assert (refused.value.file, refused.value.line) == ("a.jsonl", line)
    assert reason in refused.value.reason


def test_vectors_are_sent_to_their_importer() -> None:
    with pytest.raises(JsonLinesError) as refused:
        _trace('{"vectors":1,"release":"r","name":"n"}\n')
    assert "import vectors" in refused.value.hint
