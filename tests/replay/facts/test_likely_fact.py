"""The fact that would explain a difference of a replay, found by trying each."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path

import pytest

from necp_replay.abi.client import ClientParameter
from necp_replay.abi.tlv import pack_tlv
from necp_replay.engines.engine import Engine
from necp_replay.engines.recorder import Recorder
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.golden.store import GoldenStore
from necp_replay.kernel.machine import Machine
from necp_replay.outcomes.record_difference import RecordDifference, Truth
from necp_replay.releases import lineage
from necp_replay.releases.profile import Profile
from necp_replay.replay.facts.likely_fact import LikelyFact, likely_fact, likely_facts
from necp_replay.replay.findings.groups import group_differences
from necp_replay.replay.run import ReplayOptions, replay_trace
from necp_replay.scenario import System
from necp_replay.trace.header import Header, OutcomeDetail
from necp_replay.trace.writer import TraceWriter
from tests.outcomes.differing import record_difference

ROOT = Path(__file__).parents[3]
OLD, NEW = "xnu-4570.41.2", "xnu-4570.51.1"
AS_OLD = (OLD, "xnu-4570.31.3", "xnu-4570.1.46")
"""The releases with the older value, the nearest to NEW first."""
TRACE = ROOT / "traces" / "differences" / "remove_unknown_client.necptrace"
MEASURED = ROOT / "traces" / "measured" / NEW / "named" / "remove_variants.necptrace"
FACT = "remove_unknown_client_is_error"
GOLDENS = GoldenStore(ROOT / "golden")


def first_difference(path: Path, options: ReplayOptions) -> RecordDifference:
    report = replay_trace(path, f"differences/{path.stem}", options)
    assert report.error is None
    return report.examples[0]


@pytest.fixture
def changed_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = replace(lineage.RELEASES[NEW], remove_unknown_client_is_error=False)
    monkeypatch.setitem(lineage.RELEASES, NEW, changed)


@pytest.mark.usefixtures("changed_engine")
@pytest.mark.parametrize("path", [TRACE, MEASURED], ids=["recorded", "measured"])
def test_a_fact_that_our_engine_lost_is_named(path: Path) -> None:
    difference = first_difference(path, ReplayOptions(NEW))
    assert difference.truth is Truth.RECORDED
    assert likely_fact(path, NEW, difference) == LikelyFact(FACT, "True", "False", AS_OLD)


@pytest.mark.usefixtures("changed_engine")
def test_a_golden_tells_as_much_as_a_recorded_outcome(tmp_path: Path) -> None:
    golden = GOLDENS.find("differences/remove_unknown_client", NEW)
    assert golden is not None
    copy = GoldenStore(tmp_path).path("differences/remove_unknown_client", OLD)
    copy.parent.mkdir()
    copy.write_bytes(golden.read_bytes())
    difference = first_difference(TRACE, ReplayOptions(OLD, GoldenStore(tmp_path)))
    assert difference.truth is Truth.GOLDEN
    # The engine has lost the fact in NEW.
    near_old = ("xnu-4570.31.3", NEW, "xnu-4570.1.46")
    assert likely_fact(TRACE, OLD, difference) == LikelyFact(FACT, "True", "False", near_old)


def test_a_program_that_behaves_like_another_release_has_a_likely_fact() -> None:
    def open_older(_: str) -> Engine:
        return Machine(lineage.RELEASES[OLD])

    difference = first_difference(TRACE, ReplayOptions(NEW, open_engine=open_older))
    assert likely_fact(TRACE, NEW, difference) == LikelyFact(FACT, "True", "False", AS_OLD)


class WrongEngine:
    """Our engine, which fails every fifth step for a reason of its own."""

    def __init__(self, profile: Profile) -> None:
        self._machine = Machine(profile)
        self._steps = 0

    def submit(self, step: Step) -> Outcome:
        self._steps += 1
        outcome = self._machine.submit(step)
        return outcome if self._steps % 5 else replace(outcome, errno=99)

    def snapshot(self) -> Snapshot:
        return self._machine.snapshot()


def test_a_difference_that_no_fact_explains_has_no_likely_fact() -> None:
    def open_wrong(release: str) -> Engine:
        return WrongEngine(lineage.RELEASES[release])

    options = ReplayOptions(NEW, open_engine=open_wrong)
    assert likely_fact(TRACE, NEW, first_difference(TRACE, options)) is None
    report = replay_trace(TRACE, TRACE.stem, options)
    assert likely_facts(group_differences([report])) == {}


def test_a_record_that_takes_too_long_ends_the_search(tmp_path: Path) -> None:
    path = tmp_path / "slow.necptrace"
    with TraceWriter.create(path, Header(release=NEW, outcome_detail=OutcomeDetail.FULL)) as writer:

        def write(step: Step, outcome: Outcome) -> None:
            writer.write(step, outcome)

        # What the older release does, so that the last record differs on the newer one.
        system = System(Recorder(Machine(lineage.RELEASES[OLD]), write), "slow")
        agent = system.add_agent("a1", flags=0x23).uuid
        client = system.add_process(pid=100).necp_open().add(remote="203.0.113.5:443")
        client.agent_action(pack_tlv(ClientParameter.ASSERT_AGENT, agent) * 5_000)
        assert client.remove().errno == 0
        assert client.remove().errno == 0
    difference = first_difference(path, ReplayOptions(NEW))
    explained = likely_fact(path, NEW, difference)
    assert explained is not None
    assert explained.fact == FACT
    gc.disable()
    found = likely_fact(path, NEW, difference, record_limit_s=0.01)
    gc.enable()
    assert found is None


def test_a_trace_that_cannot_be_read_any_more_has_no_likely_fact(tmp_path: Path) -> None:
    difference = record_difference(5, "necp_open", [], Truth.RECORDED)
    assert likely_fact(tmp_path / "gone.necptrace", NEW, difference) is None
    assert likely_fact(TRACE, "xnu-9", difference) is None
