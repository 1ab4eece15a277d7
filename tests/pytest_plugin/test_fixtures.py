"""A system and a golden in tests of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.releases.lineage import NEWEST, OLDEST
from tests.pytest_plugin.project import PLUGIN

pytest_plugins = ["pytester"]

TEST = """
import pytest

def test_remove(necp_system, necp_golden):
    fd = necp_system.add_process(100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    assert client.copy_result().errno == 0
    client.remove()
    necp_golden.check()

@pytest.mark.parametrize("mtu", [1400, 1500])
def test_interface(necp_system, necp_golden, mtu):
    necp_system.add_interface("en0", 4, mtu=mtu)
    necp_golden.check()

class TestGrouped:
    def test_open(self, necp_system, necp_golden):
        necp_system.add_process(7).necp_open()
        necp_golden.check()
"""


@pytest.fixture(autouse=True)
def _without_other_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("CI", raising=False)


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess(*PLUGIN, "-p", "no:cacheprovider", *arguments)


@pytest.fixture
def accepted(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder with the test and its goldens."""
    pytester.makepyfile(test_own=TEST)
    run(pytester, "--necp-accept").assert_outcomes(passed=4)
    return pytester


def goldens(pytester: pytest.Pytester) -> list[str]:
    root = pytester.path / "necp_goldens"
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*.golden"))


def golden(pytester: pytest.Pytester) -> Path:
    return pytester.path / "necp_goldens" / "test_own" / "test_interface_1400.golden"


def test_a_test_without_its_golden_fails_and_says_how_to_accept(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(test_own=TEST)
    result = run(pytester, "-k", "test_open")
    result.assert_outcomes(failed=1, deselected=3)
    result.stdout.fnmatch_lines(
        [
            "*no golden*",
            "*To look at it: necp-replay show *",
            "*To accept it: pytest *test_open*--necp-accept",
        ]
    )
    assert goldens(pytester) == []


def test_accepted_goldens_are_named_after_the_tests_and_hold_for_all_releases(
    accepted: pytest.Pytester,
) -> None:
    names = {each.partition("@")[0].removesuffix(".golden") for each in goldens(accepted)}
    assert names == {
        "test_own/TestGrouped/test_open",
        "test_own/test_interface_1400",
        "test_own/test_interface_1500",
        "test_own/test_remove",
    }
    run(accepted).assert_outcomes(passed=4)
    run(accepted, "--necp-release", OLDEST, "--necp-release", NEWEST).assert_outcomes(passed=8)


def test_a_difference_fails_with_the_words_of_a_replay(accepted: pytest.Pytester) -> None:
    path = golden(accepted)
    old, new = "observer_message_limit: 256", "observer_message_limit: 9"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    result = run(accepted, "-k", "1400")
    result.assert_outcomes(failed=1, deselected=3)
    result.stdout.fnmatch_lines(
        [
            "*Failed: *observer_message_limit*",
            "*golden*9*",
            "*replayed*256*",
            "*To accept it: pytest '*test_interface*' --necp-accept",
            "FAILED test_own.py::test_interface* - Failed: *",
        ]
    )
    run(accepted, "--necp-accept").assert_outcomes(passed=4)
    run(accepted).assert_outcomes(passed=4)


def test_goldens_are_not_written_in_ci(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "1")
    pytester.makepyfile(test_own=TEST)
    assert run(pytester, "--necp-accept").ret == pytest.ExitCode.USAGE_ERROR
    assert goldens(pytester) == []


def test_a_system_alone_needs_no_golden(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "def test(necp_system, necp_release): assert necp_system.snapshot() and necp_release"
    )
    run(pytester, "--necp-release", OLDEST).assert_outcomes(passed=1)


ASSERTIONS = """
def test_answers(necp_system):
    client = necp_system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    before = client.copy_result()
    en0 = necp_system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    necp_system.order_interfaces(en0)
    necp_system.add_route("default", en0, gateway="192.0.2.1")
    necp_system.fire_timer()
    assert before == client.copy_result()

def test_classes(necp_system):
    client = necp_system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    assert client.copy_result() == client.remove()

def test_states(necp_system):
    fd = necp_system.add_process(100).necp_open()
    before = necp_system.snapshot()
    fd.add(remote="203.0.113.5:443")
    assert before == necp_system.snapshot()
"""


def test_a_failing_comparison_of_answers_or_states_names_the_parts_that_differ(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(test_own=ASSERTIONS)
    result = run(pytester)
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(["E*flags: *SATISFIED*", "E*interface: None != 'en0'"])
    result.stdout.fnmatch_lines(["E*a ResultAnswer is never a CallAnswer"])
    result.stdout.fnmatch_lines(["E*counters > necp_client_count: 0 != 1"])
    assert "\\\\x" not in result.stdout.str()
