"""Which lanes a timeline has, when they begin and end, and that it stays small."""

from collections.abc import Callable

import pytest

from necp_replay.engines.engine import open_machine
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.outcomes import timeline as timelines
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.timeline import LaneKind, MarkKind, Timeline, TimelineBuilder
from necp_replay.scenario import System

NEW = "xnu-4570.51.1"


def timeline_of(
    scenario: Callable[[System], object], differing: frozenset[int] = frozenset()
) -> Timeline:
    """The timeline of what a scenario does."""
    steps: list[Step] = []
    scenario(System.of_release(NEW, sink=lambda step, outcome: steps.append(step)))
    engine, names = open_machine(NEW), StableNames()
    builder = TimelineBuilder(engine.snapshot, names, differing)
    for number, step in enumerate(steps, 1):
        outcome = engine.submit(step)
        names.learn(step)
        builder.add(number, step, outcome)
    return builder.timeline


def lanes(timeline: Timeline, kind: LaneKind) -> list[tuple[str, int, int | None]]:
    return [
        (lane.label, lane.born, lane.gone) for lane in timeline.lanes.values() if lane.kind is kind
    ]


def marks(timeline: Timeline, kind: MarkKind) -> list[tuple[int, str]]:
    return [
        (mark.record, timeline.lanes[mark.lane].label)
        for mark in timeline.marks
        if mark.kind is kind
    ]


def life_of_a_client(system: System) -> None:
    fd = system.add_process(100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    socket = system.add_socket("tcp", local="192.0.2.10:7", remote="203.0.113.5:443")
    socket.register(client)
    socket.dispose()
    client.remove()
    client.remove()
    fd.close()


def test_fds_clients_and_flows_live_from_the_record_that_made_them_to_the_one_that_ended_them() -> (
    None
):
    timeline = timeline_of(life_of_a_client)
    assert lanes(timeline, LaneKind.FD) == [("pid 100 fd 3", 2, 9)]
    assert lanes(timeline, LaneKind.CLIENT) == [("client #1", 3, 7)]
    assert lanes(timeline, LaneKind.FLOW) == [("socket flow tcp", 5, 6)]


def test_a_lane_is_in_the_one_that_holds_it() -> None:
    timeline = timeline_of(life_of_a_client)
    flow, client = (
        next(lane for lane in timeline.lanes.values() if lane.kind is kind)
        for kind in (LaneKind.FLOW, LaneKind.CLIENT)
    )
    assert flow.parent is not None and timeline.lanes[flow.parent] is client
    assert client.parent is not None
    assert timeline.lanes[client.parent].kind is LaneKind.FD


def test_a_call_marks_its_client_and_a_refused_one_differently() -> None:
    timeline = timeline_of(life_of_a_client)
    assert (3, "client #1") in marks(timeline, MarkKind.CALL)
    assert (8, "pid 100 fd 3") in marks(timeline, MarkKind.REFUSED)


def test_every_record_has_a_mark_and_every_mark_says_what_the_record_was() -> None:
    timeline = timeline_of(life_of_a_client)
    assert {mark.record for mark in timeline.marks} == set(range(1, 10)) == set(timeline.titles)
    assert timeline.titles[8].endswith("REMOVE pid=100 fd=3 client=#1 -> ENOENT")


def test_a_fd_that_is_woken_and_a_flow_that_changes_are_marked() -> None:
    def scenario(system: System) -> None:
        fd = system.add_process(100).necp_open()
        client = fd.add(remote="203.0.113.5:443")
        socket = system.add_socket("tcp", local="192.0.2.10:7", remote="203.0.113.5:443")
        socket.register(client)
        socket.assign(client)
        fd.defunct()

    timeline = timeline_of(scenario)
    assert marks(timeline, MarkKind.WAKE) == [(6, "pid 100 fd 3"), (7, "pid 100 fd 3")]
    assert (6, "socket flow tcp") in marks(timeline, MarkKind.CHANGE)


def test_what_happens_to_a_socket_marks_its_flow() -> None:
    timeline = timeline_of(life_of_a_client)
    assert (6, "socket flow tcp") in marks(timeline, MarkKind.CALL)


def test_closing_an_fd_ends_what_it_holds() -> None:
    def scenario(system: System) -> None:
        fd = system.add_process(100).necp_open()
        fd.add(remote="203.0.113.5:443").inject_nexus_flow()
        fd.close()
        system.add_process(101)

    timeline = timeline_of(scenario)
    for kind in (LaneKind.FD, LaneKind.CLIENT, LaneKind.FLOW):
        assert [gone for _, _, gone in lanes(timeline, kind)] == [5]


def test_a_policy_session_lives_until_it_is_closed_or_its_process_exits() -> None:
    def scenario(system: System) -> None:
        for pid in (100, 101):
            process = system.add_process(pid, privileged=True)
            session = process.open_policy_session()
            process.necp_open().poll()
            if pid == 100:
                session.close()
            process.exit()

    timeline = timeline_of(scenario)
    lived = [lane for lane in lanes(timeline, LaneKind.FD) if lane[0].endswith("session")]
    assert [(label, gone) for label, _, gone in lived] == [
        ("pid 100 fd 3 session", 5),
        ("pid 101 fd 3 session", 11),
    ]


def test_two_equal_flows_have_a_lane_each() -> None:
    def scenario(system: System) -> None:
        client = system.add_process(100).necp_open().add(remote="203.0.113.5:443")
        client.inject_nexus_flow(b"a" * 16)
        client.inject_nexus_flow(b"a" * 16)

    assert [born for _, born, _ in lanes(timeline_of(scenario), LaneKind.FLOW)] == [4, 5]


def many_calls(system: System) -> None:
    fd = system.add_process(100).necp_open()
    for _ in range(200):
        fd.poll()


def test_of_too_many_marks_those_of_differences_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timelines, "MARKS_KEPT", 20)
    timeline = timeline_of(many_calls, frozenset({77, 78}))
    records = [mark.record for mark in timeline.marks]
    assert len(records) <= 22
    assert {77, 78} <= set(records)
    assert len(records) + timeline.thinned == 202
    assert set(timeline.titles) == set(records)


