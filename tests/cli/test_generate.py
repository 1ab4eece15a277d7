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


@pytest.mark.parametrize("mix", ["everything", "clients", "flows", "policies"])
@pytest.mark.parametrize("percent", [1, 20, 100])
def test_unmeasured_parts_of_a_generated_trace_are_no_difference(
    workplace: Workplace, mix: str, percent: int
) -> None:
    arguments = ("generate", "--seed", "9", "--records", "600", "--mix", mix)
    path = f"g{percent}.necptrace"
    assert workplace.run(*arguments, "--unmeasured", str(percent), "-o", path).status == 0
    report = workplace.run("replay", path, "--format", "json").json()
    assert report["different"] == report["not_modelled"] == 0
    assert report["in_part"] + report["not_compared"] + report["not_determined"] > 0
    assert report["identical"] > 0
    (info,) = workplace.run("info", path, "--scan", "--json").json()["traces"]
    assert 0 < info["partial"] <= 600
    assert (info["partial"] > 500) is (percent == 100)


def test_the_inputs_of_a_seed_are_the_same_with_unmeasured_parts(workplace: Workplace) -> None:
    arguments = ("generate", "--seed", "3", "--records", "200")
    workplace.run(*arguments, "-o", "whole.necptrace")
    for name in ("one", "other"):
        workplace.run(*arguments, "--unmeasured", "10", "-o", f"{name}.necptrace")
    one, other = (workplace.root / f"{name}.necptrace" for name in ("one", "other"))
    assert one.read_bytes() == other.read_bytes()
    lines, whole = (
        workplace.run("convert", f"{name}.necptrace").out.splitlines()[1:]
        for name in ("one", "whole")
    )
    same = sum(line == other for line, other in zip(lines, whole, strict=True))
    assert 150 < same < 200


@pytest.mark.parametrize("percent", ["-1", "101", "half", "5%"])
def test_an_invalid_percentage_is_refused(workplace: Workplace, percent: str) -> None:
    arguments = ("generate", "--seed", "3", "--records", "20", "-o", "p.necptrace")
    assert workplace.run(*arguments, "--unmeasured", percent).status == 2
