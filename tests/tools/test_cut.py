"""A cut trace keeps what selected records depend on, and their outcomes."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from necp_replay.abi.client import OpenFlag
from necp_replay.errors import UsageError, WriteError
from necp_replay.events import agents, clock, notifications, sockets, syscalls
from necp_replay.events.effects import Wake
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.generate.trace import write_generated
from necp_replay.kernel.machine import Machine
from necp_replay.releases.names import find_release
from necp_replay.scenario import System
from necp_replay.scenario.parameters import client_parameters
from necp_replay.scenario.policies import application, drop, entitlement, real_application
from necp_replay.tools.cut import CutReport, cut
from necp_replay.tools.select import parse_selection
from necp_replay.tools.slicing import Reach
from necp_replay.tools.touched_keys import fingerprint_of
from necp_replay.trace.header import OutcomeDetail, SourceKind
from necp_replay.trace.writer import TraceWriter
from tests.examples import examples
from tests.tools.recorded import MEASURED, NEW, generate, header_of, record, records_of, verdict
from tests.work import lines_run, worst_growth


def two_processes(system: System) -> None:
    """Two apps with two fds each, policies of a third process, a socket, and the timer."""
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(en0)
    system.add_route("default", en0, gateway="192.0.2.1")
    session = system.add_policy_session(system.add_process(1, "policyd", uid=0))
    first, second = system.add_process(100), system.add_process(200)
    idle, fd = first.necp_open(), first.necp_open()
    other = second.necp_open()
    other_client = other.add(remote="203.0.113.9:80")
    client = fd.add(remote="203.0.113.5:443")
    system.advance(5_000_000)
    system.add_socket(sockets.SocketCreate("tcp", local="192.0.2.10", remote="203.0.113.5"))
    system.submit(sockets.RegisterSocketFlow(100, client.client_id, "tcp"))
    system.submit(sockets.AssignFromSocket(100, client.client_id, "tcp"))
    client.copy_result()
    other_client.copy_result()
    session.add_policy(order=10, result=drop())
    session.apply_all()
    system.advance(200_000_000)
    system.fire_timer()
    client.copy_result()
    other_client.copy_result()
    idle.close()
    other.close()


def cut_to(tmp_path: Path, trace: Path, selection: str) -> CutReport:
    return cut(trace, parse_selection(selection), tmp_path / "cut.necptrace")


def test_selected_records_keep_their_outcomes(tmp_path: Path) -> None:
    trace = record(tmp_path / "whole.necptrace", two_processes)
    wanted = parse_selection("pid 100 and COPY_RESULT")
    report = cut(trace, wanted, tmp_path / "cut.necptrace")

    def results(path: Path) -> list[object]:
        return [
            outcome
            for _, step, outcome in records_of(path)
            if isinstance(step.input, syscalls.NecpClientAction)
            and (step.input.pid, step.input.action) == (100, 4)
        ]

    assert results(report.output) == results(trace)
    assert report.selected == 2
    assert report.kept < report.records
    replayed = verdict(report.output)
    assert (replayed.different, replayed.identical) == (0, report.outcomes.kept)


def test_what_has_nothing_to_do_with_them_is_gone(tmp_path: Path) -> None:
    trace = record(tmp_path / "whole.necptrace", two_processes)
    report = cut_to(tmp_path, trace, "pid 100 and COPY_RESULT")
    kept = [step.input for _, step, _ in records_of(report.output)]
    assert {getattr(event, "pid", None) for event in kept} == {None, 1, 100}
    opens = [event for event in kept if isinstance(event, syscalls.NecpOpen)]
    assert len(opens) == 1
    assert report.reach is Reach.TOUCHED


def test_fds_keep_their_numbers(tmp_path: Path) -> None:
    trace = record(tmp_path / "whole.necptrace", two_processes)
    report = cut_to(tmp_path, trace, "pid 100 and COPY_RESULT")
    (opened,) = [
        step.input
        for _, step, _ in records_of(report.output)
        if isinstance(step.input, syscalls.NecpOpen)
    ]
    assert opened.assigned_fd == 4
    assert report.assigned_fds == 1


def test_an_outcome_that_no_longer_holds_is_left_out(tmp_path: Path) -> None:
    trace = record(tmp_path / "whole.necptrace", two_processes)
    report = cut_to(tmp_path, trace, "pid 100 and COPY_RESULT")
    before = [out for _, step, out in records_of(trace) if isinstance(step.input, clock.TimerFire)]
    after = [
        out for _, step, out in records_of(report.output) if isinstance(step.input, clock.TimerFire)
    ]
    # The timer woke the other process as well, whose fd is not there any more.
    assert before[0] is not None
    assert {effect.pid for effect in before[0].effects if isinstance(effect, Wake)} == {100, 200}
    assert after == [None]
    assert report.outcomes.dropped >= 1


def test_records_happen_at_the_same_time(tmp_path: Path) -> None:
    def timed(system: System) -> None:
        system.add_process(100)
        system.submit(syscalls.NecpOpen(100))
        system.advance(7_000)
        system.submit(syscalls.OpenOther(100))
        system.submit(notifications.SysctlSet("debug", 0))

    trace = record(tmp_path / "whole.necptrace", timed)
    report = cut(trace, parse_selection("sysctl_set"), tmp_path / "cut.necptrace")
    (last,) = [step for _, step, _ in records_of(report.output)]
    assert last.now_ns == 1_000_007_000


def test_an_open_that_found_no_room_keeps_all_fds_of_its_process(tmp_path: Path) -> None:
    def full(system: System) -> None:
        app = system.add_process(100, fd_limit=5)
        app.open_other()
        app.open_other()
        app.submit(syscalls.NecpOpen(100))

    trace = record(tmp_path / "whole.necptrace", full)
    report = cut_to(tmp_path, trace, "necp_open")
    assert report.kept == 4
    assert report.reasons["the same fd"] == 2


def test_an_observer_keeps_all_records_that_it_is_told_of(tmp_path: Path) -> None:
    def observed(system: System) -> None:
        observer = system.add_process(300, uid=0).necp_open(OpenFlag.PUSH_OBSERVER)
        for pid in (100, 200):
            system.add_process(pid).necp_open().add(remote="203.0.113.5:443")
        observer.copy_client_update()

    trace = record(tmp_path / "whole.necptrace", observed)
    report = cut_to(tmp_path, trace, "COPY_CLIENT_UPDATE")
    assert report.kept == report.records
    assert verdict(report.output).different == 0


def test_what_the_rules_miss_is_found_by_replaying(tmp_path: Path) -> None:
    """The first process that a policy's custom entitlement is asked about answers for all."""

    def entitled(system: System) -> None:
        en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
        system.order_interfaces(en0)
        session = system.add_policy_session(system.add_process(1, uid=0))
        app = bytes(range(16))
        conditions = [application(app), real_application(app), entitlement("com.example.vpn")]
        session.add_policy(order=10, conditions=conditions, result=drop())
        session.apply_all()
        holder = system.add_process(100, exec_uuid=app, entitlements=["com.example.vpn"])
        holder.match_policy(client_parameters())
        system.add_process(200, exec_uuid=app).match_policy(client_parameters())

    trace = record(tmp_path / "whole.necptrace", entitled)
    report = cut_to(tmp_path, trace, "pid 200 and necp_match_policy")
    assert report.attempts > 1
    assert report.reach is Reach.STATE
    assert report.outcomes.dropped == 0
    assert verdict(report.output).different == 0


