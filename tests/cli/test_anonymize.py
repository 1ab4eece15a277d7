"""`necp-replay anonymize`: its output, its map of names, and what it refuses."""

from __future__ import annotations

import pytest

from tests.cli.workplace import Workplace


def test_an_anonymized_trace_replays_the_same(workplace: Workplace) -> None:
    path = workplace.record()
    key = workplace.root / "key"
    key.write_bytes(bytes(range(32)))
    printed = workplace.run("anonymize", str(path), "-o", "out.necptrace", "--key", "key")
    assert printed.status == 0
    assert "every verdict and the final state are the same" in printed.out
    replayed = workplace.run("replay", "out.necptrace", "--format", "json").json()
    assert (replayed["different"], replayed["identical"]) == (0, replayed["records"])


def test_the_json_has_the_same_content_and_the_map_is_written(workplace: Workplace) -> None:
    path = workplace.record()
    printed = workplace.run(
        *("anonymize", str(path), "-o", "out.necptrace", "--seed", "1"),
        *("--interfaces", "--map", "names.json", "--json"),
    )
    report = printed.json()
    assert (report["proved"], report["lost_outcomes"], report["changed"]) == (True, 0, 0)
    assert '"en0"' in (workplace.root / "names.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "one of the arguments --key --seed is required"),
        (["--key", "nowhere"], "nowhere: cannot be read"),
        (["--seed", "1", "--map", "scenarios/remove.py"], "exists already"),
    ],
    ids=["no key", "no such key", "map in the way"],
)
def test_an_error_is_printed_and_leaves_no_file(
    workplace: Workplace, arguments: list[str], reason: str
) -> None:
    path = workplace.record()
    printed = workplace.run("anonymize", str(path), "-o", "out.necptrace", *arguments)
    assert printed.status == 2
    assert reason in printed.err
    assert not (workplace.root / "out.necptrace").exists()
