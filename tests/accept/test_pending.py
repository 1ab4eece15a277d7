"""Goldens accepted piece by piece: what is accepted is new, everything else stays as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import assume, given
from hypothesis import strategies as st

from necp_replay.accept.pending import (
    NEW_GOLDEN,
    Decide,
    PendingChange,
    PendingChanges,
    find_pending,
)
from necp_replay.accept.plan import FileChange, plan_files, plan_pending
from necp_replay.golden.document import GoldenDocument
from necp_replay.golden.packed import PackedGolden
from necp_replay.golden.stanza import BodyText, Stanza
from necp_replay.golden.store import GoldenStore
from necp_replay.golden.versions import VERSION
from necp_replay.outcomes.node import Node
from necp_replay.rules.book import RuleBook
from necp_replay.rules.table import rule_of
from necp_replay.trace.find import FoundTrace

OWN = "xnu-4570.51.1"
OTHER = "xnu-4570.41.2"
TRACE = FoundTrace(Path("traces/area/t.necptrace"), "area/t")

NODES = st.lists(st.builds(Node, st.sampled_from("kl"), st.sampled_from("012")), max_size=2)
# Records of different names in one order, so that there is one way to put them side by side.
STANZAS = st.dictionaries(
    st.sampled_from("abcdef"), st.tuples(st.sampled_from("xy"), NODES), max_size=6
)


@st.composite
def documents(draw: st.DrawFn) -> GoldenDocument:
    """A document whose records are numbered from 1."""
    stanzas = [
        Stanza.of(number, title, *outcome)
        for number, (title, outcome) in enumerate(sorted(draw(STANZAS).items()), 1)
    ]
    return GoldenDocument(stanzas, BodyText.of(draw(NODES)), draw(st.sampled_from([1, 2, 3])))


GOLDENS = st.fixed_dictionaries(
    {}, optional={None: documents(), OWN: documents(), OTHER: documents()}
)
NOW = st.fixed_dictionaries(
    {tag: documents().map(lambda each: replace(each, version=VERSION)) for tag in (OWN, OTHER)}
)
NO_RULES = RuleBook()
RULES = st.sampled_from(
    [
        NO_RULES,
        RuleBook((rule_of({"reason": "r", "action": "known", "record": "a"}, 1, None),)),
        RuleBook((rule_of({"reason": "r", "action": "ignored", "field": "k"}, 1, None),)),
    ]
)


@contextmanager
def kept(goldens: dict[str | None, GoldenDocument]) -> Iterator[GoldenStore]:
    """A folder with these goldens; None is the one of every release without its own."""
    with TemporaryDirectory() as folder:
        store = GoldenStore(Path(folder))
        (Path(folder) / "area").mkdir()
        for release, document in goldens.items():
            store.path(TRACE.name, release).write_text(document.text(), "utf-8", newline="\n")
        yield store


def find(store: GoldenStore, now: dict[str, GoldenDocument], rules: RuleBook) -> PendingChanges:
    return find_pending(TRACE, store, packed(now), rules)


def packed(now: dict[str, GoldenDocument]) -> dict[str, PackedGolden]:
    return {release: PackedGolden.of(document) for release, document in now.items()}


def accept(
    store: GoldenStore,
    now: dict[str, GoldenDocument],
    decide: Decide,
    rules: RuleBook = NO_RULES,
) -> int:
    """Accept some; how many files that changed."""
    changes = plan_pending(find(store, now, rules), store, decide)
    write(changes)
    return len(changes)


def write(changes: list[FileChange]) -> None:
    """Put planned changes on disk, without waiting for the disk."""
    for change in changes:
        if change.after is None:
            change.path.unlink()
        else:
            change.path.write_text(change.after.text, "utf-8", newline="\n")


def files(store: GoldenStore) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in (store.root / "area").iterdir()}


def everything(change: PendingChange) -> bool:
    return True


@given(GOLDENS, NOW, RULES)
def test_accepting_nothing_leaves_every_byte(
    goldens: dict[str | None, GoldenDocument], now: dict[str, GoldenDocument], rules: RuleBook
) -> None:
    with kept(goldens) as store:
        before = files(store)
        assert accept(store, now, lambda change: False, rules) == 0
        assert files(store) == before


@given(GOLDENS, NOW)
def test_accepting_every_change_is_accepting_the_trace(
    goldens: dict[str | None, GoldenDocument], now: dict[str, GoldenDocument]
) -> None:
    with kept(goldens) as store:
        whole = plan_files(TRACE, store, packed(now))
        pending = find(store, now, NO_RULES)
        if pending.changes:
            assert plan_pending(pending, store, everything) == whole
            write(whole)
        assert find(store, now, NO_RULES).changes == []


@given(GOLDENS, NOW, st.sets(st.integers(0, 9)))
def test_what_is_accepted_is_not_asked_again_and_the_rest_is(
    goldens: dict[str | None, GoldenDocument],
    now: dict[str, GoldenDocument],
    chosen: set[int],
) -> None:
    with kept(goldens) as store:
        pending = find(store, now, NO_RULES)
        assume(all(each.difference.title != NEW_GOLDEN for each in pending.changes))
        taken = {id(each) for number, each in enumerate(pending.changes) if number in chosen}
        write(plan_pending(pending, store, lambda change: id(change) in taken))
        left = [each for each in pending.changes if id(each) not in taken]
        assert [asked(each) for each in find(store, now, NO_RULES).changes] == [
            asked(each) for each in left
        ]


def asked(change: PendingChange) -> tuple[object, ...]:
    """What a person is asked."""
    return change.difference.title, change.before, change.after, change.releases


@given(GOLDENS, NOW, RULES, st.sets(st.sampled_from("abcdef")))
def test_accepting_the_same_twice_changes_nothing_more(
    goldens: dict[str | None, GoldenDocument],
    now: dict[str, GoldenDocument],
    rules: RuleBook,
    titles: set[str],
) -> None:
    def decide(change: PendingChange) -> bool:
        return change.difference.title in titles

    with kept(goldens) as store:
        accept(store, now, decide, rules)
        before = files(store)
        assert accept(store, now, decide, rules) == 0
        assert files(store) == before


def document(*outcomes: str, final: str = "0") -> GoldenDocument:
    """Records named a, b, c... with these outcomes."""
    stanzas = [
        Stanza(number, name, status)
        for number, (name, status) in enumerate(zip("abcdef", outcomes, strict=False), 1)
    ]
    return GoldenDocument(stanzas, BodyText.of([Node("k", final)]))


def test_one_accepted_record_is_new_and_the_others_are_old() -> None:
    with kept({None: document("x", "x", "x")}) as store:
        now = {OWN: document("y", "y", "y", final="1")}
        accept(store, now, lambda change: change.difference.title == "b")
        assert files(store)["t.golden"] == document("x", "y", "x").text()


def test_a_release_keeps_its_old_text_in_a_file_of_its_own_where_only_the_other_is_accepted() -> (
    None
):
    with kept({None: document("x")}) as store:
        now = {OWN: document("y"), OTHER: document("z")}
        accept(store, now, lambda change: change.releases == [OWN])
        assert files(store) == {
            "t.golden": document("x").text(),
            f"t@{OWN}.golden": document("y").text(),
        }


def test_the_same_change_of_two_releases_is_asked_once() -> None:
    with kept({None: document("x", "x"), OWN: document("x")}) as store:
        now = {OWN: document("y"), OTHER: document("y", "x")}
        (change,) = find(store, now, NO_RULES).changes
        assert change.releases == [OWN, OTHER]


def test_a_removed_record_stays_until_its_removal_is_accepted() -> None:
    with kept({None: document("x", "x", "x")}) as store:
        without = GoldenDocument(
            [Stanza(1, "a", "y"), Stanza(2, "c", "x")], BodyText.of([Node("k", "0")])
        )
        accept(store, {OWN: without}, lambda change: change.difference.title == "a")
        assert [line.split(" ")[0] for line in files(store)["t.golden"].splitlines()[1:4]] == [
            "a",
            "b",
            "c",
        ]
        accept(store, {OWN: without}, everything)
        assert files(store)["t.golden"] == without.text()


def test_a_trace_without_a_golden_is_one_decision() -> None:
    with kept({}) as store:
        now = {OWN: document("x"), OTHER: document("y")}
        (change,) = find(store, now, NO_RULES).changes
        assert (change.difference.title, change.before) == (NEW_GOLDEN, ())
        accept(store, now, everything)
        assert sorted(files(store)) == ["t.golden", f"t@{OWN}.golden"]


def test_what_a_rule_expects_is_not_asked_and_stays() -> None:
    known = rule_of({"reason": "r", "action": "known", "record": "b"}, 1, None)
    with kept({None: document("x", "x")}) as store:
        now = {OWN: document("y", "y")}
        accept(store, now, everything, RuleBook((known,)))
        assert files(store)["t.golden"] == document("y", "x").text()
