"""The contents of the page as one JSON document, which ``model.js`` reads.

The same texts occur many times in ten thousand differences. So each text is stored once, in
``strings``, and everywhere else there is its number. Outcomes are stored in the same way: their
lines are divided into parts, such as a client of a snapshot with all lines below it. Each part is
stored once, in ``parts``, as a list of numbers of texts with several lines each.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from necp_replay.events.json_form import outcome_to_json, step_to_json
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.record_difference import FilePlace, RecordDifference
from necp_replay.outcomes.safe_text import escape
from necp_replay.outcomes.sides import Sides
from necp_replay.outcomes.timeline import LaneKind, MarkKind, Timeline, TimelineMark
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.findings.causes import Cause
from necp_replay.replay.findings.groups import Group
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.by_meaning import by_meaning
from necp_replay.report.difference_text import golden_text
from necp_replay.report.hexdump import buffers_passed, buffers_returned
from necp_replay.report.html.explained import ExplainedSides
from necp_replay.report.html.findings import fact_shown, findings_of
from necp_replay.report.next_steps import is_explained
from necp_replay.report.style import Style
from necp_replay.rules.status import RuleResult, RuleStatus

# These limits keep the file and the memory of the browser small enough to use the page without
# waiting (`make bench-report`; docs/reports.md has the measured numbers).
DIFFERENCES: Final = 20_000
"""The most differences that a page contains. Totals count all."""
MARKS: Final = 120_000
"""The most marks of all timelines of a page. Later traces have no timeline."""
LANES: Final = 240
"""The most lanes of one timeline. Lanes with differences come first."""
FIELDS: Final = 200
"""The most fields of one difference."""
VALUE_CHARACTERS: Final = 4_000
"""The most characters of one value. Both outcomes in full have more of it."""

RAW_CHARACTERS: Final = 24_000_000
"""The most characters of all JSON lines of a page. Later differences have none."""
_PART_DEPTH: Final = 2
"""A line with at most this indentation begins a part: the top level, and one level below it."""
_TEXT_DEPTH: Final = 4
"""A line with at most this indentation begins a text of a part."""

LANE_KINDS: Final = tuple(LaneKind)
MARK_KINDS: Final = tuple(MarkKind)


def document_of(
    report: RunReport,
    explained: Mapping[int, ExplainedSides] | None = None,
    differences: int | None = None,
) -> dict[str, Any]:
    """The contents as plain JSON types. The same run always gives the same document.

    ``explained`` are the explanations of differences by their ``id()``. ``differences`` is how many
    differences the page has at most.
    """
    return _Document(report, explained or {}, differences or DIFFERENCES).written()


class _Document:
    """The document while it is built: the texts so far, and what is left of the limits."""

    def __init__(
        self, report: RunReport, explained: Mapping[int, ExplainedSides], limit: int
    ) -> None:
        self.report = report
        self.explained = explained
        self.limit = limit
        self.findings = findings_of(report)
        self.strings: dict[str, int] = {}
        self.parts: dict[tuple[int, ...], int] = {}
        self.raw_left = RAW_CHARACTERS
        self.places: dict[int, int] = {}
        self.differences: list[dict[str, Any]] = []
        self.marks_left = MARKS

    def written(self) -> dict[str, Any]:
        report = self.report
        shares = _shares([len(trace.examples) for trace in report.traces], self.limit)
        traces = [
            self._trace(number, trace, share)
            for number, (trace, share) in enumerate(zip(report.traces, shares, strict=True))
        ]
        return {
            "command": report.command,
            "labels": [report.expected_label, report.actual_label],
            "files": report.files,
            "complete": report.complete,
            "unused_goldens": [escape(str(path)) for path in report.unused_goldens],
            "rules": [_rule(outcome) for outcome in report.rules],
            "traces": traces,
            "findings": [self._finding(finding) for finding in self.findings],
            "groups": [self._group(group) for each in self.findings for group in each.groups],
            "differences": self.differences,
            "lane_kinds": [kind.value for kind in LANE_KINDS],
            "mark_kinds": [kind.value for kind in MARK_KINDS],
            "strings": list(self.strings),
            "parts": [list(part) for part in self.parts],
        }

    def text(self, text: str) -> int:
        """The number of a text."""
        return self.strings.setdefault(text, len(self.strings))

    def texts(self, texts: Iterable[str]) -> list[int]:
        """The numbers of several texts."""
        return [self.text(text) for text in texts]

    def optional(self, text: str | None) -> int | None:
        """The number of a text, or None for None."""
        return None if text is None else self.text(text)

    def lines(self, lines: Sequence[str]) -> list[int]:
        """The numbers of the parts that some lines consist of."""
        parts: list[list[str]] = []
        for line in lines:
            depth = len(line) - len(line.lstrip(" "))
            if depth <= _PART_DEPTH or not parts:
                parts.append([line])
            elif depth <= _TEXT_DEPTH:
                parts[-1].append(line)
            else:
                parts[-1][-1] += f"\n{line}"
        numbers = (tuple(self.texts(part)) for part in parts)
        return [self.parts.setdefault(part, len(self.parts)) for part in numbers]

    def raw(self, text: str | None) -> int | None:
        """The number of a JSON line, or None if the limit is reached."""
        if text is None or text in self.strings:
            return self.optional(text)
        if len(text) > self.raw_left:
            return None
        self.raw_left -= len(text)
        return self.text(text)

    def _trace(self, number: int, trace: TraceReport, share: int) -> dict[str, Any]:
        ordered = trace.examples[:share]
        if self.report.files is None:
            ordered.sort(key=lambda each: (each.record is None, each.record or 0))
        for difference in ordered:
            self.places[id(difference)] = len(self.differences)
            self.differences.append(self._difference(number, difference))
        return {
            "path": trace.path,
            "release": trace.release,
            "verdict": trace.verdict.value,
            "records": trace.records,
            "identical": trace.identical,
            "different": trace.different,
            "not_modelled": trace.not_modelled,
            "in_part": trace.in_part,
            "not_compared": trace.not_compared,
            "not_determined": trace.not_determined,
            "differing_states": trace.differing_states,
            "missing_records": trace.missing_records,
            "diverged_states": trace.diverged_states,
            "expected": trace.expected + trace.expected_apart,
            "golden": trace.golden,
            "missing_golden": trace.missing_golden,
            "error": trace.error,
            "hint": trace.hint,
            "first_not_modelled": trace.first_not_modelled,
            # Without a difference on the page nobody looks at the timeline.
            "timeline": None if trace.examples and not share else self._timeline(trace),
        }

    def _difference(self, trace: int, difference: RecordDifference) -> dict[str, Any]:
        fields, shown = difference.fields, difference.shown
        return {
            "trace": trace,
            "record": difference.record,
            "title": self.text(difference.title),
            "kind": self.text(difference.kind),
            "truth": self.text(difference.truth.value),
            "fingerprint": self.text(difference.fingerprint),
            "group": self.text(difference.group),
            "fact": self.optional(difference.fact),
            "rule": difference.rule,
            "follows": difference.chain.follows,
            "followers": difference.chain.followers,
            "place": _place(self, difference.place),
            "follows_place": _place(self, difference.chain.follows_place),
            "context": self.texts(shown.context),
            "golden": self.optional(golden_text(difference, Style(coloured=False))),
            "fields": [
                [
                    self.text(field.layer.value),
                    self.text(_short(field.path)),
                    None if field.expected is None else self.text(_short(field.expected)),
                    None if field.actual is None else self.text(_short(field.actual)),
                ]
                for field in fields[:FIELDS]
            ],
            "more_fields": max(0, len(fields) - FIELDS),
            "sides": None if shown.sides is None else self._sides(shown.sides),
            **self._rare(difference),
        }

    def _rare(self, difference: RecordDifference) -> dict[str, Any]:
        """What few differences have. It is left out of the others, to keep the page small."""
        found: dict[str, Any] = {}
        if headline := _headline(difference.fields[:FIELDS]):
            found["headline"] = headline
        if difference.record is not None and is_explained(difference):
            found["is_explained"] = True
        if sides := self.explained.get(id(difference)):
            found["explained"] = {
                "labels": [self.text(sides.expected_label), self.text(sides.actual_label)],
                "expected": None if sides.expected is None else self.lines(sides.expected),
                "actual": None if sides.actual is None else self.lines(sides.actual),
            }
        return found

    def _sides(self, sides: Sides) -> dict[str, Any]:
        passed, expected, actual = _buffers(sides)
        names = dict.fromkeys((*expected, *actual))
        return {
            "passed": self.lines(sides.passed),
            "expected": self.lines(sides.expected),
            "actual": self.lines(sides.actual),
            "raw": [self.raw(text) for text in _json_lines(sides)],
            "bytes_passed": [
                [self.text(name), self.text(content.hex())] for name, content in passed.items()
            ],
            "bytes_returned": [
                [
                    self.text(name),
                    self.optional(_hex(expected.get(name))),
                    self.optional(_hex(actual.get(name))),
                ]
                for name in names
            ],
        }

    def _finding(self, cause: Cause) -> dict[str, Any]:
        return {
            "fact": fact_shown(self.report, cause),
            "groups": [self.text(group.key) for group in cause.groups],
            "begun": cause.begun,
            "followed": cause.followed,
            "traces": cause.traces_among(self.report.traces),
        }

    def _group(self, group: Group) -> dict[str, Any]:
        examples = (self.places.get(id(example.difference)) for example in group.examples)
        return {
            "key": self.text(group.key),
            "begun": group.begun,
            "followed": group.followed,
            "traces": group.traces,
            "examples": [place for place in examples if place is not None],
        }

    def _timeline(self, trace: TraceReport) -> dict[str, Any] | None:
        timeline = trace.timeline
        if timeline is None or len(timeline.marks) > self.marks_left:
            return None
        self.marks_left -= len(timeline.marks)
        differing = {each.record for each in trace.examples}
        chosen = _chosen_lanes(timeline, differing)
        numbers = {lane: number for number, lane in enumerate(chosen)}
        marks: list[list[int]] = [[] for _ in chosen]
        for mark in timeline.marks:
            if mark.lane in numbers:
                marks[numbers[mark.lane]] += (mark.record, MARK_KINDS.index(mark.kind))
        lanes = [timeline.lanes[lane] for lane in chosen]
        return {
            "records": timeline.records,
            "lanes": [
                {
                    "kind": LANE_KINDS.index(lane.kind),
                    "label": self.text(lane.label),
                    "parent": None if lane.parent is None else numbers[lane.parent],
                    "born": lane.born,
                    "gone": lane.gone,
                    "marks": own,
                }
                for lane, own in zip(lanes, marks, strict=True)
            ],
            "titles": [[record, self.text(text)] for record, text in timeline.titles.items()],
            "looked_every": timeline.looked_every,
            "left_out_lanes": timeline.left_out_lanes + len(timeline.lanes) - len(chosen),
            "thinned": timeline.thinned,
        }


def _headline(fields: Sequence[FieldDifference]) -> int:
    """The place of the field that says most."""
    if not fields:
        return 0
    first = by_meaning(fields)[0]
    return next(place for place, field in enumerate(fields) if field is first)


def _place(document: _Document, place: FilePlace | None) -> int | None:
    return None if place is None else document.text(str(place))


def _rule(outcome: RuleResult) -> dict[str, Any]:
    rule = outcome.rule
    return {
        "number": rule.number,
        "action": rule.action.value,
        "reason": rule.reason,
        "expires": None if rule.expires is None else rule.expires.isoformat(),
        "records": outcome.records,
        "traces": outcome.traces,
        "status": outcome.status.value,
        "fails": outcome.status.fails,
        "is_for_this": outcome.status is not RuleStatus.OTHER_RUN,
        "why": outcome.why,
    }


def _shares(wanted: Sequence[int], room: int) -> list[int]:
    """Divide ``room``: small wants are met in full, and large ones get equal shares."""
    shares = [0] * len(wanted)
    left = room
    by_size = sorted(range(len(wanted)), key=lambda index: wanted[index])
    for place, index in enumerate(by_size):
        shares[index] = min(wanted[index], left // (len(wanted) - place))
        left -= shares[index]
    return shares


def _chosen_lanes(timeline: Timeline, differing: set[int | None]) -> list[int]:
    """The lanes that are shown, each below its parent."""
    first: dict[int, None] = {}
    for mark in timeline.marks:
        if mark.record in differing:
            _take(timeline, mark, first)
    for lane in timeline.lanes:
        if len(first) >= LANES:
            break
        _take(timeline, TimelineMark(0, lane, MarkKind.CALL), first)
    inside: dict[int | None, list[int]] = {}
    for lane in sorted(first):
        inside.setdefault(timeline.lanes[lane].parent, []).append(lane)
    ordered: list[int] = []
    pending = inside.get(None, [])[::-1]
    # Lanes of the system, such as interfaces, are above those of processes.
    pending.sort(key=lambda lane: timeline.lanes[lane].kind is LaneKind.SYSTEM)
    while pending:
        lane = pending.pop()
        ordered.append(lane)
        pending += inside.get(lane, [])[::-1]
    return ordered


def _take(timeline: Timeline, mark: TimelineMark, taken: dict[int, None]) -> None:
    """Add the lane of a mark and the parents of the lane, if there is room for them."""
    lane: int | None = mark.lane
    path = []
    while lane is not None and lane not in taken:
        path.append(lane)
        lane = timeline.lanes[lane].parent
    if len(taken) + len(path) <= LANES:
        taken.update(dict.fromkeys(path))


def _json_lines(sides: Sides) -> list[str | None]:
    """The step and both outcomes as JSON lines. None for a side without an outcome."""
    step = sides.step
    if step is None:
        return [None, None, None]
    written: list[dict[str, Any] | None] = [step_to_json(step)]
    for outcome in (sides.expected_outcome, sides.actual_outcome):
        written.append(
            None
            if outcome is None
            else outcome_to_json(outcome, step.input, measured_only=sides.measured_only)
        )
    return [None if each is None else json.dumps(each, separators=(",", ":")) for each in written]


def _buffers(sides: Sides) -> tuple[dict[str, bytes], dict[str, bytes], dict[str, bytes]]:
    """The buffers of a record by name: passed, expected to be returned, and returned."""
    passed = {} if sides.step is None else dict(buffers_passed(sides.step.input))
    expected, actual = (
        {} if outcome is None else dict(buffers_returned(outcome))
        for outcome in (sides.expected_outcome, sides.actual_outcome)
    )
    return passed, expected, actual


def _hex(content: bytes | None) -> str | None:
    return None if content is None else content.hex()


def _short(text: str) -> str:
    hidden = len(text) - VALUE_CHARACTERS
    return text if hidden <= 0 else f"{text[:VALUE_CHARACTERS]}... ({hidden:,} more characters)"
