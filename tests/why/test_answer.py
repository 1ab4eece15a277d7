"""From lines of a log to answers: what was said, what can be the cause, which policy decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.errors import ImportedFileError, UsageError
from necp_replay.explain.explanation import RecordExplanation
from necp_replay.releases.lineage import NEWEST, OLDEST, RELEASES
from necp_replay.scenario.run_all import ToRun, record_all
from necp_replay.why.answer import LogAnswers, answer_logs
from tests.importers.test_policy_dump import dump_of

DROP = (
    "tcp drop outgoing [192.168.1.5:50000<->10.0.0.9:443] interface: en0 so_error: 0"
    " process: curl:812 reason: NECP\n"
)
FAILED = "App[7] <Error>: Failed to copy updated result (22)\n"
ADD_FAILED = "App[7] <Error>: NECP_CLIENT_ACTION_ADD error [48: Address already in use]\n"


def answered(tmp_path: Path, text: str, release: str = NEWEST, **options: Path) -> LogAnswers:
    log = tmp_path / "log"
    log.write_text(text, "utf-8")
    return answer_logs([log], release, **options)


def recorded(tmp_path: Path, scenarios: str, release: str) -> list[str]:
    """Record the scenarios of a file. Returns their names; a failure is an error."""
    source = tmp_path / "skeleton.py"
    source.write_text(scenarios, "utf-8")

    def fail(error: Exception) -> None:
        raise error

    to_run = ToRun(source, tmp_path / "out", None, release)
    return [each.trace.stem for each in record_all(to_run, fail)]


@pytest.mark.parametrize("release", [OLDEST, NEWEST])
def test_what_is_written_runs_and_fails_as_the_log_says(tmp_path: Path, release: str) -> None:
    found = answered(tmp_path, DROP + FAILED + ADD_FAILED, release)
    assert recorded(tmp_path, found.scenarios, release) == [
        *("curl_drop_1", "app_call_failed_einval_2", "app_call_failed_eaddrinuse_3")
    ]
    assert "assert answer.errno == 22  # EINVAL" in found.scenarios
    assert "# No call that was tried gives EADDRINUSE" in found.scenarios


def test_the_same_thing_said_again_is_counted(tmp_path: Path) -> None:
    (answer,) = answered(tmp_path, f"{FAILED}something else\n{FAILED}").answers
    assert (answer.finding.count, answer.finding.fact.line, answer.finding.last_line) == (2, 1, 3)


def test_the_checks_that_give_the_errno_are_the_causes(tmp_path: Path) -> None:
    (answer,) = answered(tmp_path, FAILED).answers
    assert any("COPY_UPDATED_RESULT check 1: the buffer is NULL" in each for each in answer.causes)
    (answer,) = answered(tmp_path, ADD_FAILED).answers
    assert "no check that is known answers EADDRINUSE" in answer.causes[0]


def test_an_action_that_is_not_published_is_said(tmp_path: Path) -> None:
    line = "App[7] <Error>: NECP_CLIENT_ACTION_ADD_FLOW [22: Invalid argument]\n"
    (answer,) = answered(tmp_path, line, OLDEST).answers
    assert "does not have the action" in answer.causes[0]
    assert any("ADD_FLOW check 2" in each for each in answer.causes)


def explanation_of(found: LogAnswers) -> RecordExplanation:
    (answer,) = found.answers
    assert found.errors == []
    assert answer.explanation is not None
    return answer.explanation


SCENARIO = """
from necp_replay.scenario import System
from necp_replay.scenario.policies import drop, remote_address

def policies(system: System) -> None:
    owner = system.add_process(300, name="vpnd", privileged=True)
    session = owner.open_policy_session()
    session.add_policy(order=7, conditions=[remote_address("10.0.0.0/8")], result=drop())
    session.apply_all()
"""


def test_the_policy_of_a_dump_that_decides_is_explained(tmp_path: Path) -> None:
    (tmp_path / "dump").write_bytes(dump_of(NEWEST))
    found = answered(tmp_path, DROP, policies=tmp_path / "dump")
    evaluation = str(explanation_of(found))
    assert "DROP" in evaluation
    assert "vpnd" in evaluation


def test_policies_of_a_scenario_and_of_its_trace_are_explained(tmp_path: Path) -> None:
    scenario = tmp_path / "policies.py"
    scenario.write_text(SCENARIO, "utf-8")
    of_scenario = explanation_of(answered(tmp_path, DROP, policies=scenario))
    assert "DROP" in str(of_scenario)
    (made,) = record_all(ToRun(scenario, tmp_path, None, NEWEST), lambda error: None)
    trace = tmp_path / "policies.necptrace"
    trace.write_bytes(made.recorded.content)
    of_trace = explanation_of(answered(tmp_path, DROP, policies=trace))
    assert of_trace.title == of_scenario.title


def test_policies_that_are_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "policies").write_text("necp_open(0) = 4\n", "utf-8")
    with pytest.raises(ImportedFileError, match="adds no policy"):
        answered(tmp_path, DROP, policies=tmp_path / "policies")


@pytest.mark.parametrize("text", ["", "hello\n" * 9])
def test_a_log_about_something_else_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ImportedFileError, match="says anything about NECP"):
        answered(tmp_path, text)


def test_a_release_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        answered(tmp_path, DROP, "xnu-1.2.3")


HOSTILE = (
    'tcp drop outgoing [1.2.3.4:1<->5.6.7.8:2] interface: "); import os # so_error: 0 process:'
    ' a"""\\n\'"); raise SystemExit(3):9 reason: NECP',
    'System Policy: \')+("""(7) deny(1) system-necp-client-action \'"; exit()',
    'tcp drop outgoing [::1%"):1<->fe80::\\":2] interface: en99999 process: \x1b[2J:1 reason: NECP',
    'App[7] <Error>: NECP_CLIENT_ACTION_ADD error [999: """ ]',
    "tcp drop outgoing [224.0.0.1:99999<->0.0.0.0:0] interface: en0 process: x:99999999999 NECP",
)


def test_hostile_text_of_a_log_cannot_leave_its_place_in_the_code(tmp_path: Path) -> None:
    found = answered(tmp_path, "\n".join(HOSTILE) + "\n")
    assert len(found.answers) == len(HOSTILE)
    scenarios = [each.scenario.name for each in found.answers if each.scenario is not None]
    assert recorded(tmp_path, found.scenarios, NEWEST) == scenarios
    assert len(scenarios) == len(HOSTILE)


def test_thousands_of_different_things_are_bounded(tmp_path: Path) -> None:
    lines = [FAILED.replace("App[7]", f"App[{number}]") for number in range(1, 400)]
    found = answered(tmp_path, "".join(lines).replace("(22)", "(99)"))
    assert (len(found.answers), found.dropped) == (200, 199)


def test_every_modelled_release_answers(tmp_path: Path) -> None:
    for release in RELEASES:
        assert answered(tmp_path, DROP, release).release == release
