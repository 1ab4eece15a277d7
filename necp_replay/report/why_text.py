"""The answers to why something was dropped or failed, as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from necp_replay.importers.describe_call import action_name_of
from necp_replay.importers.errno_names import errno_text
from necp_replay.importers.log_facts import FactKind, LogFact
from necp_replay.outcomes.safe_text import escape
from necp_replay.releases.published import PUBLISHED
from necp_replay.report.explain_text import TreeLines, explanation_text
from necp_replay.report.style import Style
from necp_replay.report.words import counted
from necp_replay.why.answer import LogAnswer, LogAnswers


def why_text(found: LogAnswers, style: Style, lines: TreeLines) -> str:
    """All answers, one below the other."""
    parts = [
        "\n".join(_answer_lines(number, answer, found, style, lines))
        for number, answer in enumerate(found.answers, 1)
    ]
    things = counted(len(found.answers), "different thing")
    total = f"{found.entries:,} entries say {things} about NECP, answered for {found.release}"
    known = PUBLISHED.get(found.release)
    if known is not None:
        total += f" (macOS {known.macos}, iOS {known.ios})"
    if found.dropped:
        total += f"; {found.dropped:,} more entries say further things"
    if found.policies is not None and found.policies.lost:
        total += f"\n{found.policies.lost:,} calls or policies of {escape(found.policies.source)}"
        total += " could not be taken"
    return "\n\n".join([*parts, total])


def _answer_lines(
    number: int, answer: LogAnswer, found: LogAnswers, style: Style, lines: TreeLines
) -> Iterator[str]:
    finding = answer.finding
    fact = finding.fact
    yield style.paint(f"{number}. {fact_text(fact)}", "bold")
    where = f"{escape(finding.file)} line {fact.line:,}"
    if finding.count > 1:
        where += f", {finding.count:,} times up to line {finding.last_line:,}"
    yield f"   said in    {where}{f' at {escape(fact.time)}' if fact.time else ''}"
    for name, value in _details(fact):
        yield f"   {name:10} {escape(value)}"
    for position, cause in enumerate(answer.causes):
        yield f"   {'can be' if position == 0 else '':10} {cause}"
    if answer.scenario is not None:
        yield f"   scenario   {answer.scenario.name}"
        for position, assumed in enumerate(answer.scenario.assumed):
            yield f"   {'assumed' if position == 0 else '':10} {assumed}"
    if answer.explanation is not None:
        shown = replace(answer.explanation, trace=answer.scenario.name if answer.scenario else "")
        for line in explanation_text(shown, style, lines).splitlines():
            yield f"   {line}".rstrip()


def fact_text(fact: LogFact) -> str:
    """What a log says, on one line."""
    who = escape(fact.process) or "a process that is not named"
    if fact.pid is not None:
        who += f" ({fact.pid})"
    if fact.kind is FactKind.DROP:
        direction = f" {fact.direction}" if fact.direction else ""
        remote = f" {'to' if fact.direction != 'incoming' else 'from'} {escape(fact.remote)}"
        over = f" over {escape(fact.interface)}" if fact.interface else ""
        reason = f", reason {escape(fact.reason)}" if fact.reason else ""
        about = remote if fact.remote else ", whose addresses are not shown"
        return f"{who}: {fact.protocol}{direction} dropped{about}{over}{reason}"
    if fact.kind is FactKind.CALL_FAILED:
        call = action_name_of(fact.action) or fact.call
        error = errno_text(fact.errno) if fact.errno else "an error that is not named"
        return f"{who}: {call} failed with {error}"
    if fact.kind is FactKind.DENIED:
        return (
            f"{who}: {escape(fact.denied)} denied{f', so {fact.call} fails' if fact.call else ''}"
        )
    reason = f": {escape(fact.reason)}" if fact.reason else ""
    return f"{who}: {fact.kind.value}{reason}"


def _details(fact: LogFact) -> Iterator[tuple[str, str]]:
    if fact.client_id:
        yield "client", fact.client_id
    if fact.local:
        yield "local", fact.local
    if fact.parameters:
        yield (
            "parameters",
            ", ".join(f"{name} {value}".strip() for name, value in fact.parameters.items()),
        )
