"""A tree whose shape is made late answers as one that has it all the time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.kernel.exceptions import KernelPanic
from necp_replay.kernel.objects import deferred_tree
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.deferred_tree import DeferredTree
from necp_replay.kernel.objects.red_black_tree import RedBlackTree

_STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "add", "remove", "root"]), st.integers(1, 12)), max_size=80
)


def _client(number: int) -> Client:
    return Client(bytes([number]) * 16, b"", 0)


def _compare(steps: list[tuple[str, int]]) -> None:
    """Take the same steps on both kinds of tree and compare what they answer."""
    deferred, shaped = DeferredTree[Client](), RedBlackTree[Client]()
    held: list[Client] = []
    for step, number in steps:
        panics = 0
        if step == "add":
            client = _client(number)
            held.append(client)
            for add in (deferred.add, shaped.add):
                try:
                    add(client, client.client_id)
                except KernelPanic:
                    panics += 1
        elif step == "remove" and number <= len(held):
            client = held.pop(number - 1)
            try:
                deferred.remove(client, client.client_id)
            except KernelPanic:
                panics += 1
            try:
                shaped.remove(client)
            except KernelPanic:
                panics += 1
        elif step == "root":
            assert deferred.root is shaped.root
        assert panics in (0, 2)
        if panics:
            return
        assert list(deferred) == list(shaped)
        for number_asked in range(1, 13):
            key = bytes([number_asked]) * 16
            assert deferred.find(key) is shaped.find(key)


@given(_STEPS)
def test_it_answers_as_the_tree_that_has_its_shape_all_the_time(
    steps: list[tuple[str, int]],
) -> None:
    _compare(steps)


@given(_STEPS)
def test_it_answers_the_same_when_notes_are_carried_out_early(steps: list[tuple[str, int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deferred_tree, "MAX_NOTES", 3)
        _compare(steps)


@given(st.lists(st.integers(1, 40), max_size=120))
def test_the_root_is_that_of_the_shape_while_ids_are_given_once(numbers: list[int]) -> None:
    deferred, shaped = DeferredTree[Client](), RedBlackTree[Client]()
    held: dict[int, Client] = {}
    for number in numbers:
        if number in held:
            client = held.pop(number)
            deferred.remove(client, client.client_id)
            shaped.remove(client)
        else:
            client = held[number] = _client(number)
            deferred.add(client, client.client_id)
            shaped.add(client, client.client_id)
    assert deferred.root is shaped.root
    assert list(deferred) == list(shaped)
