"""Makes a golden from the records of two: accepted ones from the new, all others from the old.

Both count generated ids in their own order, so ids get new numbers in the merged golden. Two
records that belong together generate the same ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.golden.document import GoldenDocument
from necp_replay.golden.stanza import BodyText, Stanza
from necp_replay.golden.stanza_entries import with_ids
from necp_replay.golden.versions import VERSIONS

_ID: Final = re.compile(r"#[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class Choice:
    """A record of the old golden with the one of the new golden that belongs to it, or None."""

    old: Stanza | None
    new: Stanza | None
    takes_new: bool

    @property
    def taken(self) -> Stanza | None:
        """The record of the merged golden, None if it has none."""
        return self.new if self.takes_new else self.old


def merged(
    choices: Sequence[Choice], final: BodyText, *, takes_new_final: bool, version: int
) -> GoldenDocument:
    """The golden with the chosen records, numbered from 1. Their titles are of its version."""
    document = GoldenDocument([], final, version)
    names = [{}, {}] if VERSIONS[version].is_numbered else _names(choices)
    for choice in choices:
        if choice.taken is not None:
            number = len(document.stanzas) + 1
            document.stanzas.append(_renamed(choice.taken, number, names[choice.takes_new]))
    document.final = BodyText(with_ids(final.text, names[takes_new_final]))
    return document


def _names(choices: Iterable[Choice]) -> list[dict[str, str]]:
    """The merged name of each id of the old and of the new golden."""
    names: list[dict[str, str]] = [{}, {}]
    lost: list[tuple[int, str]] = []
    count = 0
    for choice in choices:
        sides = [_generated(each) for each in (choice.old, choice.new)]
        if choice.taken is None:
            lost += [(side, each) for side, ids in enumerate(sides) for each in ids]
            continue
        taken = sides[choice.takes_new]
        made = [f"#{count + place}" for place in range(1, len(taken) + 1)]
        count += len(made)
        for side, ids in enumerate(sides):
            names[side].update(zip(ids, made, strict=False))
            lost += [(side, each) for each in ids[len(made) :]]
    for side, each in lost:
        # Records that are left out generated it: no other id may get its name.
        count += 1
        names[side][each] = f"#{count}"
    return names


def _generated(stanza: Stanza | None) -> list[str]:
    if stanza is None or not stanza.generated:
        return []
    return _ID.findall(stanza.passed[stanza.passed.rfind("\n") + 1 :])


def _renamed(stanza: Stanza, number: int, names: dict[str, str]) -> Stanza:
    if not names:
        return replace(stanza, number=number)
    title, status, body, passed = (
        with_ids(text, names) for text in (stanza.title, stanza.status, stanza.body, stanza.passed)
    )
    return Stanza(number, title, status, body, passed)
