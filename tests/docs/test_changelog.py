"""docs/changelog is what `make changelog` prints."""

from __future__ import annotations

from necp_replay.releases.lineage import LINEAGE, RELEASES
from necp_replay.releases.profile import differing_facts
from tests.docs.changelog import FOLDER, index, page, tags
from tests.examples import examples

_FEW = 3
"""Pages of releases with at most this many facts are checked whole; in a thorough run, all."""


def test_the_index_is_current() -> None:
    assert (FOLDER / "README.md").read_text("utf-8") == index()
    assert {path.stem for path in FOLDER.glob("*.md")} == {"README", *tags()}


def test_every_page_names_the_facts_of_its_release_and_what_they_mean() -> None:
    complaints = []
    for tag in tags():
        text = (FOLDER / f"{tag}.md").read_text("utf-8")
        parent = LINEAGE[tag].parent
        assert parent is not None
        for fact in differing_facts(RELEASES[parent], RELEASES[tag]):
            wanted = [fact.fact.title]
            if not fact.fact.not_observable:
                wanted += [f"`{fact.name}`", fact.old_meaning, fact.new_meaning]
            complaints += [f"{tag}: {each}" for each in wanted if each not in text]
    assert not complaints


def test_pages_are_current() -> None:
    stale = []
    for tag in tags():
        parent = LINEAGE[tag].parent
        assert parent is not None
        facts = differing_facts(RELEASES[parent], RELEASES[tag])
        if len(facts) <= examples(_FEW, thorough=1_000):
            stale += [tag] if (FOLDER / f"{tag}.md").read_text("utf-8") != page(tag) else []
    assert not stale, "run `make changelog`"