def test_the_header_says_that_it_is_a_part_and_of_what(tmp_path: Path) -> None:
    trace = record(tmp_path / "whole.necptrace", two_processes)
    report = cut_to(tmp_path, trace, "pid 100 and fd 4")
    header = header_of(report.output)
    properties = dict(header.properties)
    assert properties["cut"] == "pid 100 and fd 4"
    assert properties["derived from scenario"] == "somewhere.py::something"
    assert header.source_kind is SourceKind.UNKNOWN
    assert header.outcome_detail is OutcomeDetail.FULL


def test_a_selection_of_nothing_is_refused(tmp_path: Path) -> None:
    trace = record(tmp_path / "whole.necptrace", two_processes)
    with pytest.raises(UsageError, match="no record of the trace is selected"):
        cut_to(tmp_path, trace, "pid 999")
    assert not (tmp_path / "cut.necptrace").exists()


def test_a_file_that_is_there_is_not_replaced(tmp_path: Path) -> None:
    trace = record(tmp_path / "cut.necptrace", two_processes)
    with pytest.raises(WriteError, match="exists already"):
        cut_to(tmp_path, trace, "pid 100")


@pytest.mark.parametrize(
    ("name", "selection"),
    [
        ("named/copy_list", "COPY_LIST"),
        ("named/socket_flow", "pid 100"),
        ("random/seed000001", "COPY_RESULT"),
        ("random/seed000102", "COPY_UPDATED_RESULT"),
        ("flows/seed023010", "333"),
        ("network/seed013000", "timer_fire"),
        ("observers/seed033000", "COPY_CLIENT_UPDATE"),
        ("policy/seed003000", "necp_match_policy"),
    ],
)
def test_measured_outcomes_stay_measured(tmp_path: Path, name: str, selection: str) -> None:
    trace = MEASURED / f"{name}.necptrace"
    report = cut_to(tmp_path, trace, selection)
    assert header_of(report.output).outcome_detail is OutcomeDetail.VECTORS
    whole = {repr((step.input, out)) for _, step, out in records_of(trace)}
    for _, step, outcome in records_of(report.output):
        if outcome is not None and getattr(step.input, "assigned_fd", None) is None:
            assert repr((step.input, outcome)) in whole
    replayed = verdict(report.output)
    assert (replayed.different, replayed.identical) == (0, report.outcomes.kept)


