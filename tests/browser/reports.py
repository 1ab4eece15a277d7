"""Made-up reports: many differences, a few of every kind, and hostile texts."""

from __future__ import annotations

from pathlib import Path

from necp_replay.abi.client import ClientAction
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import ActionBuffers, Outcome
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.record_difference import RecordDifference, Surroundings, Truth
from necp_replay.outcomes.sides import Sides
from necp_replay.outcomes.timeline import Lane, LaneKind, MarkKind, Timeline, TimelineMark
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.findings.collector import DifferenceCollector
from necp_replay.replay.findings.run_report import RunReport
from tests.outcomes.differing import record_difference

RELEASE = "xnu-4570.51.1"
KINDS = ("COPY_RESULT", "REMOVE", "ADD", "COPY_UPDATED_RESULT", "AGENT")
LAYERS = tuple(Layer)

HOSTILE = (
    "<script>document.title='ran'</script>",
    "</script><script>document.title='ran'</script>",
    "<!--<script>",
    '"onerror="document.title=\'ran\'" x="',
    "' onmouseover='document.title=1",
    "<img src=x onerror=document.title='ran'>",
    "javascript:document.title='ran'",
    "${document.title='ran'}{{7*7}}$contents $script %s",
    "]]>&lt;b&gt;&amp;",
    "\u202egnp.exe\u202c\u2066left\u2069",
    "zero\u200bwidth\ufeff\u00ad",
    "line\u2028and\u2029paragraph",
    "\x00\x1b[31mred\x07\x7f\x9b",
    "lone \ud800 surrogate",
    "__proto__",
    "constructor",
    "a\u0301" * 40,
    "#differences",
    "\\u003cscript\\u003e",
)


def differing(
    record: int | None,
    title: str,
    fields: list[FieldDifference],
    *,
    truth: Truth = Truth.RECORDED,
    context: list[str] | None = None,
    sides: Sides | None = None,
) -> RecordDifference:
    """A difference. Unless sides are given they are made from its fields."""
    if sides is None:
        same = tuple(f"  same {number}: {number * number}" for number in range(14))
        sides = Sides(
            ("status: ok", *(f"{f.path}: {f.expected}" for f in fields), *same),
            ("status: ok", *(f"{f.path}: {f.actual}" for f in fields), *same),
        )
    return record_difference(record, title, fields, truth, Surroundings(context or [], sides=sides))


def trace_of(
    path: str, differences: list[RecordDifference], records: int, timeline: Timeline | None = None
) -> TraceReport:
    """The report of a trace with these differences, in chains as after a replay."""
    report = TraceReport(path, RELEASE, records=records, timeline=timeline)
    collector = DifferenceCollector(report, keep=None)
    for difference in differences:
        collector.add(difference)
    report.different = len(differences)
    report.identical = records - len(differences)
    return report


def many(differences: int, traces: int = 50) -> RunReport:
    """A report with a number of differences, timelines and bytes, spread over several traces."""
    reports = []
    each = differences // traces
    for trace in range(traces):
        found = [_numbered(trace, number) for number in range(each)]
        timeline = _timeline(each * 3, {d.record for d in found if d.record is not None})
        path = f"traces/area{trace % 7}/generated_{trace:04}.necptrace"
        reports.append(trace_of(path, found, each * 3, timeline))
    return RunReport("replay", "expected", "replayed", reports)


def _numbered(trace: int, number: int) -> RecordDifference:
    kind = KINDS[number % len(KINDS)]
    layer = LAYERS[(number + trace) % len(LAYERS)]
    client = number % 40 + 1
    fields = [
        FieldDifference(
            Layer.RETURN, "status", "ok retval=0", "ENOENT" if number % 2 else "EINVAL"
        ),
        FieldDifference(
            layer, f"buffer[{number} bytes] > FLAGS_{number % 9}", "0x27 A|B", "0x26 B"
        ),
    ]
    event = NecpClientAction(
        100,
        3,
        int(ClientAction.COPY_RESULT),
        UserBuffer(length=16, content=client.to_bytes(16, "big")),
        16,
        UserBuffer(length=64),
        64,
    )
    outcomes = [
        Outcome(0, 48, ActionBuffers(buffer=(number + side).to_bytes(4, "big") * 12))
        for side in (0, 1)
    ]
    lines = [f"  TLV_{line}: value {line * (number % 50)}" for line in range(24)]
    sides = Sides(
        ("status: ok retval=0", "buffer: 48 bytes", *lines, "  FLAGS: 0x27 A|B"),
        ("status: ENOENT", "buffer: 48 bytes", *lines[:20], "  FLAGS: 0x26 B"),
        (),
        Step(event),
        outcomes[0],
        outcomes[1],
    )
    title = f"necp_client_action {kind} pid=100 fd=3 client=#{client}"
    context = [f"{number * 3 + place} fd_poll pid=100 fd=3" for place in range(3)]
    return differing(number * 3 + 3, title, fields, context=context, sides=sides)


