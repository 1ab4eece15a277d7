"""Hashes of states on the command line: making, showing, checking, and leaving them out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from tests.cli.workplace import Workplace

VPN: Final = str(Path(__file__).parents[2] / "traces/policies/vpn.necptrace")
HASHED: Final = "hashed.necptrace"
LEFT_OUT: Final = "The hashes of states are left out"


@pytest.fixture
def hashed(workplace: Workplace) -> Workplace:
    made = workplace.run("convert", VPN, "--state-hashes", "10", "-o", HASHED)
    assert made.status == 0, made
    assert made.err == "3 hashes of states written\n"
    return workplace


def test_hashes_are_counted_and_shown(hashed: Workplace) -> None:
    assert "hashes of states  3\n" in hashed.run("info", HASHED).out
    assert hashed.run("info", HASHED, "--format", "json").json()["traces"][0]["state_hashes"] == 3
    shown = hashed.run("show", HASHED, "--select", "20").out.splitlines()[-1]
    assert shown.startswith("  state_hash: ")
    state = hashed.run("state", HASHED, "--record", "20").out
    assert f"state hash {shown.split()[1]}, as recorded\n" in state
    assert "as recorded" not in hashed.run("state", HASHED, "--record", "21").out


def test_hashes_survive_conversion_to_json_lines_and_back(hashed: Workplace) -> None:
    assert hashed.run("convert", HASHED, "-o", "a.jsonl").status == 0
    lines = (hashed.root / "a.jsonl").read_text("utf-8").splitlines()
    assert [number for number, line in enumerate(lines) if "state_hash" in line] == [10, 20, 30]
    assert hashed.run("convert", "a.jsonl", "-o", "b.necptrace").status == 0
    assert hashed.run("convert", "b.necptrace").out.splitlines() == lines
    made = hashed.run("convert", "a.jsonl", "--state-hashes", "35", "-o", "c.necptrace")
    assert made.err == "1 hash of states written\n"


@pytest.mark.parametrize(
    "found", [1, {}, {"form": 1}, {"form": 0, "sha256": "00" * 32}, {"form": 1, "sha256": "00"}]
)
def test_json_lines_with_a_wrong_hash_are_refused(hashed: Workplace, found: object) -> None:
    hashed.run("convert", HASHED, "-o", "a.jsonl")
    lines = (hashed.root / "a.jsonl").read_text("utf-8").splitlines()
    lines[3] = json.dumps(json.loads(lines[3]) | {"state_hash": found})
    hashed.write("b.jsonl", "\n".join(lines))
    printed = hashed.run("convert", "b.jsonl", "-o", "b.necptrace")
    assert printed.status == 2
    assert "b.jsonl: line 4: state_hash: expected 'form' and 'sha256'" in printed.err


@pytest.mark.parametrize(
    "words",
    [
        ("cut", HASHED, "--select", "23", "-o", "out.necptrace"),
        ("split", HASHED, "--by", "pid", "-o", "parts"),
        ("anonymize", HASHED, "--seed", "1", "-o", "out.necptrace"),
        ("cat", HASHED, "other.necptrace", "-o", "out.necptrace"),
        ("convert", HASHED, "--select", "1-20"),
    ],
    ids=lambda words: words[0],
)
def test_hashes_that_are_no_longer_right_are_left_out_with_a_message(
    hashed: Workplace, words: tuple[str, ...]
) -> None:
    (hashed.root / "other.necptrace").write_bytes((hashed.root / HASHED).read_bytes())
    printed = hashed.run(*words)
    assert LEFT_OUT in printed.err, printed
    for path in hashed.root.rglob("*.necptrace"):
        if path.name not in (HASHED, "other.necptrace"):
            info = hashed.run("info", str(path), "--format", "json").json()
            assert info["traces"][0]["state_hashes"] == 0


def test_a_recording_has_hashes_and_stays_up_to_date(workplace: Workplace) -> None:
    workplace.write(
        "small.py",
        "def small(system):\n"
        "    fd = system.add_process(pid=100).necp_open()\n"
        "    fd.add()\n    fd.add()\n    fd.add()\n",
    )
    recorded = workplace.run("record", "small.py", "-o", ".", "--state-hashes", "2")
    assert recorded.status == 0, recorded
    info = workplace.run("info", "small.necptrace", "--format", "json").json()
    assert info["traces"][0]["state_hashes"] == info["traces"][0]["records"] // 2
    assert workplace.run("record", "small.py", "-o", ".", "--check").status == 0
    assert workplace.run("replay", "small.necptrace", "--no-cache").status in (0, 1)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((VPN, "--state-hashes", "0", "-o", "a.necptrace"), "argument --state-hashes"),
        ((VPN, "--state-hashes", "5", "-o", "a.jsonl"), "the output is a trace"),
        ((VPN, "--state-hashes", "5"), "the output is a trace"),
        ((VPN, "--state-hashes", "5", "--select", "1", "-o", "a.necptrace"), "needs all records"),
    ],
    ids=["none", "lines", "no file", "selection"],
)
def test_impossible_requests_for_hashes_are_refused(
    workplace: Workplace, words: tuple[str, ...], reason: str
) -> None:
    printed = workplace.run("convert", *words)
    assert printed.status == 2
    assert reason in printed.err