def test_of_too_many_lanes_the_rest_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timelines, "LANES_FOLLOWED", 5)

    def scenario(system: System) -> None:
        fd = system.add_process(100).necp_open()
        for _ in range(10):
            fd.add(remote="203.0.113.5:443")

    timeline = timeline_of(scenario)
    assert len(timeline.lanes) == 5
    # The process, the fd and ten clients.
    assert timeline.left_out_lanes == 12 - 5


def test_lanes_that_ended_without_a_difference_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timelines, "LANES_FOLLOWED", 8)

    def scenario(system: System) -> None:
        fd = system.add_process(100).necp_open()
        for _ in range(30):
            fd.add(remote="203.0.113.5:443").remove()

    timeline = timeline_of(scenario, frozenset({4}))
    labels = [label for label, _, _ in lanes(timeline, LaneKind.CLIENT)]
    assert labels[0] == "client #1"
    assert labels[-1] == "client #30"
    assert len(timeline.lanes) + timeline.left_out_lanes == 32
    assert {mark.lane for mark in timeline.marks} <= set(timeline.lanes)


def test_snapshots_of_a_large_state_are_taken_less_often() -> None:
    looked = []

    class Watched:
        def __init__(self) -> None:
            self.engine = open_machine(NEW)

        def submit(self, step: Step) -> Outcome:
            return self.engine.submit(step)

        def snapshot(self) -> Snapshot:
            looked.append(1)
            return self.engine.snapshot()

    def scenario(system: System) -> None:
        fd = system.add_process(100).necp_open()
        for _ in range(300):
            fd.add(remote="203.0.113.5:443")
        for _ in range(300):
            fd.poll()

    steps: list[Step] = []
    scenario(System.of_release(NEW, sink=lambda step, outcome: steps.append(step)))
    engine, names = Watched(), StableNames()
    builder = TimelineBuilder(engine.snapshot, names, frozenset())
    for number, step in enumerate(steps, 1):
        outcome = engine.submit(step)
        names.learn(step)
        builder.add(number, step, outcome)
    assert len(looked) < 300
    assert builder.timeline.looked_every > 1
    assert len(lanes(builder.timeline, LaneKind.CLIENT)) == 300
