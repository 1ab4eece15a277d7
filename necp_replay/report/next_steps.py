"""The last lines of a failing replay: where to start, what else is wrong, and what to run next.

Who reads a log of a machine far away sees its end first. So these lines stand on their own: they
name the cause, the trace, the record and the commands, and are no more than twenty-odd.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from necp_replay.outcomes.node import escape
from necp_replay.outcomes.record_difference import Truth
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.facts.likely_fact import LikelyFact
from necp_replay.replay.findings.groups import Example, Group
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.fields_text import clipped, clipped_pair
from necp_replay.report.groups_text import (
    fact_text,
    found_text,
    golden_text,
    place_of,
    side_labels,
)
from necp_replay.report.style import Style
from necp_replay.report.words import counted
from necp_replay.rules.project import FILE_NAME

_SHOWN_FIELDS: Final = 3
_SHOWN_VALUE: Final = 100
_SHOWN_REASON: Final = 160


@dataclass(frozen=True, slots=True)
class Invocation:
    """What the replay was asked for: its paths, and the options that what comes next needs too.

    ``options`` are such as ``--golden DIR`` and ``--engine CMD``, word by word. ``replay``,
    ``review`` and ``accept`` all take them, and mean the same.
    """

    paths: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    rules_file: str = FILE_NAME
    release: str | None = None
    """The one release that was asked for, if any."""


def next_steps(
    run: RunReport, style: Style, invocation: Invocation, facts: Mapping[str, LikelyFact]
) -> str:
    """The lines, empty where nothing failed. ``facts`` are likely to explain groups, by key."""
    lines: list[str] = []
    groups = [group for group in run.groups if group.examples]
    if groups:
        lines += _start(run, groups, style, invocation, facts.get(groups[0].key))
    also = [*_others(run, groups, invocation), *_problems(run, invocation)]
    if also and lines:
        lines.append(style.paint("Also", "bold"))
    elif also:
        lines.append(style.paint("What to do", "bold"))
    lines += (f"  {line}" for line in also)
    return "\n".join(lines)


def _start(
    run: RunReport,
    groups: Sequence[Group],
    style: Style,
    invocation: Invocation,
    fact: LikelyFact | None,
) -> Iterator[str]:
    group, example = groups[0], groups[0].examples[0]
    difference = example.difference
    on = f" on {example.release}" if example.release else ""
    yield style.paint(f"Start with {example.trace} {place_of(difference)}{on}", "bold")
    yield f"  {clipped(difference.title, _SHOWN_REASON)}"
    labels = side_labels(difference)
    width = max(map(len, labels))
    for field in difference.fields[:_SHOWN_FIELDS]:
        expected, actual = clipped_pair(field.expected, field.actual, _SHOWN_VALUE)
        yield f"    {clipped(field.path, _SHOWN_VALUE)}"
        yield f"      {labels[0]:{width}} {style.paint(expected, 'red')}"
        yield f"      {labels[1]:{width}} {style.paint(actual, 'green')}"
    more = len(difference.fields) - _SHOWN_FIELDS
    if more > 0:
        yield f"    and {counted(more, 'more field')}"
    golden = golden_text(difference, style)
    if golden is not None:
        yield f"    {golden}"
    kinds = len(run.groups)
    rank = "The only kind of difference" if kinds == 1 else f"The most frequent of {kinds:,} kinds"
    yield f"  {rank}: it begins at {found_text(group)}."
    if fact is not None:
        yield f"  {style.paint('Cause', 'bold')}: {fact_text(fact)}"
    yield from _commands(_trace_of(run, example), group, invocation)


def _trace_of(run: RunReport, example: Example) -> TraceReport:
    """The report of the example's trace, of several on the release where it was found."""
    found = (example.trace, example.release)
    return next(trace for trace in run.traces if (trace.path, trace.release) == found)


