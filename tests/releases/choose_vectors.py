"""Chooses the measured traces for the corpus: few and small ones that show every changed fact.

    .venv/bin/python -m tests.releases.choose_vectors TRACES RELEASE

TRACES is a folder of traces that were imported from the vectors of the release. Prints their paths.
For each fact that the release changed, the smallest traces that show it are chosen, four if there
are so many. A trace that shows several counts for each. What no trace shows goes to standard error.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from necp_replay.releases.lineage import LINEAGE
from necp_replay.releases.names import find_release
from necp_replay.releases.profile import differing_facts
from necp_replay.releases.under_way import UNDER_WAY
from necp_replay.replay.two_releases import DiffOptions, diff_trace
from necp_replay.trace.find import find_traces

TRACES_PER_FACT = 4


def choose(shown: Mapping[Path, frozenset[str]], sizes: Mapping[Path, int]) -> list[Path]:
    """The traces to keep, of those that show these facts and have these sizes.

    Rare facts come first, because their traces often show common ones too.
    """
    by_fact: dict[str, list[Path]] = {}
    for path in sorted(shown, key=lambda path: (sizes[path], path)):
        for fact in shown[path]:
            by_fact.setdefault(fact, []).append(path)
    chosen: set[Path] = set()
    for _, paths in sorted(by_fact.items(), key=lambda entry: (len(entry[1]), entry[0])):
        missing = TRACES_PER_FACT - len(chosen.intersection(paths))
        chosen.update([path for path in paths if path not in chosen][: max(missing, 0)])
    return sorted(chosen)


def main(folder: str, release: str) -> None:
    """Print what is chosen, and what no trace shows."""
    known = LINEAGE | {tag: entry.release for tag, entry in UNDER_WAY.items()}
    new = find_release(release, under_way=True)
    parent = known[new.release].parent
    assert parent is not None, "the oldest release has no parent to differ from"
    old = known[parent].profile
    shown, sizes = {}, {}
    for trace in find_traces([Path(folder)]):
        report = diff_trace(trace.path, trace.name, DiffOptions(old, new, new.release))
        shown[trace.path] = frozenset(report.kinds)
        sizes[trace.path] = trace.path.stat().st_size
    for path in choose(shown, sizes):
        print(path)
    for fact in differing_facts(old, new):
        if not any(fact.name in facts for facts in shown.values()):
            print(f"no trace shows {fact.name}", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
