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
from tests.releases_apart import APART, put_under_way

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


@pytest.mark.parametrize("release", [OLDEST, "xnu-8019.61.5"])
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
    (answer,) = answered(tmp_path, ADD_FAILED, "xnu-7195.101.1").answers
    assert "no check that is known answers EADDRINUSE" in answer.causes[0]


def test_a_port_that_another_listener_has_is_a_cause_where_ports_are_reserved(
    tmp_path: Path,
) -> None:
    found = answered(tmp_path, ADD_FAILED, "xnu-11417.121.6")
    (answer,) = found.answers
    assert "a port of TCP or UDP that another listener has" in answer.causes[0]
    assert "assert answer.errno == 48" in found.scenarios
    assert len(recorded(tmp_path, found.scenarios, "xnu-11417.121.6")) == 1


def test_a_client_that_needs_a_privilege_is_reproduced(tmp_path: Path) -> None:
    line = "App[7] <Error>: NECP_CLIENT_ACTION_ADD error [1: Operation not permitted]\n"
    found = answered(tmp_path, line, "xnu-11417.121.6")
    (answer,) = found.answers
    assert any("without PRIV_NET_CUSTOM_PROTOCOL" in each for each in answer.causes)
    assert "assert answer.errno == 1" in found.scenarios
    assert len(recorded(tmp_path, found.scenarios, "xnu-11417.121.6")) == 1


@pytest.mark.parametrize("release", ["xnu-8019.61.5", "xnu-8019.80.24", "xnu-11417.121.6"])
def test_an_observer_that_needs_a_privilege_is_reproduced(tmp_path: Path, release: str) -> None:
    line = "App[7] <Error>: nw_path_necp_fd necp_open failed [13: Permission denied]\n"
    found = answered(tmp_path, line, release)
    (answer,) = found.answers
    is_cause = any("network statistics" in each for each in answer.causes)
    is_reproduced = "necp_open(OpenFlag.OBSERVER)" in found.scenarios
    assert (is_cause, is_reproduced) == (release != "xnu-8019.61.5",) * 2
    assert len(recorded(tmp_path, found.scenarios, release)) == 1


def test_an_action_that_is_not_published_is_said(tmp_path: Path) -> None:
    line = "App[7] <Error>: NECP_CLIENT_ACTION_ADD_FLOW [22: Invalid argument]\n"
    (answer,) = answered(tmp_path, line, OLDEST).answers
    assert "does not have the action" in answer.causes[0]
    assert any("ADD_FLOW check 2" in each for each in answer.causes)


ADD_FLOW = "App[7] <Error>: NECP_CLIENT_ACTION_ADD_FLOW [{}: something]\n"


@pytest.mark.parametrize("release", ["xnu-8019.80.24", "xnu-10063.141.1", "xnu-11417.121.6"])
@pytest.mark.parametrize(
    ("errno", "cause"),
    [
        (1, "flow switch: a policy module denies the connection or the listener"),
        (17, "flow switch: another flow has the same addresses, ports and protocol"),
        (22, "flow switch: the addresses are of two families"),
        (48, "flow switch: a socket, a listener or another flow has the local port"),
    ],
)
def test_what_an_agent_answers_to_a_flow_is_told_and_reproduced_on_releases_of_today(
    tmp_path: Path, release: str, errno: int, cause: str
) -> None:
    found = answered(tmp_path, ADD_FLOW.format(errno), release)
    (answer,) = found.answers
    assert any(each.startswith(cause) for each in answer.causes)
    assert f"assert answer.errno == {errno}" in found.scenarios
    assert len(recorded(tmp_path, found.scenarios, release)) == 1


def test_what_later_source_says_of_agents_is_marked_as_later(tmp_path: Path) -> None:
    (answer,) = answered(tmp_path, ADD_FLOW.format(48), "xnu-7195.101.1").answers
    assert answer.causes[0].startswith("flow switch, as published from xnu-8019.80.24 on:")


def test_logs_are_answered_for_releases_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_under_way(monkeypatch)
    found = answered(tmp_path, DROP + FAILED, APART)
    assert len(recorded(tmp_path, found.scenarios, APART)) == 2


def test_a_check_that_a_release_does_not_have_is_no_cause(tmp_path: Path) -> None:
    line = "App[7] <Error>: NECP_CLIENT_ACTION_REMOVE [{}: something]\n"
    for release, errno, is_cause in [
        (OLDEST, 1, False),
        ("xnu-8019.41.5", 1, True),
        ("xnu-4570.41.2", 2, False),
        ("xnu-4570.51.1", 2, True),
    ]:
        (answer,) = answered(tmp_path, line.format(errno), release).answers
        assert ("no check that is known" not in answer.causes[0]) is is_cause, (release, errno)