def _commands(trace: TraceReport, group: Group, invocation: Invocation) -> Iterator[str]:
    difference = group.examples[0].difference
    if difference.record is not None:
        yield f"  See it:     {_command('show', trace.path, '--select', str(difference.record))}"
    release = ("--release", trace.release) if trace.release else ()
    yield f"  Run again:  {_command('replay', trace.path, *release, *invocation.options)}"
    accept = _command("accept", trace.path, *invocation.options)
    if difference.truth is Truth.GOLDEN:
        yield f"  Review it:  {_command('review', trace.path, *invocation.options)}"
        yield f"  Accept it:  {accept}"
    elif trace.scenario and difference.shown.from_golden == []:
        yield f"  If meant:   {_record_again(trace)}"
    elif trace.scenario:
        yield f"  If meant:   {_record_again(trace)}, then {accept}"
    else:
        yield "  If meant:   it was measured on real code, so nothing can accept it"
    rule = f'fingerprint = "{group.key}", action = "known" and a reason'
    yield f"  Expect it:  a rule in {escape(invocation.rules_file)} with {rule}"


def _record_again(trace: TraceReport) -> str:
    """How to record a trace anew; its scenario is named by the trace, and found only beside it."""
    folder = trace.path.rpartition("/")[0]
    file, separator, name = trace.scenario.partition("::")
    beside = Path(folder, file)
    if beside.name == file and beside.is_file():
        return _command("record", f"{beside}{separator}{name}", "-o", folder or ".")
    return f"record {clipped(trace.scenario, _SHOWN_VALUE)} again"


def _others(run: RunReport, groups: Sequence[Group], invocation: Invocation) -> Iterator[str]:
    others = run.groups[1:] if groups else run.groups
    if others:
        begun = counted(sum(group.begun for group in others), "record")
        release = ("--release", invocation.release) if invocation.release else ()
        again = _command("replay", *invocation.paths, *release, *invocation.options, "-v")
        kinds = counted(len(others), "more kind")
        yield f"{kinds} of difference, beginning at {begun}: {again}"


def _problems(run: RunReport, invocation: Invocation) -> Iterator[str]:
    """What else is wrong, one line each: how much, the first, and what to run or do."""
    errors = [trace for trace in run.traces if trace.error is not None]
    if errors:
        first = errors[0]
        yield (
            f"{counted(len(errors), 'trace')} could not run, first {first.path}:"
            f" {clipped(_error_text(first), _SHOWN_REASON)}"
        )
        if first.hint:
            yield f"  {clipped(first.hint, _SHOWN_REASON)}"
    missing = [trace for trace in run.traces if trace.missing_golden]
    if missing:
        paths = invocation.paths if len(missing) > 1 else (missing[0].path,)
        yield (
            f"{counted(len(missing), 'trace')} without a golden, first {missing[0].path}:"
            f" {_command('accept', *paths, *invocation.options)}"
        )
    if run.unused_goldens:
        unused = counted(len(run.unused_goldens), "golden")
        remove = _command("accept", *invocation.paths, *invocation.options, "--remove-unused")
        yield f"{unused} that no trace uses, first {escape(str(run.unused_goldens[0]))}: {remove}"
    failing = [outcome for outcome in run.rules if outcome.status.fails]
    if failing:
        rule = failing[0].rule
        place = "" if rule.line is None else f" (line {rule.line})"
        file = escape(invocation.rules_file)
        yield (
            f"{counted(len(failing), 'rule')} of {file} failed, first number"
            f" {rule.number}{place}, {failing[0].status.value}:"
            f" {clipped(failing[0].why, _SHOWN_REASON)}"
        )
    absent = [trace for trace in run.traces if trace.first_not_modelled is not None]
    if absent:
        records = counted(sum(trace.not_modelled for trace in absent), "record")
        yield (
            f"{records} not modelled in {counted(len(absent), 'trace')}, first {absent[0].path}"
            f" {clipped(absent[0].first_not_modelled, _SHOWN_REASON)}: see necp-replay actions"
        )


def _error_text(trace: TraceReport) -> str:
    """The error without the path, which was said already."""
    text = trace.error or ""
    return text.removeprefix(f"{trace.path}: ")


def _command(*words: str) -> str:
    return shlex.join(("necp-replay", *words))
