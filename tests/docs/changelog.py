"""Writes docs/changelog: a page for each modelled release, and their index (`make changelog`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from necp_replay.changelog.entries import changelog_step
from necp_replay.files.atomic import write_text
from necp_replay.releases.lineage import LINEAGE, RELEASES
from necp_replay.releases.profile import differing_facts
from necp_replay.report.changelog_markdown import changelog_markdown, release_heading

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "changelog"
_TRACES = "traces/differences"

_OPENING = """\
# What changed from release to release

Printed from the facts of the releases and the traces that show them by `make changelog`; a test
fails when a page is stale. `necp-replay changelog R1 R2` prints the same for any two releases.

| release | macOS and iOS | changes that programs can see |
|---|---|---|"""


def index() -> str:
    """The index page, newest release first."""
    rows = (
        f"| [{tag}]({tag}.md) | {release_heading(tag).partition('(')[2].rstrip(')')} | {seen} |"
        for tag, seen in _seen_changes()
    )
    return "\n".join([_OPENING, *rows]) + "\n"


def page(tag: str) -> str:
    """The page of a release that has a parent."""
    parent = LINEAGE[tag].parent
    assert parent is not None
    step = changelog_step(parent, tag, ROOT / _TRACES)
    return "# What changed in a release\n\n" + changelog_markdown([step], f"../../{_TRACES}")


def tags() -> list[str]:
    """The releases that have a page, newest first."""
    return [tag for tag in reversed(LINEAGE) if LINEAGE[tag].parent is not None]


def _seen_changes() -> Iterator[tuple[str, int]]:
    for tag in tags():
        parent = LINEAGE[tag].parent
        assert parent is not None
        facts = differing_facts(RELEASES[parent], RELEASES[tag])
        yield tag, sum(not fact.fact.not_observable for fact in facts)


def main() -> None:
    """Write all pages, and remove those of releases that are not modelled."""
    FOLDER.mkdir(exist_ok=True)
    written = {FOLDER / "README.md": index(), **{FOLDER / f"{tag}.md": page(tag) for tag in tags()}}
    for path, text in written.items():
        write_text(path, text)
    for path in set(FOLDER.glob("*.md")) - written.keys():
        path.unlink()


if __name__ == "__main__":
    main()
