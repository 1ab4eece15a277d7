"""Which releases behave alike in a trace, or in one of its records."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest

from necp_replay.errors import TraceError
from necp_replay.events.inputs import Step
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.profile import Profile, differing_facts
from necp_replay.replay.many_releases import Behaviours, behaviours
from necp_replay.replay.two_releases import DiffOptions, diff_trace
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter

TRACES = Path(__file__).parents[2] / "traces"
ALL = list(RELEASES.values())
REMOVE = TRACES / "client" / "remove.necptrace"
CLAIM = TRACES / "differences" / "client_that_is_claimed.necptrace"
PANICS = TRACES / "vulnerabilities" / "tfo_cookie_heap_overflow.necptrace"


def of(path: Path, profiles: list[Profile] = ALL, **options: Any) -> Behaviours:
    return behaviours(path, profiles, **options)


def differs(path: Path, old: Profile, new: Profile) -> bool:
    options = DiffOptions(old, new, new.release, explains=False)
    return diff_trace(path, path.stem, options).differs


@pytest.mark.parametrize("path", [REMOVE, TRACES / "client" / "sign.necptrace"], ids=str)
def test_two_releases_share_a_letter_if_a_comparison_of_them_finds_no_difference(
    path: Path,
) -> None:
    found = of(path)
    complaints = [
        (old.release, new.release)
        for old, new in combinations(ALL, 2)
        if (found.letter(old.release) == found.letter(new.release)) == differs(path, old, new)
    ]
    assert not complaints


def test_letters_are_given_in_the_order_of_the_releases() -> None:
    letters = of(TRACES / "client" / "copy_result.necptrace").letters
    assert list(dict.fromkeys(letters)) == sorted(set(map(str, letters)))


def test_a_change_counts_the_records_that_differ_from_the_release_before() -> None:
    found = of(REMOVE)
    change = found.changes[0]
    old, new = RELEASES[change.old], RELEASES[change.new]
    report = diff_trace(REMOVE, "remove", DiffOptions(old, new, new.release))
    first = min(example.record or 0 for example in report.examples)
    assert (change.records, change.first) == (report.different, first)
    assert change.final_state == bool(report.differing_states)


def test_one_record_is_compared_alone() -> None:
    change = of(REMOVE).changes[0]
    assert change.first is not None
    before = of(REMOVE, record=change.first - 1)
    assert (before.changes, set(before.letters)) == ([], {"A"})
    at_it = of(REMOVE, record=change.first)
    assert [each.new for each in at_it.changes] == [change.new]
    assert "REMOVE" in at_it.title
    assert at_it.records == change.first


def test_a_release_that_lacks_an_input_has_no_letter_and_names_the_record() -> None:
    found = of(CLAIM)
    assert found.letters[0] is None
    assert found.letters[-1] is not None
    assert "set_delegated_upid" in found.not_modelled[ALL[0].release]
    record = int(found.not_modelled[ALL[0].release].split()[1])
    older = [each for each in found.changes if each.new in found.not_modelled]
    assert all(each.first is not None and each.first < record for each in older)


def test_what_follows_a_panic_is_not_missing_from_the_model() -> None:
    assert None not in of(PANICS).letters


def test_a_change_that_is_taken_back_names_the_release_that_behaved_so_before() -> None:
    first, last = RELEASES["xnu-4570.71.2"], RELEASES["xnu-4903.221.2"]
    again = replace(first, release="again")
    found = of(REMOVE, [first, last, again])
    assert found.letters == ["A", "B", "A"]
    assert [found.like_before(change) for change in found.changes] == [None, first.release]


def test_releases_without_a_difference_in_facts_behave_alike() -> None:
    pairs = [
        (old.release, new.release) for old, new in pairwise(ALL) if not differing_facts(old, new)
    ]
    assert pairs
    found = of(TRACES / "client" / "copy_result.necptrace")
    assert all(found.letter(old) == found.letter(new) for old, new in pairs)


def test_a_record_that_is_not_there_is_refused() -> None:
    with pytest.raises(TraceError, match="there is no record 99,999") as caught:
        of(REMOVE, record=99_999)
    assert "The trace has" in caught.value.hint


def test_an_empty_trace_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.necptrace"
    with TraceReader(REMOVE) as reader:
        header = reader.header
    with path.open("wb") as file, TraceWriter(file, header):
        pass
    with pytest.raises(TraceError, match="holds no records"):
        of(path)


def test_records_are_counted_on_the_way(tmp_path: Path) -> None:
    path = tmp_path / "long.necptrace"
    with TraceReader(REMOVE) as reader:
        steps: list[Step] = [step for _, step, _ in reader]
        with path.open("wb") as file, TraceWriter(file, reader.header) as writer:
            for step in steps * 30:
                writer.write(step, None)
    told: list[int] = []
    found = of(path, ALL[:2], on_records=told.append)
    assert 0 < sum(told) <= found.records
