"""``why``: what it prints, what it writes, and its exit status."""

from __future__ import annotations

from tests.cli.workplace import Workplace

LOG = """\
2024-09-01 10:00:00.123456-0700  localhost kernel[0]: tcp drop outgoing \
[192.168.1.5:50000<->10.0.0.9:443] interface: en0 (skipped: 0)
so_gencnt: 7 t_state: SYN_SENT process: curl:812 so_error: 0 reason: NECP
2024-09-01 10:00:01.223456-0700  localhost Slack[900]: (libnetwork.dylib) hello
"""


def test_a_drop_is_answered_and_its_scenario_runs(workplace: Workplace) -> None:
    workplace.write("system.log", LOG)
    printed = workplace.run("why", "system.log", "-o", "found/why.py")
    assert printed.status == 0, printed.err
    first = printed.out.splitlines()[0]
    assert first == "1. curl (812): tcp outgoing dropped to 10.0.0.9:443 over en0, reason NECP"
    assert "   said in    system.log line 1 at 2024-09-01" in printed.out
    assert "assumed    the network is /24, with a default route" in printed.out
    recorded = workplace.run("record", "found/why.py", "-o", "traces")
    assert recorded.status == 0, recorded.err
    explained = workplace.run("explain", "traces/curl_drop_1.necptrace", "--record", "10")
    assert "DROP: matches, decides" in explained.out


def test_the_policy_that_decides_is_named(workplace: Workplace) -> None:
    workplace.write("system.log", LOG)
    workplace.write(
        "policies.py",
        "from necp_replay.scenario.policies import drop\n\n"
        "def policies(system):\n"
        "    owner = system.add_process(\n"
        "        300, name='vpnd', privileged=True, platform_binary=True\n"
        "    )\n"
        "    session = owner.open_policy_session()\n"
        "    session.add_policy(order=7, result=drop())\n"
        "    session.apply_all()\n",
    )
    printed = workplace.run("why", "system.log", "--policies", "policies.py")
    assert printed.status == 0, printed.err
    assert "policy 2 of vpnd (300), DROP: matches, decides" in printed.out


def test_a_log_about_something_else_is_status_2(workplace: Workplace) -> None:
    workplace.write("system.log", "hello\n")
    printed = workplace.run("why", "system.log", "missing.log")
    assert printed.status == 2
    assert printed.err.startswith("necp-replay: missing.log: ")
    printed = workplace.run("why", "system.log")
    assert "none of 1 entries says anything about NECP" in printed.err


def test_text_of_a_log_is_made_safe(workplace: Workplace) -> None:
    workplace.write(
        "system.log", "System Policy: \x1b]0;evil\x07(7) deny(1) necp-client-open \x1b[2J\n"
    )
    printed = workplace.run("why", "system.log")
    assert printed.status == 0
    assert "\x1b" not in printed.out


def test_json_has_what_was_said_the_causes_and_the_written_file(workplace: Workplace) -> None:
    workplace.write("system.log", LOG)
    printed = workplace.run("why", "system.log", "-o", "found/why.py", "--format", "json")
    found = printed.json()
    (answer,) = found["answers"]
    said = answer["said"]
    assert (said["process"], said["pid"], said["remote"]) == ("curl", 812, "10.0.0.9:443")
    assert answer["causes"] != []
    assert (answer["scenario"], found["written"]) == ("curl_drop_1", "found/why.py")
    assert (workplace.root / "found/why.py").is_file()


def test_neither_the_log_nor_a_file_of_a_project_is_replaced(workplace: Workplace) -> None:
    log = workplace.write("system.log", LOG)
    trace = workplace.record()
    for output in (log, trace):
        before = output.read_bytes()
        assert workplace.run("why", "system.log", "-o", str(output)).status == 2
        assert output.read_bytes() == before
