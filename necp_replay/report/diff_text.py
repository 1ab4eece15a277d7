"""The text report of a comparison of two releases: the differences, grouped by fact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from necp_replay.outcomes.shell_text import command_line, shown_path
from necp_replay.releases.fact import shown_change
from necp_replay.releases.lineage import RELEASES, changed_in, path
from necp_replay.releases.profile import FACT_NAMES, facts
from necp_replay.replay.findings.groups import Example, Group
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.difference_text import followers_text
from necp_replay.report.failure_text import problem_lines
from necp_replay.report.fields_text import field_line, field_lines
from necp_replay.report.known_text import apart_parts, known_parts
from necp_replay.report.next_steps import minimize_command
from necp_replay.report.style import Style
from necp_replay.report.totals import totals_of
from necp_replay.report.words import counted

_ORDER: Final = {name: number for number, name in enumerate(FACT_NAMES)}
_NO_FACT: Final = -1


def diff_text(
    report: RunReport, style: Style, words: Sequence[str] = (), *, verbose: bool = False
) -> str:
    """The groups with their examples, the traces that could not run, and the totals.

    ``verbose`` shows all fields of the examples. Otherwise the last line is the command that would,
    with the options ``words``.
    """
    labels = (report.expected_label, report.actual_label)
    parts = []
    for number, group in enumerate(ordered_groups(report), 1):
        lines = [*_group_lines(number, group, labels, style)]
        for example in group.examples:
            lines += _example_lines(example, labels, style, verbose)
        parts.append("\n".join(lines))
    parts += [
        "\n".join([style.paint(trace.path, "bold"), *problem_lines(trace)])
        for trace in report.traces
        if trace.error is not None
    ]
    parts.append("\n".join(_closing_lines(report, style, words, verbose)))
    return "\n\n".join(parts)


def ordered_groups(report: RunReport) -> list[Group]:
    """The groups: first those without a fact, most frequent first, then by the order of facts."""
    return sorted(
        report.groups, key=lambda group: _NO_FACT if group.fact is None else _ORDER[group.fact]
    )


def fact_values(fact: str, labels: tuple[str, str]) -> str:
    """``False -> True``: how the value of a fact changes from one release to the other."""
    old, new = (getattr(RELEASES[label], fact) for label in labels)
    return shown_change(old, new)


def _group_lines(number: int, group: Group, labels: tuple[str, str], style: Style) -> Iterator[str]:
    found = (
        f"{counted(group.begun, 'record')} of {counted(group.traces, 'trace')}"
        f"{f', {group.followed:,} more follow' if group.followed else ''}"
    )
    if group.fact is None:
        kind = group.examples[0].difference.kind if group.examples else "unknown"
        yield style.paint(f"{number}. {kind}: no fact explains this", "bold")
        yield f"   fingerprint {group.key}: {found}"
        return
    fact = facts()[group.fact]
    yield style.paint(f"{number}. {fact.title}", "bold") + style.paint(f"  {fact.function}", "dim")
    width = max(map(len, labels))
    old, new = (getattr(RELEASES[label], fact.name) for label in labels)
    for label, meaning in zip(labels, fact.meanings_of(old, new), strict=True):
        yield f"   {label:{width}}  {meaning}"
    if len(path(*labels)) > 2:
        yield f"   changed in {', '.join(changed_in(fact.name, *labels))}"
    yield f"   {group.fact} {fact_values(group.fact, labels)}: {found}"


def _example_lines(
    example: Example, labels: tuple[str, str], style: Style, verbose: bool
) -> Iterator[str]:
    difference = example.difference
    where = "" if difference.record is None else f"record {difference.record} "
    if not verbose:
        line = field_line(difference.fields, style)
        yield f"   {example.trace} {where}{difference.kind}: {line}"
        return
    yield f"   {example.trace}"
    yield f"     {where}{difference.title}"
    if difference.chain.followers:
        yield f"     {followers_text(difference.chain.followers)}"
    yield from field_lines(difference.fields, labels, style, "       ")


def _closing_lines(
    report: RunReport, style: Style, words: Sequence[str], verbose: bool
) -> Iterator[str]:
    totals = totals_of(report.traces)
    labels = (report.expected_label, report.actual_label)
    different = totals.different
    unexplained = sum(group.begun for group in report.groups if group.fact is None)
    verb = "differs" if different == 1 else "differ"
    text = (
        f"{counted(totals.traces, 'trace')}, {counted(totals.records, 'record')}:"
        f" {different:,} {verb} between {report.expected_label} and {report.actual_label}"
    )
    apart = tuple(apart_parts(totals))
    text += "".join(f", {part}" for part in apart)
    if different or apart:
        facts = sum(group.fact is not None for group in report.groups)
        text += f", explained by {counted(facts, 'fact')}"
    if unexplained:
        text += f"; {unexplained:,} by none"
    expected = totals.expected + totals.expected_apart
    if expected:
        text += f"; {expected:,} more expected by rules"
    if totals.not_modelled:
        text += f"; {totals.not_modelled:,} not modelled"
    text += "".join(f"; {part}" for part in known_parts(totals))
    if totals.errors:
        text += f"; {counted(totals.errors, 'trace')} could not run"
    yield style.paint(text, "red" if totals.differs or totals.errors else "green")
    example = next((e for group in report.groups for e in group.examples), None)
    if example is not None and all(label in RELEASES for label in labels):
        command = command_line("necp-replay", "changelog", *labels)
        yield f"All changes: {command}"
        record = example.difference.record
        if record is not None:
            yield f"Make small: {minimize_command(shown_path(example.trace), labels, record)}"
    if example is not None and not verbose:
        pair = ("--from", labels[0], "--to", labels[1])
        command = command_line(
            "necp-replay", "diff", shown_path(example.trace), *pair, *words, "-v"
        )
        yield f"All fields: {command}"
