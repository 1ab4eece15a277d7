"""Rules that could match every difference are refused; those that hide much are warned about."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from necp_replay.errors import RulesError
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.render_input import KINDS
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.releases.profile import FACT_NAMES
from necp_replay.rules.book import RuleBook
from necp_replay.rules.project import Project, project_of
from necp_replay.rules.status import RuleStatus, RunScope, rule_results
from necp_replay.rules.table import rule_of

LAYERS = str([layer.value for layer in Layer])
OLD_LAYERS = str(
    sorted({layer.value for layer in Layer} - {"clients and fds", "policies and agents"})
)
SOME_LAYERS, OTHER_LAYERS = (
    str([layer.value for layer in part]) for part in (list(Layer)[:3], list(Layer)[3:])
)
EVERY_KIND = str([*KINDS, "final state", "state"])
IN_FOLDERS = str([f"*/{letter}*" for letter in "abcdefghijklmnopqrstuvwxyz"])
LETTERS = str([f"{letter}*" for letter in "abcdefghijklmnopqrstuvwxyz"])


def project(*rules: str) -> Project:
    text = "\n".join(
        f'[[expected]]\nreason = "a reason"\naction = "known"\n{rule}' for rule in rules
    )
    return project_of(Path("necp-replay.toml"), text)


@pytest.mark.parametrize(
    "rule",
    [
        'field = "*"',
        'trace = "*"',
        'record = "*"',
        'field = "**"',
        'trace = "?*"',
        'record = "*?"',
        'record = ["REMOVE", "*"]',
        f"layer = {LAYERS}",
        f"layer = {OLD_LAYERS}",
        f"record = {EVERY_KIND}",
        f"record = {LETTERS}",
        f'fact = {sorted(FACT_NAMES)}\nfrom = "xnu-4570.41.2"',
        'field = "*"\ntrace = "*"\nrecord = "*"',
        f'field = "*"\nlayer = {LAYERS}',
        'trace = "*"\nrelease = "xnu-4570.51.1"',
        'trace = "*"\ncount = 7\nexpires = 2027-01-01',
        'trace = "*/*"',
        'trace = "**/*"',
        'trace = "?*/?*/*"',
        'trace = "????*"',
        'trace = ["*/*", "client/add"]',
        'trace = "*.*"',
        'field = "* > *"',
        'field = "*>*"',
        'field = "? ? ?"',
        f"trace = {LETTERS}",
        f"trace = {IN_FOLDERS}",
        f"field = {LETTERS}",
        'trace = "*/*"\nfield = "*"',
    ],
)
def test_a_rule_that_could_match_every_difference_is_refused(rule: str) -> None:
    with pytest.raises(RulesError, match="number 2: it matches every difference") as raised:
        project('fingerprint = "0123456789"', rule)
    assert raised.value.line == 5


def test_the_same_is_refused_whatever_the_action_hides() -> None:
    for action in ('"ignored"', '"tolerated"\ntolerance = 99999999'):
        text = f'[[expected]]\nreason = "r"\naction = {action}\nfield = "*"\n'
        with pytest.raises(RulesError, match="matches every difference"):
            project_of(Path("necp-replay.toml"), text)


@pytest.mark.parametrize(
    "rules",
    [
        (f"layer = {SOME_LAYERS}", f"layer = {OTHER_LAYERS}"),
        ('record = ["necp_*", "net*", "*A*", "*o*"]', 'record = ["*E*", "*i*", "*S*"]'),
    ],
    ids=["layers", "records"],
)
def test_rules_that_match_every_difference_together_are_refused(rules: tuple[str, ...]) -> None:
    with pytest.raises(RulesError, match="numbers 1, 2: together they match every difference"):
        project(*rules)


@pytest.mark.parametrize(
    "rule",
    [
        'record = "REMOVE"',
        'field = "* > FLAGS"',
        'trace = "client/*"',
        'field = "*"\nlayer = "effects"',
        'trace = "*/remove*"',
        'trace = "[!x]*"',
        'field = "*_id"',
        'trace = "*"\nfingerprint = "0123456789"',
    ],
)
def test_a_rule_that_narrows_something_is_taken(rule: str) -> None:
    assert len(project(rule, rule.replace("REMOVE", "ADD")).rules) == 2


def warning_of(rule: dict[str, object], hidden: int, different: int) -> tuple[float, str]:
    parsed = rule_of({"reason": "r", "action": "known", **rule}, 1, 1)
    report = TraceReport("traces/a.necptrace", "r1", records=99, different=different)
    report.expected, report.hidden = hidden, {1: hidden}
    (outcome,) = rule_results(
        RuleBook((parsed,), date(2026, 1, 1)), [report], RunScope(["a"], complete=True)
    )
    return outcome.share, outcome.warning


def test_a_rule_that_hides_more_than_half_of_what_differs_is_warned_about() -> None:
    share, warning = warning_of({"record": "ADD"}, hidden=6, different=4)
    assert share == 0.6
    assert "hides 60% of the 10 records that differ, more than 50%" in warning


@pytest.mark.parametrize(
    ("rule", "different"),
    [
        ({"record": "ADD"}, 6),
        ({"record": "ADD", "count": 6}, 0),
        ({"fingerprint": "0123456789"}, 0),
    ],
)
def test_a_rule_that_hides_little_or_says_what_it_expects_is_not(
    rule: dict[str, object], different: int
) -> None:
    assert warning_of(rule, hidden=6, different=different)[1] == ""


@pytest.mark.parametrize(
    ("rules", "names", "expected"),
    [
        (({"trace": "client/*"},), ["client/a", "client/b"], [RuleStatus.TOO_WIDE]),
        (({"trace": ["a", "b"]},), ["a", "b"], [RuleStatus.TOO_WIDE]),
        (({"trace": "*a*", "count": 2},), ["ca", "ab"], [RuleStatus.TOO_WIDE]),
        (({"trace": "c/*"}, {"trace": "d/*"}), ["c/a", "d/b"], [RuleStatus.TOO_WIDE] * 2),
        (({"trace": "client/*"},), ["client/a", "b"], [RuleStatus.APPLIED]),
        (({"trace": "a"},), ["a"], [RuleStatus.APPLIED]),
        (({"trace": "*a*", "record": "ADD"},), ["ca", "ab"], [RuleStatus.APPLIED]),
        (({"trace": "*a*", "fingerprint": "0123456789"},), ["ca", "ab"], [RuleStatus.APPLIED]),
    ],
)
def test_a_rule_that_matched_every_difference_of_every_trace_fails_a_complete_run(
    rules: tuple[dict[str, object], ...], names: list[str], expected: list[RuleStatus]
) -> None:
    tables = [{"reason": "r", "action": "known", **rule} for rule in rules]
    book = RuleBook(
        tuple(rule_of(table, number, number) for number, table in enumerate(tables, 1)),
        date(2026, 1, 1),
    )
    reports = []
    for name in names:
        report = TraceReport(f"traces/{name}.necptrace", "r1", records=9)
        report.expected = len(rules)
        report.hidden = {rule.number: 1 for rule in book.rules}
        reports.append(report)
    judged = rule_results(book, reports, RunScope(names, complete=True))
    assert [each.status for each in judged] == expected
    assert all(each.status.fails is (each.status is RuleStatus.TOO_WIDE) for each in judged)
    partly = rule_results(book, reports, RunScope(names, complete=False))
    assert {each.status for each in partly} == {RuleStatus.APPLIED}
