"""`necp-replay explain`: its text and JSON, and what it refuses."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.workplace import OLD, Workplace

ROOT = Path(__file__).parents[2]

SCENARIO = '''\
"""Two clients, and a policy that comes in between."""

from necp_replay.scenario import System
from necp_replay.scenario.policies import domain, drop


def forbidden(system: System) -> None:
    """The domain of one client is forbidden once both are there."""
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(en0)
    system.add_route("default", en0, gateway="192.0.2.1")
    fd = system.add_process(pid=100, name="browser").necp_open()
    other = fd.add(remote="203.0.113.5:443", domain="www.example.org")
    fd.add(remote="203.0.113.6:443", domain="www.example.net")
    daemon = system.add_process(pid=300, name="guard", privileged=True, platform_binary=True)
    session = system.add_policy_session(daemon)
    session.add_policy(order=1, conditions=[domain("example.org")], result=drop())
    session.apply_all()
    other.copy_result()
    system.fire_timer()
    other.copy_result()
    daemon.match_policy(b"\\x03\\x05\\x00\\x00\\x00a.org")
'''
ADD, APPLY, BEFORE, TIMER, AFTER, MATCH = 6, 11, 12, 13, 14, 15


@pytest.fixture
def trace(workplace: Workplace) -> str:
    workplace.write("forbidden.py", SCENARIO)
    assert workplace.run("record", "forbidden.py", "-o", ".").status == 0
    return "forbidden.necptrace"


def test_an_add_explains_its_client(workplace: Workplace, trace: str) -> None:
    printed = workplace.run("explain", trace, "--record", str(ADD))
    assert printed.status == 0, printed
    assert "client #1 of browser (100): NONE, through en0, satisfied (new)" in printed.out
    assert "there are no policies" in printed.out
    assert "default through en0 by 192.0.2.1" in printed.out


def test_a_timer_explains_the_clients_that_it_changed(workplace: Workplace, trace: str) -> None:
    printed = workplace.run("explain", trace, "--record", str(TIMER))
    assert "client #1 of browser (100): DROP" in printed.out
    assert "domain is www.example.org, asks for example.org" in printed.out
    assert "client #2" not in printed.out
    assert "1 client evaluated with the same result as before" in printed.out


@pytest.mark.parametrize("name", ["#2", "2"])
def test_one_of_several_clients_can_be_named(workplace: Workplace, trace: str, name: str) -> None:
    printed = workplace.run("explain", trace, "--record", str(TIMER), "--client", name)
    assert "client #2 of browser (100): NONE, through en0, satisfied (unchanged)" in printed.out
    assert "domain is www.example.net, asks for example.org" in printed.out


def test_a_copy_explains_the_last_evaluation_of_its_client(
    workplace: Workplace, trace: str
) -> None:
    before = workplace.run("explain", trace, "--record", str(BEFORE))
    assert f"evaluated at record {ADD}" in before.out
    assert "note: the update timer is armed" in before.out
    after = workplace.run("explain", trace, "--record", str(AFTER))
    assert f"evaluated at record {TIMER}  timer_fire" in after.out
    assert "note:" not in after.out


def test_a_match_without_a_client_is_explained(workplace: Workplace, trace: str) -> None:
    printed = workplace.run("explain", trace, "--record", str(MATCH))
    assert printed.status == 0, printed
    assert "necp_match_policy of guard (300)" in printed.out
    assert "domain is a.or, asks for example.org" in printed.out


def test_the_json_has_the_same_content(workplace: Workplace, trace: str) -> None:
    printed = workplace.run("explain", trace, "--record", str(TIMER), "--format", "json")
    document = printed.json()
    assert (document["record"], document["evaluated_at"], document["unchanged"]) == (13, 13, 1)
    (client,) = document["clients"]
    assert (client["client"], client["change"], client["disagreements"]) == ("#1", "changed", [])
    (policy,) = client["match"]["policies"]["policies"]
    assert policy["verdict"] == "matches, decides"
    (condition,) = policy["conditions"]
    assert condition == {
        "name": "domain",
        "asked": "example.org",
        "actual": "www.example.org",
        "is_negated": False,
        "is_met": True,
    }


def test_another_release_can_be_requested(workplace: Workplace, trace: str) -> None:
    printed = workplace.run("explain", trace, "--record", str(ADD), "--release", OLD)
    assert f"{trace} on {OLD}" in printed.out


def test_a_record_without_an_evaluation_names_those_that_have_one(
    workplace: Workplace, trace: str
) -> None:
    printed = workplace.run("explain", trace, "--record", str(APPLY))
    assert printed.status == 2
    assert f"record {APPLY} (necp_session_action" in printed.err
    assert "The last before it that does is 7, the next is 13." in printed.err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--record", "99"), "there is no record 99: the trace has 15"),
        (("--record", "13", "--client", "#7"), "no client #7 was evaluated up to record 13"),
        (("--record", "13", "--release", "xnu-1"), "xnu-1"),
        (("--record", "0"), "must be at least 1"),
    ],
    ids=["no such record", "no such client", "no such release", "no record"],
)
def test_an_error_is_one_line(
    workplace: Workplace, trace: str, arguments: tuple[str, ...], complaint: str
) -> None:
    printed = workplace.run("explain", trace, *arguments)
    assert printed.status == 2
    assert complaint in printed.err
    assert "Traceback" not in printed.err


def test_the_documentation_shows_the_output(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    text = (ROOT / "docs" / "explanations.md").read_text("utf-8")
    shown = re.findall(r"```console\n\$ necp-replay (explain [^\n]*)\n(.*?)```", text, re.DOTALL)
    assert len(shown) == 4
    for command, output in shown:
        assert workplace.run(*shlex.split(command)).out == output


def test_a_client_without_a_record_means_its_last_evaluation(workplace: Workplace) -> None:
    whole = workplace.run("explain", VPN, "--client", "#2")
    at = workplace.run("explain", VPN, "--client", "#2", "--record", "32")
    assert (whole.status, whole.out) == (0, at.out)


def test_without_record_and_client_both_ways_are_named(workplace: Workplace) -> None:
    printed = workplace.run("explain", VPN)
    assert printed.status == 2
    assert "--record N" in printed.err
    assert "--client" in printed.err


@pytest.mark.parametrize(
    ("selection", "reason"),
    [
        (("--select", "pid 99"), "no record is selected by pid 99\n"),
        (("--select", "1"), "by 1 has an explanation; of the first: record 1 ("),
        (
            ("--select", "32", "--release", "x"),
            "by 32 has an explanation; of the first: there is no release",
        ),
        (("--select", "32", "--client", "#99"), "of the first: no client #99 was evaluated"),
    ],
)
@pytest.mark.parametrize("output", [(), ("--format", "json")], ids=["text", "json"])
def test_a_selection_that_explains_nothing_says_so(
    workplace: Workplace, selection: tuple[str, ...], reason: str, output: tuple[str, ...]
) -> None:
    printed = workplace.run("explain", VPN, *selection, *output)
    assert (printed.status, printed.out) == (2, "")
    assert reason in printed.err


def test_a_call_that_failed_is_explained_by_its_check(workplace: Workplace) -> None:
    refused = str(ROOT / "traces/client/update_cache_refused.necptrace")
    lines = workplace.run("explain", refused, "--record", "18").out.splitlines()
    assert "EINVAL: check 6 of 10 of UPDATE_CACHE (necp_client_update_cache)" in lines
    at = lines.index("├─ ✗ 6. EINVAL: the buffer is NULL, or its length is not 16")
    assert lines[at + 1] == "│  └─ buffer length: 15"
    assert "--client '#1'" in lines[2]


VPN = str(ROOT / "traces/policies/vpn.necptrace")
