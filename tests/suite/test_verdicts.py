"""Remembered verdicts: what is restored, and that a bad cache is as good as none."""

from __future__ import annotations

import hashlib
import os
from dataclasses import fields
from pathlib import Path

import pytest

from necp_replay.errors import WriteError
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.suite import verdicts
from necp_replay.suite.verdicts import KnownVerdicts, file_of_project

REPORT = TraceReport(
    "traces/a.necptrace",
    "xnu-4570.51.1",
    records=9,
    identical=6,
    in_part=2,
    not_compared=1,
    not_determined=2,
    golden="golden/a.golden",
    first_not_determined="record 3",
    expected=1,
    expected_apart=1,
    hidden={2: 1, 10: 1},
    scenario="a.py::a",
    is_measured=True,
    without_golden="why",
)
GOLDENS = Path("golden")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that remembers one trace, `a` with the key `key`."""
    file = tmp_path / "verdicts-0.json"
    known = KnownVerdicts(file)
    known.note("a", "key", REPORT, GOLDENS)
    known.save()
    return file


def restored(file: Path, place: str = "a", key: str = "key") -> TraceReport | None:
    return KnownVerdicts(file).report_of(place, key, "traces/a.necptrace", GOLDENS)


def test_a_report_is_restored_as_it_was(file: Path) -> None:
    report = restored(file)
    assert report is not None
    assert report.from_cache
    report.from_cache = False
    assert report == REPORT
    assert file.stat().st_mode & 0o077 == 0


def test_every_field_of_a_report_is_remembered_or_the_same_in_all_of_them() -> None:
    remembered = {each.name for each in fields(REPORT) if getattr(REPORT, each.name)}
    # Each trace has its own path, no time was spent on it, and the others say that it differs.
    others = {"seconds", "from_cache", "missing_golden", "error", "hint", "examples", "kinds"}
    others |= {"different", "not_modelled", "differing_states", "missing_records"}
    others |= {"diverged_states", "first_not_modelled", "timeline", "unforeseen"}
    assert remembered | others == {each.name for each in fields(REPORT)}


def test_a_verdict_is_restored_for_its_own_key_and_place_only(file: Path) -> None:
    assert restored(file, key="other") is None
    assert restored(file, place="b") is None


@pytest.mark.parametrize(
    "change",
    [{"different": 1}, {"not_modelled": 1}, {"error": "e"}, {"missing_golden": True}],
    ids=repr,
)
def test_only_what_was_identical_is_remembered(tmp_path: Path, change: dict[str, object]) -> None:
    report = TraceReport("a", "r", records=1, identical=1)
    for name, value in change.items():
        setattr(report, name, value)
    known = KnownVerdicts(tmp_path / "verdicts-0.json")
    known.note("a", "key", report, None)
    known.save()
    assert restored(tmp_path / "verdicts-0.json") is None


def test_every_damaged_byte_is_noticed(file: Path) -> None:
    content = file.read_bytes()
    for at in range(len(content)):
        file.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        assert restored(file) is None, at
    for length in (0, 1, 30, len(content) - 1):
        file.write_bytes(content[:length])
        assert restored(file) is None, length


@pytest.mark.parametrize(
    "entries",
    [
        *("[]", "{}", '{"a":1}', '{"a":["key"]}', '{"a":["key",{}]}', '{"a":["key",[]]}'),
        '{"a":["key",{"release":"r"}]}',
        '{"a":["key",{"release":"r","records":1,"identical":"x"}]}',
        '{"a":["key",{"release":"r","records":1,"identical":1,"hidden":[1]}]}',
        "[" * 100_000,
    ],
    ids=range(10),
)
def test_a_file_with_a_right_digest_and_invalid_entries_is_treated_as_empty(
    file: Path, entries: str
) -> None:
    digest = hashlib.blake2b(entries.encode(), digest_size=20).hexdigest()
    file.write_bytes(b"necp-replay verdicts 1 " + f"{digest}\n{entries}".encode())
    assert restored(file) is None


def test_a_link_and_a_file_that_others_may_write_are_not_read(file: Path) -> None:
    link = file.with_name("verdicts-1.json")
    link.symlink_to(file)
    assert restored(link) is None
    file.chmod(0o620)
    assert restored(file) is None


def test_a_link_in_the_place_of_the_file_is_not_written_through(file: Path) -> None:
    other = file.with_name("precious")
    other.write_text("mine", "utf-8")
    file.unlink()
    file.symlink_to(other)
    known = KnownVerdicts(file)
    known.note("a", "key", REPORT, GOLDENS)
    with pytest.raises(WriteError):
        known.save()
    assert other.read_text("utf-8") == "mine"


def test_two_runs_that_write_keep_what_both_found(file: Path) -> None:
    first, second = KnownVerdicts(file), KnownVerdicts(file)
    first.note("b", "key", REPORT, GOLDENS)
    second.note("c", "key", REPORT, GOLDENS)
    first.save()
    second.save()
    assert all(restored(file, place) is not None for place in "abc")


def test_verdicts_of_removed_traces_are_forgotten(file: Path) -> None:
    known = KnownVerdicts(file)
    known.note("b", "key", REPORT, GOLDENS)
    known.save(["b", "c"])
    assert restored(file, "a") is None
    assert restored(file, "b") is not None


def test_a_file_and_the_folder_are_bounded(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts, "_MOST_ENTRIES", 3)
    known = KnownVerdicts(file)
    for place in "bcd":
        known.note(place, "key", REPORT, GOLDENS)
    known.save()
    assert [restored(file, place) is None for place in "abcd"] == [True, False, False, False]
    other, old = (file.with_name(f"verdicts-{name}.json") for name in ("other", "old"))
    for path, age_s in ((other, 10), (old, 20)):
        path.write_bytes(file.read_bytes())
        os.utime(path, (1_000_000_000 - age_s,) * 2)
    monkeypatch.setattr(verdicts, "_FOLDER_BYTES", 2 * file.stat().st_size + 10)
    known.note("e", "key", REPORT, GOLDENS)
    known.save()
    assert (file.exists(), other.exists(), old.exists()) == (True, True, False)


def test_each_project_has_a_file(tmp_path: Path) -> None:
    assert file_of_project(tmp_path, None) != file_of_project(tmp_path, tmp_path)
