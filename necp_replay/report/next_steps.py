"""The last lines of a failing replay: where to start, what else is wrong, which commands to run.

In the log of a CI job people see the end first. So these lines can be understood on their own: they
name the likely fact, the trace, the record and the commands, and are at most about 25.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.outcomes.record_difference import RecordDifference, Truth
from necp_replay.outcomes.report_table import notable_of
from necp_replay.outcomes.safe_text import escape
from necp_replay.outcomes.shell_text import command_line, path_word, shown_path
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.findings.groups import Example, Group
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.by_meaning import by_meaning
from necp_replay.report.difference_text import fact_text, golden_text, place_of, side_labels
from necp_replay.report.failure_text import options_of_accept
from necp_replay.report.fields_text import clipped, two_values
from necp_replay.report.groups_text import found_text
from necp_replay.report.headline import headline
from necp_replay.report.style import Style
from necp_replay.report.words import counted
from necp_replay.trace.find import PROJECT_FILE

# The most fields, characters of a value, and characters of a reason. With these the last lines are
# one screen, whatever the differences are.
_SHOWN_FIELDS: Final = 3
_SHOWN_VALUE: Final = 100
_SHOWN_REASON: Final = 160
_SHOWN_HINT: Final = 1_000
"""A hint has commands, which have to be whole."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """The paths and options of a replay, from which the next commands are made.

    ``options`` are words such as ``--golden``, ``DIR``. They mean the same for ``replay``,
    ``review`` and ``accept``. ``release`` is the one of ``--release``, None without it.
    ``keeps_apart`` says that an engine of one's own ran and was compared with the project's
    goldens, which must not get its answers.
    """

    paths: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    rules_file: str = PROJECT_FILE
    release: str | None = None
    keeps_apart: bool = False


def next_steps(run: RunReport, style: Style, invocation: Invocation) -> str:
    """The lines. Empty if nothing failed."""
    lines: list[str] = []
    groups = [group for group in run.groups if group.examples]
    first = _first_to_read(run, groups) if groups else None
    if first is not None:
        lines += _start(run, first, style, invocation)
    also = [*_others(run, first, invocation), *_problems(run, invocation)]
    if also and lines:
        lines.append(style.paint("Also", "bold"))
    elif also:
        lines.append(style.paint("What to do", "bold"))
    lines += (f"  {line}" for line in also)
    return "\n".join(lines)


def _first_to_read(run: RunReport, groups: Sequence[Group]) -> Group:
    """The group whose first example is read first.

    Of the causes that begin at least half as many chains as the most frequent one, it is a group
    whose example is from a scenario, and from the shortest trace: that reads fastest, and its name
    says what it is about.
    """
    most = max(cause.begun for cause in run.causes)
    frequent = [
        group
        for cause in run.causes
        if 2 * cause.begun >= most
        for group in cause.groups
        if group.examples
    ]

    def effort(group: Group) -> tuple[bool, int]:
        trace = _trace_of(run, group.examples[0])
        return not trace.scenario, trace.records

    return min(frequent or groups, key=effort)


def _start(run: RunReport, group: Group, style: Style, invocation: Invocation) -> Iterator[str]:
    """The first example of a group, and the commands for it."""
    example = group.examples[0]
    difference = example.difference
    on = f" on {example.release}" if example.release else ""
    yield style.paint(f"Start with {example.trace} {place_of(difference)}{on}", "bold")
    yield f"  {clipped(difference.title, _SHOWN_REASON)}"
    labels = side_labels(run, difference)
    for field in by_meaning(difference.fields)[:_SHOWN_FIELDS]:
        yield from two_values(field, labels, style, "    ", _SHOWN_VALUE)
    more = len(difference.fields) - _SHOWN_FIELDS
    if more > 0:
        yield f"    and {counted(more, 'more field')}"
    golden = golden_text(difference, style)
    if golden is not None:
        yield f"    {golden}"
    kinds = len(run.groups)
    rank = "The only kind of difference" if kinds == 1 else f"One of {kinds:,} kinds"
    if kinds > 1 and group is run.groups[0]:
        rank = f"The most frequent of {kinds:,} kinds"
    yield f"  {rank}: it begins at {found_text(group)}."
    fact = fact_text(run, group)
    if fact is not None:
        yield f"  {style.paint('Likely fact', 'bold')}: {fact}"
    same = len(_same_cause(run, group)) - 1
    if same:
        verb = "has" if same == 1 else "have"
        yield f"  {counted(same, 'more kind')} of difference {verb} the same likely fact."
    yield from _commands(_trace_of(run, example), group, invocation)


def _trace_of(run: RunReport, example: Example) -> TraceReport:
    """The report of the example's trace on the example's release."""
    found = (example.trace, example.release)
    return next(trace for trace in notable_of(run.traces) if (trace.path, trace.release) == found)


def _commands(trace: TraceReport, group: Group, invocation: Invocation) -> Iterator[str]:
    difference = group.examples[0].difference
    path = shown_path(trace.path)
    if difference.record is not None:
        yield f"  See it:     {_command('show', path, '--select', str(difference.record))}"
        if is_explained(difference):
            words = ("--record", str(difference.record))
            on = ("--release", trace.release) if invocation.release else ()
            yield f"  Explain it: {_command('explain', path, *words, *on)}"
    release = ("--release", trace.release) if trace.release else ()
    if difference.record is not None:
        words = ("--record", str(difference.record), *release, *_words_of_minimize(invocation))
        yield f"  Make small: {_command('minimize', path, *words, '-o', SMALL_TRACE)}"
    yield f"  Run again:  {_command('replay', path, *release, *invocation.options)}"
    accept = _command("accept", path, *invocation.options)
    if difference.truth is Truth.GOLDEN and invocation.keeps_apart:
        yield f"  Keep it:    {_command('accept', path, *options_of_accept(invocation.options))}"
        yield "              in goldens of this engine; those of the project stay as they are"
    elif difference.truth is Truth.GOLDEN:
        yield f"  Review it:  {_command('review', path, *invocation.options)}"
        yield f"  Accept it:  {accept}"
    elif trace.scenario and (trace.without_golden or difference.shown.from_golden == []):
        yield f"  Intended:   {_record_again(trace)}"
    elif trace.scenario:
        yield f"  Intended:   {_record_again(trace)}, then {accept}"
    elif trace.is_measured:
        yield "  Intended:   not possible, the outcome was measured on the real code"
    else:
        yield "  Intended:   make the trace again; it holds the outcome that was recorded"
    if trace.without_golden is not None and not (
        {"--rules", "--no-golden"} & {*invocation.options}
    ):
        return  # No rule of a project applies to it.
    rule = f'fingerprint = "{group.key}", action = "known" and a reason'
    yield f"  Expect it:  a rule in {escape(invocation.rules_file)} with {rule}"


def minimize_command(trace: str | Path, releases: tuple[str, str], record: int) -> str:
    """The command that minimizes a record in which two releases differ."""
    pair = ("--from", releases[0], "--to", releases[1])
    return _command("minimize", trace, "--record", str(record), *pair, "-o", SMALL_TRACE)


def _words_of_minimize(invocation: Invocation) -> tuple[str, ...]:
    """The options for an engine and for goldens, without those that are about rules."""
    words = invocation.options
    chosen = ("--engine", "--engine-limit", "--golden", "--record-limit")
    return tuple(
        word
        for place, word in enumerate(words)
        if word in chosen or (place and words[place - 1] in chosen)
    )


def is_explained(difference: RecordDifference) -> bool:
    """Whether ``explain`` has something to say about the record of a difference.

    That is so for a call that failed, for one that names a client, and for what evaluates clients.
    """
    statuses = [each.actual for each in difference.fields if each.path == "status"]
    return any(map(is_failure, statuses)) or is_about_clients(difference.kind, difference.title)


def is_failure(status: str | None) -> bool:
    """Whether the status of a record is that of a call that failed."""
    return status is not None and bool(_ERRNO.match(status))


def is_about_clients(kind: str, title: str) -> bool:
    """Whether a record names a client or evaluates some."""
    return kind in _EVALUATING or bool(_NAMES_CLIENT.search(title))


SMALL_TRACE: Final = "small.necptrace"
"""The name of the trace that a suggested ``minimize`` writes."""
_AT_STEP: Final = re.compile(r"step \d+: ")
"""Begins the error of a program that failed at one of the records of a trace."""
_ERRNO: Final = re.compile(r"E[A-Z0-9]+\b")
_EVALUATING: Final = ("ADD", "timer_fire", "necp_match_policy")
_NAMES_CLIENT: Final = re.compile(r"\bclient=#\d")


def _record_again(trace: TraceReport) -> str:
    """How to record a trace again.

    The trace names its scenario, but without a folder. The command is complete only if the file of
    the scenario is in the folder of the trace.
    """
    folder = shown_path(trace.path).rpartition("/")[0]
    file, separator, name = trace.scenario.partition("::")
    beside = Path(folder, file)
    if beside.name == file and beside.is_file():
        return _command("record", f"{beside}{separator}{name}", "-o", folder or ".")
    return f"record {clipped(trace.scenario, _SHOWN_VALUE)} again"


def _same_cause(run: RunReport, group: Group) -> tuple[Group, ...]:
    """The groups with the same cause as a group, itself among them."""
    return next(cause.groups for cause in run.causes if group in cause.groups)


def _others(run: RunReport, first: Group | None, invocation: Invocation) -> Iterator[str]:
    told = () if first is None else _same_cause(run, first)
    others = [group for group in run.groups if group not in told]
    if others:
        begun = counted(sum(group.begun for group in others), "record")
        release = ("--release", invocation.release) if invocation.release else ()
        again = _command("replay", *_paths(invocation), *release, *invocation.options, "-v")
        kinds = counted(len(others), "more kind")
        yield f"{kinds} of difference, beginning at {begun}: {again}"


def _problems(run: RunReport, invocation: Invocation) -> Iterator[str]:
    """One line for each other kind of problem: how many, the first, and what to do."""
    errors = [trace for trace in notable_of(run.traces) if trace.error is not None]
    if errors:
        first = errors[0]
        yield (
            f"{counted(len(errors), 'trace')} could not run, first {first.path}:"
            f" {clipped(headline(run, first), _SHOWN_REASON)}"
        )
        if first.hint:
            yield f"  {clipped(first.hint, _SHOWN_HINT)}"
        words = _words_of_minimize(invocation)
        if "--engine" in words and _AT_STEP.match(first.error or ""):
            release = ("--release", first.release) if first.release else ()
            path = shown_path(first.path)
            small = _command("minimize", path, *release, *words, "-o", SMALL_TRACE)
            yield f"  Make small: {small}"
    missing = [trace for trace in notable_of(run.traces) if trace.missing_golden]
    if missing:
        one = (shown_path(missing[0].path),)
        paths = one if len(missing) == 1 else _paths(invocation)
        yield (
            f"{counted(len(missing), 'trace')} without a golden, first {missing[0].path}:"
            f" {_command('accept', *paths, *options_of_accept(invocation.options))}"
        )
    if run.unused_goldens and not invocation.keeps_apart:
        unused = counted(len(run.unused_goldens), "golden")
        remove = _command("accept", *_paths(invocation), *invocation.options, "--remove-unused")
        yield f"{unused} without a trace, first {escape(str(run.unused_goldens[0]))}: {remove}"
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
    absent = [trace for trace in notable_of(run.traces) if trace.first_not_modelled is not None]
    if absent:
        records = counted(sum(trace.not_modelled for trace in absent), "record")
        yield (
            f"{records} not modelled in {counted(len(absent), 'trace')}, first {absent[0].path}"
            f" {clipped(absent[0].first_not_modelled, _SHOWN_REASON)}: see necp-replay actions"
        )


def _paths(invocation: Invocation) -> tuple[str, ...]:
    return tuple(map(path_word, invocation.paths))


def _command(*words: str | Path) -> str:
    return command_line("necp-replay", *words)