@pytest.mark.parametrize("selection", ["errno any", "1900-", "snapshot", "fd 5", "effect wake"])
def test_generated_traces_can_be_cut(tmp_path: Path, selection: str) -> None:
    trace = generate(tmp_path / "whole.necptrace", seed=11, records=2000)
    report = cut_to(tmp_path, trace, selection)
    replayed = verdict(report.output)
    assert (replayed.different, replayed.identical) == (0, report.outcomes.kept)


@given(st.integers(1, 10_000), st.integers(1, 400), st.sampled_from(["everything", "clients"]))
@settings(deadline=None, max_examples=examples(25, thorough=1000))
def test_a_cut_record_has_the_outcome_that_it_had(seed: int, record: int, mix: str) -> None:
    with TemporaryDirectory() as folder:
        whole = Path(folder, "whole.necptrace")
        write_generated(whole, NEW, seed=seed, records=400, mix=mix)
        report = cut_to(Path(folder), whole, f"{record}")
        assert report.unproved == 0
        *_, (_, _, recorded) = records_of(report.output)
        assert recorded == records_of(whole)[record - 1][2]
        replayed = verdict(report.output)
        assert (replayed.different, replayed.identical) == (0, report.outcomes.kept)


def test_what_is_kept_does_not_grow_with_what_others_do(tmp_path: Path) -> None:
    """A client that is selected among many needs as many records as among few."""

    def busy(others: int) -> CutReport:
        def scenario(system: System) -> None:
            en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
            system.order_interfaces(en0)
            system.add_route("default", en0, gateway="192.0.2.1")
            fd = system.add_process(100).necp_open()
            client = fd.add(remote="203.0.113.5:443")
            for _ in range(others):
                other = fd.add(remote="203.0.113.9:80")
                system.advance(200_000_000)
                system.fire_timer()
                other.copy_result()
                other.remove()
            client.copy_result()

        trace = record(tmp_path / f"{others}.necptrace", scenario)
        last = len(records_of(trace))
        return cut(trace, parse_selection(f"{last}"), tmp_path / f"{others}-cut.necptrace")

    few, many = busy(3), busy(60)
    assert (few.reach, many.reach) == (Reach.TOUCHED, Reach.TOUCHED)
    assert few.kept == many.kept < 12


