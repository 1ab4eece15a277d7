"""The table of saved classes says everything of each class, and nothing that is not there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from necp_replay.events.determination import Determination
from necp_replay.generate.trace import recorded_steps
from necp_replay.kernel.machine import Machine
from necp_replay.kernel.objects.necp_fd import ObserverUpdate
from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
from necp_replay.kernel.saving.classes import CLASSES
from necp_replay.kernel.saving.kinds import Own
from necp_replay.releases.lineage import NEWEST, RELEASES
from tests.complaints import assert_none
from tests.kernel.saving.graph import CONTAINERS, changeable_objects, field_names


def test_each_class_has_every_field_in_the_table() -> None:
    assert_none(_complaints())


def _complaints() -> Iterator[str]:
    named = Counter(each.class_ for each in CLASSES)
    for each in CLASSES:
        said = {*each.fields, *each.unsaved}
        there = _fields(each.class_)
        if said != there:
            yield f"{each.class_.__name__}: {sorted(said ^ there)} differ"
        if each.fields.keys() & {*each.unsaved}:
            yield f"{each.class_.__name__}: a field is both saved and not"
        if named[each.class_] != 1:
            yield f"{each.class_.__name__} has several rows"
    for own in _owned():
        said = {name for name, _ in own.fields}
        if said != _fields(own.class_):
            yield f"{own.class_.__name__}: {sorted(said ^ _fields(own.class_))} differ"


def _fields(class_: type) -> set[str]:
    if issubclass(class_, tuple):
        return set(getattr(class_, "_fields", ()))
    if class_ is Determination:
        return set(vars(Determination(Machine(RELEASES[NEWEST]).snapshot())))
    if is_dataclass(class_):
        return {each.name for each in fields(class_)}
    return field_names(class_)


def _owned() -> list[Own]:
    found: list[Own] = []
    waiting: list[Any] = [kind for each in CLASSES for kind in each.fields.values()]
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, Own):
            found.append(kind)
            waiting.extend(inner for _, inner in kind.fields)
        elif isinstance(kind, tuple):
            waiting.extend(kind)
        elif is_dataclass(kind):
            waiting.extend(getattr(kind, each.name) for each in fields(kind))
    return found


def test_no_two_objects_share_a_container() -> None:
    fields_of = {each.class_: tuple(each.fields) for each in CLASSES if each.class_ not in _SAME}

    def names_of(class_: type) -> tuple[str, ...]:
        return fields_of.get(class_, ())

    complaints = []
    for release in ("xnu-4570.51.1", NEWEST):
        machine = Machine(RELEASES[release])
        for number, (step, _) in enumerate(
            recorded_steps(release, seed=5, records=600, mix="everything"), start=1
        ):
            machine.submit(step)
            if number % 100 == 0:
                there = changeable_objects(machine, names_of)
                held = Counter(id(each) for each in there if isinstance(each, CONTAINERS))
                complaints += [
                    f"{release}, record {number}: {each!r:.80}"
                    for each in there
                    if held[id(each)] > 1
                ]
    assert_none(complaints)


_SAME = (ParsedParameters, ObserverUpdate)
"""Records that never change, and may have lists in common."""
