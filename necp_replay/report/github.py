"""A run for GitHub Actions: annotations on standard output, and a summary in Markdown.

A runner executes every line of the output that begins with ``::``, wherever it comes from. So text
that quotes traces is printed between two commands that switch commands off and on again. The second
one needs a token that the text must not contain. The token is the hash of the text.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Final

from necp_replay.outcomes.report_table import notable_of
from necp_replay.outcomes.safe_text import escape, safe_lines
from necp_replay.outcomes.trace_report import TraceReport, Verdict
from necp_replay.replay.findings.causes import Cause
from necp_replay.replay.findings.groups import group_differences
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.difference_text import fact_text, place_of, side_labels
from necp_replay.report.failure_text import command_again
from necp_replay.report.fields_text import labelled_line
from necp_replay.report.headline import headline
from necp_replay.report.known_text import apart_parts, known_parts
from necp_replay.report.markdown import markdown_code
from necp_replay.report.table import left, right, table
from necp_replay.report.totals import totals_of
from necp_replay.report.words import counted
from necp_replay.rules.status import RuleResult
from necp_replay.trace.find import PROJECT_FILE as RULES_FILE
from necp_replay.trace.find import TRACE_SUFFIX

ANNOTATIONS: Final = 10
"""The most errors, and the most warnings, that GitHub shows for one step."""
# A summary may have 1 MiB. These numbers stay far below that, and are as much as people read.
_SHOWN_GROUPS: Final = 30
_SHOWN_TRACES: Final = 30
_MESSAGE_CHARACTERS: Final = 1_000
"""The most characters of the message of an annotation."""
_SIGNS: Final = {
    Verdict.ERROR: "🛑 could not run",
    Verdict.DIFFERENT: "❌ different",
    Verdict.NOT_MODELLED: "❔ not modelled",
    Verdict.IDENTICAL: "✅ identical",
}


def annotation_lines(run: RunReport) -> Iterator[str]:
    """The annotations: errors for traces and rules that failed, warnings for other problems."""
    errors = [
        _command("error", trace.path, _title(trace), _error_message(run, trace))
        for trace in notable_of(run.traces)
        if trace.verdict in (Verdict.ERROR, Verdict.DIFFERENT)
    ]
    errors += [_rule_command(outcome) for outcome in _failing_rules(run)]
    yield from errors[:ANNOTATIONS]
    warnings = [
        _command("warning", trace.path, _title(trace), headline(run, trace))
        for trace in notable_of(run.traces)
        if trace.verdict is Verdict.NOT_MODELLED
    ]
    for path in run.unused_goldens:
        shown = escape(str(path))
        warnings.append(
            _command("warning", shown, "unused golden", "this golden belongs to no trace")
        )
    yield from warnings[:ANNOTATIONS]
    hidden = max(0, len(errors) - ANNOTATIONS), max(0, len(warnings) - ANNOTATIONS)
    if any(hidden):
        message = f"{counted(hidden[0], 'more error')} and {counted(hidden[1], 'more warning')}"
        yield f"::notice title=necp-replay::{_value(message)}"


def shielded(text: str) -> str:
    """The text between commands that keep the runner from executing any line of it."""
    token = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"::stop-commands::{token}\n{text}\n::{token}::"


def summary(run: RunReport) -> str:
    """The summary in Markdown: totals, findings with one example each, traces that did not pass."""
    parts = [f"## necp-replay {run.command}: {_headline(run)}", _totals(run)]
    if run.groups:
        parts += ["### Findings", _groups_table(run)]
        if len(run.causes) > _SHOWN_GROUPS:
            parts.append(f"and {counted(len(run.causes) - _SHOWN_GROUPS, 'more finding')}")
    failed = [trace for trace in notable_of(run.traces) if trace.verdict is not Verdict.IDENTICAL]
    if failed:
        parts += ["### Traces", _traces_table(failed[:_SHOWN_TRACES])]
        if len(failed) > _SHOWN_TRACES:
            parts.append(f"and {counted(len(failed) - _SHOWN_TRACES, 'more trace')}")
        parts.append(f"Run again: {markdown_code(command_again(run, failed[0]))}")
    if failing := _failing_rules(run):
        parts += ["### Rules that fail the run", _rules_table(failing)]
    if run.unused_goldens:
        paths = run.unused_goldens[:_SHOWN_TRACES]
        parts.append("### Goldens that belong to no trace")
        parts.append("\n".join(f"- {markdown_code(escape(str(path)))}" for path in paths))
    return "\n\n".join(parts) + "\n"


def _failing_rules(run: RunReport) -> list[RuleResult]:
    return [outcome for outcome in run.rules if outcome.status.fails]


def _rule_command(outcome: RuleResult) -> str:
    rule = outcome.rule
    place = "" if rule.line is None else f",line={rule.line}"
    title = _property(f"rule {rule.number} {outcome.status.value}")
    return f"::error file={RULES_FILE}{place},title={title}::{_value(outcome.why)}"


def _rules_table(outcomes: list[RuleResult]) -> str:
    rows = [
        [
            f"{outcome.rule.number}",
            outcome.status.value,
            markdown_code(outcome.why),
            markdown_code(outcome.rule.reason),
        ]
        for outcome in outcomes[:_SHOWN_TRACES]
    ]
    columns = [*right("rule"), *left("status", "what to do", "reason")]
    return table(columns, rows, markdown=True)


def _headline(run: RunReport) -> str:
    verdicts = Counter(trace.verdict for trace in run.traces)
    found = [
        f"{verdicts[verdict]:,} {sign.partition(' ')[2]}"
        for verdict, sign in _SIGNS.items()
        if verdict in verdicts
    ]
    return ", ".join(found) or "no traces"


def _totals(run: RunReport) -> str:
    labels = f"{markdown_code(run.expected_label)} → {markdown_code(run.actual_label)}"
    totals = totals_of(run.traces)
    sums = {
        "identical": totals.identical,
        "different": totals.different,
        "not modelled": totals.not_modelled,
        "expected by rules": totals.expected + totals.expected_apart,
    }
    told = [f"{count:,} {what}" for what, count in sums.items() if count or what == "different"]
    told += (*apart_parts(totals), *known_parts(totals))
    records = counted(totals.records, "record")
    return f"{labels}: {counted(totals.traces, 'trace')}, {records}: {', '.join(told)}"


def _groups_table(run: RunReport) -> str:
    rows = [_cause_row(run, cause) for cause in run.causes[:_SHOWN_GROUPS]]
    columns = [*left("finding", "first example"), *right("chains", "follow", "traces")]
    return table(columns, rows, markdown=True)


def _cause_row(run: RunReport, cause: Cause) -> list[object]:
    group, *others = cause.groups
    example = ""
    finding = markdown_code(group.key)
    if group.examples:
        first = group.examples[0]
        difference = first.difference
        place = place_of(difference)
        if run.files is None:
            place = f"{first.trace} {place}"
        change = labelled_line(difference.fields, side_labels(run, difference))
        example = f"{markdown_code(place)}<br>{markdown_code(change)}"
        finding = f"{markdown_code(difference.kind)}<br>{finding}"
        known = fact_text(run, group)
        if known is not None:
            finding += f"<br>{markdown_code(known)}"
        elif run.command == "diff" and run.files is None:
            finding += "<br>no fact explains it"
    if others:
        finding += f"<br>and {counted(len(others), 'more kind')}"
    return [finding, example, cause.begun, cause.followed, cause.traces_among(run.traces)]


def _traces_table(traces: list[TraceReport]) -> str:
    rows = [
        [
            markdown_code(trace.path),
            markdown_code(trace.release),
            trace.records,
            trace.different,
            trace.not_modelled,
            _SIGNS[trace.verdict],
        ]
        for trace in traces
    ]
    columns = [
        *left("trace", "release"),
        *right("records", "differ", "not modelled"),
        *left("verdict"),
    ]
    return table(columns, rows, markdown=True)


def _error_message(run: RunReport, trace: TraceReport) -> str:
    """The first difference, its fact if one is likely, and the command that shows it again."""
    facts = [fact_text(run, group) for group in group_differences([trace])[:1]]
    lines = [headline(run, trace), *facts, command_again(run, trace)]
    return "\n".join(filter(None, lines))


def _title(trace: TraceReport) -> str:
    name = trace.path.rpartition("/")[2].removesuffix(TRACE_SUFFIX)
    return f"{name} {trace.verdict.value} on {trace.release}" if trace.release else name


def _command(kind: str, file: str, title: str, message: str) -> str:
    if len(message) > _MESSAGE_CHARACTERS:
        message = f"{message[:_MESSAGE_CHARACTERS]}..."
    return f"::{kind} file={_property(file)},title={_property(title)}::{_value(message)}"


def _value(text: str) -> str:
    """The value of a command, which a line end would end."""
    text = safe_lines(text)
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """The value of a property of a command, which a colon or comma would end too."""
    return _value(text).replace(":", "%3A").replace(",", "%2C")
