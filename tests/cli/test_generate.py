"""`necp-replay generate`: the trace replays, is reproducible, and its coverage is printed."""

from __future__ import annotations

import pytest

from necp_replay.generate import VERSION
from tests.cli.workplace import NEW, OLD, Workplace


@pytest.mark.parametrize("release", [OLD, NEW])
def test_a_generated_trace_replays_identically_without_a_golden(
    workplace: Workplace, release: str
) -> None:
    arguments = ("generate", "--seed", "7", "--records", "1500", "-o", "g.necptrace")
    printed = workplace.run(*arguments, "--release", release)
    assert printed.status == 0
    assert f"g.necptrace: 1500 records on {release}, seed 7, generator {VERSION}" in printed.out
    report = workplace.run("replay", "g.necptrace", "--format", "json").json()
    assert report["identical"] == report["records"] == 1500


def test_the_same_seed_gives_the_same_bytes(workplace: Workplace) -> None:
    for name in ("one", "other"):
        workplace.run("generate", "--seed", "3", "--records", "300", "-o", f"{name}.necptrace")
    one, other = (workplace.root / f"{name}.necptrace" for name in ("one", "other"))
    assert one.read_bytes() == other.read_bytes()


def test_the_coverage_is_printed(workplace: Workplace) -> None:
    arguments = ("generate", "--seed", "3", "--records", "300", "--mix", "policies")
    printed = workplace.run(*arguments, "-o", "p.necptrace")
    rows = {line.split("  ")[0]: line.split()[-3:] for line in printed.out.splitlines()}
    exercised, reachable, _ = map(int, rows["session action"])
    assert 0 < exercised <= reachable


def test_an_unknown_mix_or_release_is_refused(workplace: Workplace) -> None:
    arguments = ("generate", "--seed", "3", "--records", "30", "-o", "p.necptrace")
    assert workplace.run(*arguments, "--mix", "nosuch").status == 2
    assert workplace.run(*arguments, "--release", "xnu-1").status == 2
    assert not list(workplace.root.iterdir())
