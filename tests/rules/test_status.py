"""Each rule has a status after a run, and unused rules make it fail."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.rules.book import RuleBook
from necp_replay.rules.status import RuleResult, RuleStatus, RunScope, rule_results
from necp_replay.rules.table import rule_of

OLD = "xnu-4570.41.2"
NEW = "xnu-4570.51.1"
TODAY = date(2027, 1, 31)
FULL = {"complete": True}


def judge(
    table: dict[str, Any],
    hidden: int = 0,
    *,
    error: str | None = None,
    releases: tuple[str, str] = (NEW, OLD),
    **scope: Any,
) -> RuleResult:
    """Judge one rule after a run over traces a/x, in which it hid ``hidden`` records, and b/y."""
    rule = rule_of({"reason": "because", **table}, 1, None)
    first, second = (
        TraceReport(name, release) for name, release in zip("ab", releases, strict=True)
    )
    first.hidden = {1: hidden} if hidden else {}
    first.error = error
    run = RunScope(["a/x", "b/y"], **scope)
    (outcome,) = rule_results(RuleBook((rule,), TODAY), [first, second], run)
    return outcome


IGNORED = {"action": "ignored", "field": "f"}
KNOWN = {"action": "known", "record": "ADD"}
PAIR = {"pair": (OLD, NEW)}
YESTERDAY = date(2027, 1, 30)


@pytest.mark.parametrize(
    ("table", "hidden", "run", "status"),
    [
        pytest.param(IGNORED, 3, FULL, RuleStatus.APPLIED, id="applied"),
        pytest.param(IGNORED, 3, {}, RuleStatus.APPLIED, id="applied in an incomplete run"),
        pytest.param(IGNORED, 0, FULL, RuleStatus.UNUSED, id="hid nothing"),
        pytest.param(KNOWN, 0, FULL, RuleStatus.VANISHED, id="known difference did not occur"),
        pytest.param(IGNORED, 0, {}, RuleStatus.NOT_JUDGED, id="traces left out"),
        pytest.param(
            IGNORED, 0, FULL | {"error": "x"}, RuleStatus.NOT_JUDGED, id="trace could not run"
        ),
        pytest.param(
            IGNORED | {"trace": "b/*"},
            0,
            FULL | {"error": "x"},
            RuleStatus.UNUSED,
            id="another trace could not run",
        ),
        pytest.param(
            IGNORED | {"trace": "c/*"}, 0, FULL, RuleStatus.UNUSED, id="no trace of the name"
        ),
        pytest.param(
            IGNORED,
            0,
            FULL | {"own_release": False},
            RuleStatus.NOT_JUDGED,
            id="not on the recorded release",
        ),
        pytest.param(
            IGNORED | {"release": NEW}, 0, FULL, RuleStatus.NOT_JUDGED, id="traces on two releases"
        ),
        pytest.param(
            IGNORED | {"release": NEW, "trace": "a/*"},
            0,
            FULL,
            RuleStatus.UNUSED,
            id="its traces on its release",
        ),
        pytest.param(
            IGNORED | {"release": NEW},
            0,
            FULL | {"own_release": False, "releases": (NEW, NEW)},
            RuleStatus.UNUSED,
            id="all traces on its release",
        ),
        pytest.param(IGNORED | {"count": 3}, 3, FULL, RuleStatus.APPLIED, id="counted"),
        pytest.param(IGNORED | {"count": 3}, 2, FULL, RuleStatus.MISCOUNTED, id="too few"),
        pytest.param(IGNORED | {"count": 3}, 4, FULL, RuleStatus.MISCOUNTED, id="too many"),
        pytest.param(IGNORED | {"count": 3}, 2, {}, RuleStatus.APPLIED, id="some of the traces"),
        pytest.param(IGNORED | {"expires": TODAY}, 3, FULL, RuleStatus.APPLIED, id="last day"),
        pytest.param(IGNORED | {"expires": YESTERDAY}, 0, {}, RuleStatus.EXPIRED, id="expired"),
        pytest.param(
            IGNORED | {"action": "exact"}, 0, FULL, RuleStatus.GUARDS, id="exact hides nothing"
        ),
        pytest.param(IGNORED, 0, FULL | PAIR, RuleStatus.OTHER_RUN, id="for replay, in a diff"),
        pytest.param(
            IGNORED | {"from": OLD, "expires": YESTERDAY},
            0,
            FULL,
            RuleStatus.OTHER_RUN,
            id="for diff, in a replay",
        ),
        pytest.param(
            IGNORED | {"to": OLD}, 0, FULL | PAIR, RuleStatus.OTHER_RUN, id="for another pair"
        ),
        pytest.param(KNOWN | {"to": NEW}, 0, FULL | PAIR, RuleStatus.VANISHED, id="for this pair"),
    ],
)
def test_the_status_of_a_rule(
    table: dict[str, Any], hidden: int, run: dict[str, Any], status: RuleStatus
) -> None:
    outcome = judge(table, hidden, **run)
    assert outcome.status is status
    assert bool(outcome.why) == (status not in (RuleStatus.APPLIED, RuleStatus.GUARDS))


@pytest.mark.parametrize("status", list(RuleStatus), ids=lambda status: status.name)
def test_a_run_fails_for_rules_with_a_failing_status(status: RuleStatus) -> None:
    rule = rule_of({"reason": "because", **IGNORED}, 1, None)
    report = RunReport(
        "replay",
        "recorded",
        "replayed",
        [TraceReport("t", NEW)],
        rules=[RuleResult(rule, 0, 0, status)],
    )
    assert report.exit_status == int(status.fails)


def test_an_unused_golden_is_status_1_and_an_error_status_2() -> None:
    trace = TraceReport("t", NEW)
    report = RunReport("replay", "recorded", "replayed", [trace], unused_goldens=[Path("g")])
    assert report.exit_status == 1
    trace.error = "cut short"
    assert report.exit_status == 2