DENIED_ACTION = "Sandbox: App(7) deny(1) system-necp-client-action NECP_CLIENT_ACTION_COPY_RESULT\n"
DENIED_OPEN = "Sandbox: App(7) deny(1) necp-client-open\n"


@pytest.mark.parametrize("line", [DENIED_ACTION, DENIED_OPEN])
def test_what_a_sandbox_denies_is_denied_in_the_scenario(tmp_path: Path, line: str) -> None:
    found = answered(tmp_path, line, "xnu-8019.41.5")
    assert "sandbox(" in found.scenarios
    assert "assert" in found.scenarios
    assert len(recorded(tmp_path, found.scenarios, "xnu-8019.41.5")) == 1
    (older,) = answered(tmp_path, line, "xnu-7195.101.1").answers
    assert "asks no policy module there" in older.causes[1]


@pytest.mark.parametrize(
    ("privilege", "release", "consequence"),
    [
        (10006, "xnu-7195.101.1", "policies with the condition ENTITLEMENT"),
        (10006, "xnu-11417.121.6", "an entitlement has its place"),
        (10004, "xnu-7195.101.1", "necp_session_open fails with EACCES"),
        (10003, "xnu-7195.101.1", "the kernel lets a process without it observe"),
        (10003, "xnu-11417.121.6", "an fd that observes fails with EACCES"),
        (10001, "xnu-7195.101.1", "is taken for its own"),
        (10001, "xnu-11417.121.6", "ADD of a client for another process fails"),
        (10013, "xnu-7195.101.1", "drop_unentitled_level"),
        (10014, "xnu-7195.101.1", "SIGN fails with EPERM"),
        (10099, "xnu-7195.101.1", "NECP does not ask for it"),
    ],
)
def test_what_follows_from_a_denied_privilege_is_told(
    tmp_path: Path, privilege: int, release: str, consequence: str
) -> None:
    line = f"System Policy: IPNExtension(698) deny(1) system-privilege {privilege}\n"
    found = answered(tmp_path, line, release)
    (answer,) = found.answers
    assert consequence in answer.causes[1]
    assert f"denied_privileges=[{privilege}]" in found.scenarios
    assert len(recorded(tmp_path, found.scenarios, release)) == 1


@pytest.mark.parametrize(
    ("remote", "release", "is_named"),
    [
        ("10.0.0.9", "xnu-11417.121.6", True),
        ("8.8.8.8", "xnu-11417.121.6", False),
        ("224.0.0.251", "xnu-11417.121.6", True),
        ("10.0.0.9", OLDEST, False),
    ],
)
def test_privacy_of_the_local_network_is_a_cause_for_what_is_local(
    tmp_path: Path, remote: str, release: str, is_named: bool
) -> None:
    (answer,) = answered(tmp_path, DROP.replace("10.0.0.9", remote), release).answers
    assert any("Local Network privacy" in each for each in answer.causes) is is_named
    assert any("built for iOS 14" in each for each in answer.causes) is (remote == "224.0.0.251")


def test_a_policy_session_that_was_refused_is_told(tmp_path: Path) -> None:
    scenario = tmp_path / "policies.py"
    scenario.write_text(SCENARIO, "utf-8")
    with pytest.raises(ImportedFileError, match="session was not opened: EACCES") as caught:
        answered(tmp_path, DROP, "xnu-11417.121.6", policies=scenario)
    assert "platform_binary=True" in caught.value.hint
    scenario.write_text(OF_THE_SYSTEM, "utf-8")
    found = answered(tmp_path, DROP, "xnu-11417.121.6", policies=scenario)
    assert "DROP" in str(explanation_of(found))


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
OF_THE_SYSTEM = SCENARIO.replace("privileged=True", "privileged=True, platform_binary=True")


def test_the_policy_of_a_dump_that_decides_is_explained(tmp_path: Path) -> None:
    (tmp_path / "dump").write_bytes(dump_of(NEWEST))
    found = answered(tmp_path, DROP, policies=tmp_path / "dump")
    evaluation = str(explanation_of(found))
    assert "DROP" in evaluation
    assert "vpnd" in evaluation


def test_policies_of_a_scenario_and_of_its_trace_are_explained(tmp_path: Path) -> None:
    scenario = tmp_path / "policies.py"
    scenario.write_text(OF_THE_SYSTEM, "utf-8")
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