def test_twice_the_records_is_twice_the_work(tmp_path: Path) -> None:
    def work(records: int) -> int:
        trace = generate(tmp_path / f"{records}.necptrace", seed=7, records=records)
        output = tmp_path / f"{records}-cut.necptrace"
        return lines_run(lambda: cut(trace, parse_selection(f"{records}"), output))

    assert worst_growth(work, (500, 1_000, 2_000)) < 3


def test_what_comes_after_the_selected_records_is_not_read(tmp_path: Path) -> None:
    trace = generate(tmp_path / "whole.necptrace", seed=7, records=12_000)

    def work(record: int) -> int:
        output = tmp_path / f"{record}-cut.necptrace"
        return lines_run(lambda: cut(trace, parse_selection(f"{record}"), output))

    assert work(100) * 5 < work(12_000)


def an_agent_that_registers_badly(system: System) -> None:
    """An agent's second registration is refused by an error message, so the first one holds."""
    agent = b"\xa1" * 16
    system.submit(agents.NetagentRegister("vpn", agent, b"VPN", b"Tunnel", flags=3, via="message"))
    for number in range(60):
        system.submit(agents.NetagentSetFlags("vpn", 3 + 8 * (number % 2)))
    system.submit(agents.NetagentRegister("vpn", agent, flags=3, via="message", raw=b"\1" * 9))
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    client.trigger_agent(agent)


def test_a_refused_registration_leaves_the_one_before(tmp_path: Path) -> None:
    trace = record(tmp_path / "agent.necptrace", an_agent_that_registers_badly)
    report = cut_to(tmp_path, trace, f"{len(records_of(trace))}")
    assert report.reach is Reach.TOUCHED


def test_a_record_that_the_engine_answers_otherwise_keeps_its_difference(tmp_path: Path) -> None:
    trace = record(tmp_path / "whole.necptrace", two_processes)
    changed = tmp_path / "changed.necptrace"
    records = records_of(trace)
    last = max(
        number
        for number, step, _ in records
        if isinstance(step.input, syscalls.NecpClientAction) and step.input.pid == 100
    )
    with TraceWriter.create(changed, header_of(trace)) as writer:
        for number, step, outcome in records:
            assert outcome is not None
            writer.write(step, replace(outcome, errno=5) if number == last else outcome)
    report = cut_to(tmp_path, changed, f"{last}")
    assert report.unproved == 0
    assert report.kept < report.records
    assert verdict(report.output).different == 1


def test_a_trace_without_outcomes_can_be_cut(tmp_path: Path) -> None:
    trace = record(tmp_path / "whole.necptrace", two_processes)
    bare = tmp_path / "bare.necptrace"
    header = replace(header_of(trace), outcome_detail=OutcomeDetail.NONE)
    with TraceWriter.create(bare, header) as writer:
        for _, step, _ in records_of(trace):
            writer.write(step, None)
    report = cut_to(tmp_path, bare, "pid 100 and COPY_RESULT")
    assert report.selected == 2
    assert report.kept < report.records
    assert all(outcome is None for _, _, outcome in records_of(report.output))


def test_a_cut_reports_an_engine_that_is_not_deterministic(tmp_path: Path) -> None:
    trace = record(tmp_path / "whole.necptrace", two_processes)
    calls = count()

    class Fickle:
        def __init__(self, release: str) -> None:
            self._machine = Machine(find_release(release))

        def submit(self, step: Step) -> Outcome:
            outcome = self._machine.submit(step)
            return replace(outcome, retval=next(calls))

        def snapshot(self) -> Snapshot:
            return self._machine.snapshot()

    report = cut(trace, parse_selection("9"), tmp_path / "cut.necptrace", open_engine=Fickle)
    assert report.unproved == 1
    assert report.reach is Reach.EVERYTHING
    assert [outcome for _, _, outcome in records_of(report.output)][-1] is None


def test_outcomes_with_different_snapshots_have_different_fingerprints() -> None:
    machine = Machine(find_release("xnu-4570.51.1"))
    full, part = (machine.submit(Step(notifications.TakeSnapshot(full))) for full in (True, False))
    assert fingerprint_of(full) != fingerprint_of(part)
    assert fingerprint_of(full) == fingerprint_of(
        machine.submit(Step(notifications.TakeSnapshot(full=True)))
    )
