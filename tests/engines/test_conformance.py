"""`necp-replay check-engine`: our engine passes, and each broken rule is named."""

from __future__ import annotations

import shlex

import pytest

from tests.cli.workplace import OLD, Workplace
from tests.engines.programs import odd_command, serve_command


@pytest.mark.parametrize("more", [(), ("--release", OLD)], ids=["newest", "older"])
def test_our_engine_follows_the_protocol(workplace: Workplace, more: tuple[str, ...]) -> None:
    printed = workplace.run("check-engine", serve_command(), "--records", "300", *more)
    assert printed.status == 0, printed.out
    assert "BROKEN" not in printed.out
    assert "all" in printed.out.splitlines()[-1]


@pytest.mark.parametrize(
    ("misbehaviour", "status", "broken"),
    [
        pytest.param("outcome.errno = 99", 1, set(), id="another errno"),
        pytest.param("outcome = Outcome(answer=Absent('later'))", 3, set(), id="not modelled"),
        pytest.param(
            "outcome.errno = time.time_ns()", 2, {"starts again after a reset"}, id="time"
        ),
        pytest.param(
            "os._exit(1)",
            2,
            {
                "answers every step with an outcome",
                "starts again after a reset",
                "shows its state",
                "answers a long series of steps",
            },
            id="crash",
        ),
    ],
)
def test_each_broken_rule_is_named(
    workplace: Workplace, misbehaviour: str, status: int, broken: set[str]
) -> None:
    command = odd_command(workplace.root, misbehaviour)
    arguments = ("check-engine", command, "--records", "30", "--format", "json")
    printed = workplace.run(*arguments)
    assert printed.status == status
    found = printed.json()
    assert {rule["rule"] for rule in found["rules"] if not rule["kept"]} == broken


def test_a_program_that_says_nothing_fails_at_hello(workplace: Workplace) -> None:
    printed = workplace.run("check-engine", "true", "--format", "json")
    assert printed.status == 2
    (rule,) = printed.json()["rules"]
    assert rule["rule"] == "says hello"


def test_the_first_difference_of_each_kind_is_shown_with_commands_that_show_it(
    workplace: Workplace,
) -> None:
    command = odd_command(workplace.root, "outcome.errno = 99")
    printed = workplace.run("check-engine", command, "--records", "30")
    assert printed.status == 1
    lines = printed.out.splitlines()
    (at,) = [n for n, line in enumerate(lines) if ", first at record 3" in line]
    shown = lines[at + 1].strip()
    assert any(line.split()[:1] == ["ours"] for line in lines[at:])
    assert any("99" in line for line in lines[at:] if line.split()[:1] == ["program"])
    generate, replay = (
        shlex.split(line)[1:] for line in lines[lines.index("See all of them:") + 1 :]
    )
    assert workplace.run(*generate).status == 0
    again = workplace.run(*replay)
    assert again.status == 1
    assert shown in again.out
