"""Invalid arguments are refused in one way: a line that says why, and status 2."""

from __future__ import annotations

import re

import pytest

from necp_replay.cli.arguments import size_bytes
from tests.cli.workplace import Workplace

REPLAY = ("replay", "traces")
GENERATE = ("generate", "-o", "x.necptrace")
BAD = [
    (*REPLAY, "--engine-limit", "1e300"),
    (*REPLAY, "--engine-limit", "nan"),
    (*REPLAY, "--engine-limit", "inf"),
    (*REPLAY, "--engine-limit=-1"),
    (*REPLAY, "--engine-limit", "0"),
    (*REPLAY, "--engine-limit", ""),
    (*REPLAY, "--engine-limit", "ten"),
    (*REPLAY, "--engine", ""),
    (*REPLAY, "--engine", "  "),
    (*REPLAY, "--engine", "''"),
    (*REPLAY, "--engine", "'unbalanced"),
    (*REPLAY, "--jobs", "0"),
    (*REPLAY, "--jobs=-1"),
    (*REPLAY, "--jobs", "1000000"),
    (*REPLAY, "--jobs", "9" * 5000),
    (*REPLAY, "--jobs", "1.5"),
    (*REPLAY, "--jobs", "\u0663"),
    (*REPLAY, "--jobs", "1_0"),
    (*REPLAY, "--date", "2026-13-01"),
    ("accept", "traces", "--engine", ""),
    ("replay", ""),
    ("accept", "traces", ""),
    ("info", ""),
    ("show", ""),
    ("doctor", ""),
    ("convert", ""),
    ("convert", "x", "-o", ""),
    ("coverage", ""),
    ("index", ""),
    ("diff", "", "b"),
    ("review", ""),
    ("explain", "", "--record", "1"),
    ("record", "", "-o", "x"),
    ("record", "scenarios", "-o", ""),
    ("import", "vectors", "", "-o", "x"),
    ("import", "vectors", "x", "-o", ""),
    ("attachments", "x", "--extract", ""),
    (*REPLAY, "--golden", ""),
    (*REPLAY, "--rules", ""),
    (*REPLAY, "--html", ""),
    (*REPLAY, "--junit", ""),
    (*REPLAY, "--release", ""),
    ("serve", "--release", ""),
    ("diff", "traces", "--from", "a", "--to", "b", "--to-engine", ""),
    ("diff", "a", "b", "--limit", "0"),
    ("diff", "a", "b", "--limit", "9" * 30),
    ("check-engine", ""),
    ("check-engine", "x", "--records", "0"),
    ("check-engine", "x", "--engine-limit", "1e300"),
    (*GENERATE, "--records", "5", "--seed", "9" * 5000),
    (*GENERATE, "--records", "5", "--seed", "9" * 30),
    (*GENERATE, "--records", "0x10", "--seed", "1"),
    (*GENERATE, "--records", "9" * 30, "--seed", "1"),
    ("anonymize", "x", "-o", "y", "--seed", "1e3"),
    ("bench", "--records", "nan"),
    ("bench", "--clients", "0"),
    ("bench", "--release", ""),
    ("explain", "x", "--record", "0"),
    ("state", "", "--record", "1"),
    ("state", "x", "--record", "0"),
    ("doctor", "-", "--spool-limit", "0"),
    ("doctor", "-", "--spool-limit", "M"),
    ("doctor", "-", "--spool-limit", "1e9"),
    ("doctor", "-", "--spool-limit=-1G"),
    ("doctor", "-", "--spool-limit", "99999999999999T"),
]


@pytest.mark.parametrize("arguments", BAD, ids=lambda words: " ".join(words)[:60])
def test_a_bad_argument_is_refused(workplace: Workplace, arguments: tuple[str, ...]) -> None:
    printed = workplace.run(*arguments)
    assert printed.status == 2
    assert printed.out == ""
    last = printed.err.splitlines()[-1]
    assert re.match(f"necp-replay {arguments[0]}( vectors)?: error: argument ", last)
    assert len(last) < 200
    assert "invalid" not in last
    assert list(workplace.root.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "size"), [("1", 1), ("10k", 10 << 10), ("500M", 500 << 20), ("2G", 2 << 30)]
)
def test_a_size_may_have_a_unit(text: str, size: int) -> None:
    assert size_bytes(text) == size
