"""Explanations are the same with checkpoints and without, for less work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.bench.workload import write_workload
from necp_replay.errors import UsageError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.explain.record import explain_record
from necp_replay.generate.trace import write_generated
from necp_replay.history.checkpoints import Checkpoints
from necp_replay.kernel.machine import Machine
from necp_replay.releases.lineage import NEWEST, OLDEST
from necp_replay.report.explain_json import explanation_json
from necp_replay.trace.reader import TraceReader
from tests.history.long_traces import checkpoints, rewritten

RECORDS: Final = 180


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("explained")


@pytest.fixture(scope="module", params=["generated", "realistic"])
def trace(request: pytest.FixtureRequest, folder: Path) -> Path:
    one = folder / f"one {request.param}"
    if request.param == "generated":
        write_generated(one, NEWEST, seed=3, records=RECORDS, mix="everything")
    else:
        write_workload(one, "realistic", RECORDS, seed=1)
    return rewritten(one, folder / f"{request.param}.necptrace")


def release_of(trace: Path) -> str:
    with TraceReader(trace) as reader:
        return reader.header.release


def explained(
    trace: Path,
    record: int | None,
    found: Checkpoints | None,
    client: str | None = None,
    release: str | None = None,
) -> str:
    """What `explain` prints as JSON, or its error."""
    try:
        explanation = explain_record(
            trace, record, client=client, release=release, checkpoints=found
        )
    except UsageError as error:
        return f"{error} {error.hint}"
    return explanation_json(explanation)


def stored(trace: Path, folder: Path, release: str | None = None) -> Checkpoints:
    return checkpoints(trace, folder, of=release or release_of(trace))


@pytest.mark.parametrize("client", [None, "#2", "f" * 32])
def test_the_text_is_the_same_with_checkpoints(
    trace: Path, folder: Path, client: str | None
) -> None:
    noted = stored(trace, folder)
    explained(trace, RECORDS, noted)
    noted.save()
    records = (39, 41, 81, 120, 121, 143, 170, 179, 181)
    for record in (*records, *((None,) if client else ())):
        known = stored(trace, folder)
        assert [each.number for each in known.known] == [40, 80, 120, 160]
        assert explained(trace, record, known, client) == explained(trace, record, None, client)


def test_the_text_on_another_release_is_the_same(trace: Path, folder: Path) -> None:
    noted = stored(trace, folder, OLDEST)
    explained(trace, RECORDS, noted, release=OLDEST)
    noted.save()
    for record in (45, 130):
        known = stored(trace, folder, OLDEST)
        assert known.known
        with_them = explained(trace, record, known, release=OLDEST)
        assert with_them == explained(trace, record, None, release=OLDEST)


def test_a_late_record_is_explained_from_the_checkpoints_before_its_evaluations(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = folder / "late one"
    write_workload(one, "realistic", RECORDS, seed=1)
    trace = rewritten(one, folder / "late.necptrace")
    noted = stored(trace, folder)
    explained(trace, RECORDS, noted)
    noted.save()
    submitted: list[Step] = []
    plain: Callable[[Machine, Step], Outcome] = Machine.submit

    def submit(machine: Machine, step: Step) -> Outcome:
        submitted.append(step)
        return plain(machine, step)

    monkeypatch.setattr(Machine, "submit", submit)
    with TraceReader(trace) as reader:
        *_, added = (
            number
            for number, step, _ in reader
            if isinstance(step.input, NecpClientAction) and step.input.action == ClientAction.ADD
        )
    assert added > 120
    explained(trace, added, stored(trace, folder))
    # Its client has no evaluation before this one, as its id says.
    assert len(submitted) == (added - 1) % 40 + 1