def _timeline(records: int, differing_records: set[int]) -> Timeline:
    timeline = Timeline(records)
    timeline.add(Lane(LaneKind.SYSTEM, "interfaces", None, 0))
    timeline.add(Lane(LaneKind.FD, "pid 100 fd 3", None, 1))
    for client in range(12):
        born = 2 + client * max(1, records // 14)
        gone = born + records // 3 if client % 3 == 0 else None
        lane = timeline.add(Lane(LaneKind.CLIENT, f"client #{client + 1}", 1, born, gone))
        timeline.add(Lane(LaneKind.FLOW, f"socket flow s{client}", lane, born + 3))
    for record in range(1, records + 1):
        lane = 2 + 2 * (record % 12)
        kind = MarkKind.REFUSED if record % 11 == 0 else MarkKind.CALL
        timeline.marks.append(TimelineMark(record, lane, kind))
        timeline.titles[record] = f"necp_client_action COPY_RESULT client=#{record % 12 + 1} -> ok"
    timeline.marks += [TimelineMark(record, 0, MarkKind.CALL) for record in range(2, records, 40)]
    assert differing_records <= timeline.titles.keys()
    return timeline


def every_kind() -> RunReport:
    """A trace for each verdict, a chain, a final state, and a record that only one side has."""
    sides_of_bytes = _numbered(0, 1).shown.sides
    chain = [
        differing(
            5,
            "necp_client_action REMOVE pid=100 fd=3 client=#1",
            [
                FieldDifference(Layer.RETURN, "status", "ENOENT", "ok retval=0"),
                FieldDifference(Layer.EFFECTS, "effects", "{log: err necp_client_remove}", None),
            ],
            context=["4 necp_client_action REMOVE pid=100 fd=3 client=#1"],
            sides=sides_of_bytes,
        ),
        differing(
            6,
            "necp_client_action COPY_RESULT pid=100 fd=3 client=#1",
            [FieldDifference(Layer.RESULT, "buffer[9 bytes] > INTERFACE_INDEX", "4", "5")],
            truth=Truth.GOLDEN,
        ),
        differing(
            None,
            "final state",
            [FieldDifference(Layer.STATISTICS, "counters > necp_client_count", "0", "1")],
            truth=Truth.GOLDEN,
        ),
    ]
    failing = trace_of("traces/client/remove.necptrace", chain, 8, _timeline(8, {5, 6}))
    flows = trace_of(
        "traces/flows/two.necptrace",
        [
            differing(
                2,
                "snapshot full=1",
                [
                    FieldDifference(
                        Layer.FLOWS, "fd[pid=1 fd=3] > flow", None, "{nexus: 1; viable: 0}"
                    )
                ],
            )
        ],
        4,
    )
    error = TraceReport("traces/bad.necptrace", RELEASE, error="damaged at byte 12", hint="Mend it")
    absent = TraceReport(
        "traces/new.necptrace",
        RELEASE,
        records=3,
        identical=2,
        not_modelled=1,
        first_not_modelled="record 3 necp_client_action 99: action 99",
    )
    bare = TraceReport("traces/bare.necptrace", RELEASE, records=2, missing_golden=True)
    fine = TraceReport("traces/fine.necptrace", RELEASE, records=9, identical=9)
    return RunReport(
        "replay",
        "expected",
        "replayed",
        [failing, flows, error, absent, bare, fine],
        complete=True,
        unused_goldens=[Path("golden/left_over.golden")],
    )


def hostile() -> RunReport:
    """A report in which every text is hostile."""
    reports = []
    for number, wild in enumerate(HOSTILE):
        # Fields and titles can always be encoded in UTF-8. Paths and errors need not be.
        text = wild.replace("\ud800", "?")
        found = differing(
            number + 1,
            f"proc_add name={text}",
            [
                FieldDifference(Layer.EFFECTS, text, text, f"{text}!"),
                FieldDifference(Layer.OUTPUT, f"domain > {text}", None, text),
            ],
            context=[text],
            sides=Sides((text, f"  {text}: 1"), (text, f"  {text}: 2"), passed=(text,)),
        )
        timeline = Timeline(len(HOSTILE) + 1)
        timeline.add(Lane(LaneKind.CLIENT, text, None, 1))
        timeline.marks.append(TimelineMark(number + 1, 0, MarkKind.CALL))
        timeline.titles[number + 1] = text
        report = trace_of(f"traces/{text}.necptrace", [found], number + 2, timeline)
        report.release = text
        found.fact = text if number % 2 else None
        reports.append(report)
        reports.append(TraceReport(f"{wild}/{number}", wild, error=wild, hint=f"{wild}\n{wild}"))
        reports.append(TraceReport(wild, wild, records=1, not_modelled=1, first_not_modelled=text))
    return RunReport(
        HOSTILE[0],
        HOSTILE[1],
        HOSTILE[3],
        reports,
        unused_goldens=[Path(text.replace("\x00", "")) for text in HOSTILE],
    )
