"""Which clients observers find, also after an id was given to two clients."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.kernel.exceptions import KernelPanic
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.red_black_tree import RedBlackTree


def _client(number: int) -> Client:
    return Client(bytes([number]) * 16, b"", 0)


def _add(tree: RedBlackTree[Client], client: Client) -> None:
    tree.add(client, client.client_id)


def _numbers(tree: RedBlackTree[Client]) -> list[int]:
    return [client.client_id[0] for client in tree]


def _tree(*numbers: int) -> tuple[RedBlackTree[Client], list[Client]]:
    """A tree with clients of these ids, added in this order, and the clients."""
    tree = RedBlackTree[Client]()
    clients = [_client(number) for number in numbers]
    for client in clients:
        _add(tree, client)
    return tree, clients


@given(st.lists(st.integers(0, 40), max_size=120))
def test_clients_are_found_and_listed_by_id_as_they_come_and_go(numbers: list[int]) -> None:
    tree = RedBlackTree[Client]()
    held: dict[int, Client] = {}
    for number in numbers:
        if number in held:
            tree.remove(held.pop(number))
        else:
            _add(tree, held.setdefault(number, _client(number)))
        assert _numbers(tree) == sorted(held)
        assert tree.find(bytes([number]) * 16) is held.get(number)


def test_of_two_clients_with_an_id_the_first_is_found() -> None:
    tree, clients = _tree(1, 1)
    assert tree.find(b"\x01" * 16) is clients[0]


def test_removing_the_second_client_with_an_id_empties_the_tree() -> None:
    tree, clients = _tree(1, 2, 1)
    tree.remove(clients[2])
    assert _numbers(tree) == []


def test_clients_added_afterwards_are_in_a_new_tree() -> None:
    tree, clients = _tree(1, 2, 1)
    tree.remove(clients[2])
    _add(tree, _client(3))
    assert _numbers(tree) == [3]


def test_removing_a_leaf_of_the_stale_tree_changes_nothing() -> None:
    tree, clients = _tree(1, 2, 1)
    tree.remove(clients[2])
    _add(tree, _client(3))
    tree.remove(clients[1])
    assert _numbers(tree) == [3]


def test_removing_the_root_of_the_stale_tree_brings_the_rest_of_it_back() -> None:
    tree, clients = _tree(1, 2, 1)
    tree.remove(clients[2])
    _add(tree, _client(3))
    tree.remove(clients[0])
    assert _numbers(tree) == [2]


def test_removing_the_last_client_of_the_stale_tree_empties_the_tree() -> None:
    tree, clients = _tree(1, 1)
    tree.remove(clients[1])
    _add(tree, _client(3))
    tree.remove(clients[0])
    assert _numbers(tree) == []


def test_an_id_of_the_stale_tree_can_be_added_again() -> None:
    tree, clients = _tree(1, 1)
    tree.remove(clients[1])
    again = _client(1)
    _add(tree, again)
    assert tree.find(b"\x01" * 16) is again


def test_rebalancing_a_stale_tree_above_its_root_panics() -> None:
    tree, clients = _tree(1, 3, 1, 6, 5)
    tree.remove(clients[2])
    tree.remove(clients[4])
    _add(tree, _client(4))
    with pytest.raises(KernelPanic):
        tree.remove(clients[0])


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 6)), max_size=60))
def test_with_repeated_ids_the_tree_lists_only_clients_that_exist_in_order(
    calls: list[tuple[bool, int]],
) -> None:
    tree = RedBlackTree[Client]()
    held: list[Client] = []
    for adds, number in calls:
        try:
            if adds:
                held.append(_client(number))
                _add(tree, held[-1])
            elif number <= len(held):
                tree.remove(held.pop(number - 1))
        except KernelPanic:
            return
        listed = list(tree)
        assert set(listed) <= set(held)
        ids = [client.client_id for client in listed]
        assert ids == sorted(set(ids))
        assert [tree.find(client_id) for client_id in ids] == listed
