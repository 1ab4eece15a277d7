"""The contents of the page as one JSON document, which ``model.js`` reads.

Thousands of differences are mostly alike, so what occurs more than once is stored once, and has a
number everywhere else: texts and parts of outcomes (``texts.py``); ``looks``, which are what
differences with the same fields have in common; ``sides`` and ``timelines``, since traces with the
same steps share theirs. A member that has its default is left out.

Both sides and timelines are most of a large page. They are added in the order in which a reader
wants them, as long as the page is smaller than its limit: those of the examples of findings first,
then those of each trace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from typing import Any, Final

from necp_replay.dataclass import dataclass
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.record_difference import FilePlace, RecordDifference
from necp_replay.outcomes.safe_text import escape
from necp_replay.outcomes.shell_text import command_line, shown_path
from necp_replay.outcomes.title_words import with_quotes
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.findings.causes import Cause
from necp_replay.replay.findings.groups import Group
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.by_meaning import by_meaning
from necp_replay.report.difference_text import golden_text
from necp_replay.report.html.both_sides import sides_shown
from necp_replay.report.html.embedded import json_in_html, safe_json
from necp_replay.report.html.explained import ExplainedSides
from necp_replay.report.html.findings import fact_shown, findings_of
from necp_replay.report.html.texts import Texts
from necp_replay.report.html.timelines import LANE_KINDS, MARK_KINDS, timeline_shown
from necp_replay.report.next_steps import is_explained
from necp_replay.report.style import Style
from necp_replay.rules.status import RuleResult, RuleStatus

# These limits keep the file and the memory of the browser small enough to use the page without
# waiting (`make bench-report`; docs/reports.md has the measured numbers).
DIFFERENCES: Final = 20_000
"""The most differences that a page contains. Totals count all."""
CHARACTERS: Final = 4_700_000
"""At this size no more sides and timelines are added. Script and style come on top."""
MARKS: Final = 120_000
"""The most marks of all timelines of a page. Later traces have no timeline."""
FIELDS: Final = 200
"""The most fields of one difference."""
VALUE_CHARACTERS: Final = 4_000
"""The most characters of one value. Both outcomes in full have more of it."""


@dataclass(frozen=True, slots=True)
class PageLimits:
    """How many differences a page has at most, and how many characters.

    With ``characters`` None every difference has both of its sides.
    """

    differences: int = DIFFERENCES
    characters: int | None = CHARACTERS


def contents_json(
    report: RunReport,
    explained: Mapping[int, ExplainedSides],
    limits: PageLimits,
    words: Sequence[str],
) -> Iterator[str]:
    """The contents in pieces of JSON. The same run always gives the same contents.

    ``explained`` are the explanations of differences by their ``id()``. ``words`` are the options
    with which the command is repeated for one trace.
    """
    return _Contents(report, explained, limits, words).written()


class _Contents:
    """The contents while they are built."""

    def __init__(
        self,
        report: RunReport,
        explained: Mapping[int, ExplainedSides],
        limits: PageLimits,
        words: Sequence[str],
    ) -> None:
        self.report = report
        self.explained = explained
        self.words = words
        self.findings = findings_of(report)
        self.texts = Texts()
        self.looks: dict[str, int] = {}
        self.sides: dict[int, int] = {}
        self.sides_json: list[str] = []
        self.timelines: dict[int, int] = {}
        self.timelines_json: list[str] = []
        self.explained_json: list[str] = []
        self.characters = 0
        self.most_characters = limits.characters
        self.marks_left = MARKS
        shares = _shares([len(trace.examples) for trace in report.traces], limits.differences)
        self.shown = [
            self._ordered(trace.examples[:share])
            for trace, share in zip(report.traces, shares, strict=True)
        ]
        self.places: dict[tuple[str, int], int] = {}
        for trace, differences in zip(report.traces, self.shown, strict=True):
            for difference in differences:
                self.places[trace.path, id(difference)] = len(self.places)

    def written(self) -> Iterator[str]:
        """The pieces of the document."""
        differences = [
            self._difference(number, each)
            for number, found in enumerate(self.shown)
            for each in found
        ]
        traces = [safe_json(_trace(trace)) for trace in self.report.traces]
        self.characters += sum(map(len, traces)) + sum(map(len, self.looks)) + 25 * len(self.places)
        self._add_details()
        yield from self._head()
        yield ',"traces":'
        yield from _list(
            f"{written[:-1]}{self._timeline_of(trace)}}}"
            for written, trace in zip(traces, self.report.traces, strict=True)
        )
        yield ',"differences":'
        yield from _list(
            json_in_html(_row([*row, self.sides.get(id(each.shown.sides)), *more]))
            for each, (row, more) in zip(chain(*self.shown), differences, strict=True)
        )
        for name, items in (
            ("looks", self.looks),
            ("sides", self.sides_json),
            ("timelines", self.timelines_json),
            ("explained", self.explained_json),
            ("strings", self.texts.strings_json()),
            ("parts", self.texts.parts_json()),
        ):
            yield f',"{name}":'
            yield from _list(items)
        yield "}"

    def _head(self) -> Iterator[str]:
        report = self.report
        head = {
            "command": report.command,
            "labels": [report.expected_label, report.actual_label],
            "files": report.files,
            "file_words": None if report.files is None else list(map(_word, report.files)),
            "complete": report.complete,
            "words": self.words,
            "unused_goldens": [escape(str(path)) for path in report.unused_goldens],
            "rules": [_rule(outcome) for outcome in report.rules],
            "findings": [self._finding(finding) for finding in self.findings],
            "groups": [self._group(group) for each in self.findings for group in each.groups],
            "lane_kinds": [kind.value for kind in LANE_KINDS],
            "mark_kinds": [kind.value for kind in MARK_KINDS],
        }
        yield safe_json(head)[:-1]

    def _ordered(self, differences: list[RecordDifference]) -> list[RecordDifference]:
        if self.report.files is not None:
            return differences
        return sorted(differences, key=lambda each: (each.record is None, each.record or 0))

    def _difference(self, trace: int, difference: RecordDifference) -> tuple[list[Any], list[Any]]:
        """What a difference has before and after the number of its sides."""
        link, shown = difference.chain, difference.shown
        place = self._place(difference.place)
        follows_place = self._place(link.follows_place)
        context = self.texts.texts(shown.context) or None
        explained = self._explained(difference)
        followers = link.followers or None
        return (
            [trace, difference.record, self._look(difference), link.follows, followers],
            [context, place, follows_place, explained],
        )

    def _look(self, difference: RecordDifference) -> int:
        """The number of what differences with the same title and fields have in common."""
        text, fields = self.texts.text, difference.fields
        found: dict[str, Any] = {
            "title": text(difference.title),
            "kind": text(difference.kind),
            "truth": text(difference.truth.value),
            "fingerprint": text(difference.fingerprint),
            "group": text(difference.group),
            "fact": self.texts.optional(difference.fact),
            "rule": difference.rule,
            "golden": self.texts.optional(golden_text(difference, Style(coloured=False))),
            "fields": [self._field(field) for field in fields[:FIELDS]],
            "more_fields": max(0, len(fields) - FIELDS),
            "headline": _headline(fields[:FIELDS]),
            "is_explained": difference.record is not None and is_explained(difference),
        }
        return self.looks.setdefault(_without_defaults(found), len(self.looks))

    def _field(self, field: FieldDifference) -> list[int | None]:
        sides = (field.expected, field.actual)
        return [
            self.texts.text(field.layer.value),
            self.texts.text(_short(field.path)),
            *(
                None if side is None else self.texts.text(_short(with_quotes(side)))
                for side in sides
            ),
        ]

    def _place(self, place: FilePlace | None) -> int | None:
        return None if place is None else self.texts.text(str(place))

    def _explained(self, difference: RecordDifference) -> int | None:
        sides = self.explained.get(id(difference))
        if sides is None:
            return None
        found = {
            "labels": self.texts.texts((sides.expected_label, sides.actual_label)),
            "expected": None if sides.expected is None else self.texts.lines(sides.expected),
            "actual": None if sides.actual is None else self.texts.lines(sides.actual),
        }
        self.explained_json.append(json_in_html(found))
        return len(self.explained_json) - 1

    def _add_details(self) -> None:
        """Add sides and timelines, until the page is as large as it may be."""
        for trace, difference in self._by_importance():
            if self._is_full():
                return
            self._add_timeline(trace)
            sides = difference.shown.sides
            if sides is not None and id(sides) not in self.sides:
                self.sides[id(sides)] = len(self.sides_json)
                self._add(self.sides_json, sides_shown(sides, self.texts))
        # Where nothing was left out, traces without a difference on the page have theirs, too.
        for trace in self.report.traces:
            if not trace.examples:
                self._add_timeline(trace)

    def _by_importance(self) -> Iterator[tuple[TraceReport, RecordDifference]]:
        """The differences with their traces: examples of findings, then all. Some come twice."""
        by_place = [
            (trace, difference)
            for trace, found in zip(self.report.traces, self.shown, strict=True)
            for difference in found
        ]
        groups = [group for cause in self.findings for group in cause.groups]
        for row in zip_longest(*(self._examples(group) for group in groups)):
            yield from (by_place[place] for place in row if place is not None)
        yield from by_place

    def _is_full(self) -> bool:
        most = self.most_characters
        return most is not None and self.characters + self.texts.characters >= most

    def _add(self, written: list[str], found: dict[str, Any]) -> None:
        written.append(json_in_html(found))
        self.characters += len(written[-1]) + 1

    def _add_timeline(self, trace: TraceReport) -> None:
        timeline = trace.timeline
        if timeline is None or id(timeline) in self.timelines:
            return
        if len(timeline.marks) > self.marks_left:
            return
        self.marks_left -= len(timeline.marks)
        self.timelines[id(timeline)] = len(self.timelines_json)
        differing = {each.record for each in trace.examples}
        self._add(self.timelines_json, timeline_shown(timeline, differing, self.texts))

    def _timeline_of(self, trace: TraceReport) -> str:
        """The member of a trace with the number of its timeline; empty without one."""
        number = None if trace.timeline is None else self.timelines.get(id(trace.timeline))
        return "" if number is None else f',"timeline":{number}'

    def _finding(self, cause: Cause) -> dict[str, Any]:
        return {
            "fact": fact_shown(self.report, cause),
            "groups": [self.texts.text(group.key) for group in cause.groups],
            "begun": cause.begun,
            "followed": cause.followed,
            "traces": cause.traces_among(self.report.traces),
        }

    def _group(self, group: Group) -> dict[str, Any]:
        return {
            "key": self.texts.text(group.key),
            "begun": group.begun,
            "followed": group.followed,
            "traces": group.traces,
            "examples": self._examples(group),
        }

    def _examples(self, group: Group) -> list[int]:
        """The places of the examples of a group that are on the page."""
        keys = ((each.trace, id(each.difference)) for each in group.examples)
        return [self.places[key] for key in keys if key in self.places]


def _list(items: Iterable[str]) -> Iterator[str]:
    """A JSON list of items that are JSON already."""
    between = "["
    for item in items:
        yield f"{between}{item}"
        between = ","
    yield "]" if between == "," else "[]"


_PLAIN_PATH: Final = re.compile(r"[\w@%+=:,./][\w@%+=:,./-]*", re.ASCII)
"""A path that a shell reads as it is."""


def _word(path: str) -> str:
    """The path of a report as commands name it."""
    return command_line(shown_path(path))


def _trace(trace: TraceReport) -> dict[str, Any]:
    values = {
        "path": trace.path,
        "word": None if _PLAIN_PATH.fullmatch(trace.path) else _word(trace.path),
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
    }
    kept = ("path", "release", "verdict")
    return {name: value for name, value in values.items() if name in kept or value not in (None, 0)}


_LOOK_DEFAULTS: Final[Mapping[str, object]] = {
    "fact": None,
    "rule": None,
    "golden": None,
    "more_fields": 0,
    "headline": 0,
    "is_explained": False,
}


def _without_defaults(look: dict[str, Any]) -> str:
    """A look as JSON, without the members that have their defaults."""
    given = {
        name: value
        for name, value in look.items()
        if name not in _LOOK_DEFAULTS or value != _LOOK_DEFAULTS[name]
    }
    return json_in_html(given)


def _row(values: list[Any]) -> list[Any]:
    """Without None at the end."""
    while values[-1] is None:
        values.pop()
    return values


def _headline(fields: Sequence[FieldDifference]) -> int:
    """The place of the field that says most."""
    if not fields:
        return 0
    first = by_meaning(fields)[0]
    return next(place for place, field in enumerate(fields) if field is first)


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


def _short(text: str) -> str:
    hidden = len(text) - VALUE_CHARACTERS
    return text if hidden <= 0 else f"{text[:VALUE_CHARACTERS]}... ({hidden:,} more characters)"
