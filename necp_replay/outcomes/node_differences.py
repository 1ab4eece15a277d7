"""Compares two trees of nodes.

Lists are aligned in their order. Flows, clients and fds form sets: each member is compared with the
one that has the same identity, wherever that is, and another order is a difference of its own. Two
values of a counter are compared as numbers.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Hashable, Iterator, Sequence
from typing import Final, TypeAlias

from necp_replay.align.edit_script import Move
from necp_replay.align.sequences import DEFAULT_LIMITS, align
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import COUNTED, Layer, LayerOf, layers_inside
from necp_replay.outcomes.node import Node, lines_of

_FLOWS: Final = frozenset({"flow", "FLOW"})
_SETS: Final = _FLOWS | {"client", "fd", "observer"}
"""Keys of nodes that form a set. Other nodes may be between them."""
_NAMED_BY_FIRST_WORD: Final = frozenset({"session", "agent", "policy", "NETAGENT"})
"""Keys of nodes that are identified by the first word of their value."""
_FLOW_IDENTITY: Final = (
    ("nexus_agent", "handle", "NEXUS_INSTANCE", "CLIENT_ID", "NETAGENT"),
    ("interface_index", "INTERFACE_INDEX", "INTERFACE", "cb"),
    ("local_addr", "remote_addr", "LOCAL_ENDPOINT", "REMOTE_ENDPOINT"),
)
"""Keys that identify a flow, the most significant first. Later groups distinguish flows that agree
in the earlier ones."""
_COUNTERS: Final = frozenset({"updates", "use_count", "out_use_count", "generation"})
"""Counters in layers whose numbers are not all counted."""
_NUMBER: Final = re.compile(r"-?\d{1,30}")
_MOST_BY_KEY: Final = DEFAULT_LIMITS.cost_cap
"""Up to this many nodes on both sides, an alignment finds the fewest differences possible."""

_Pair: TypeAlias = tuple[Node | None, Node | None]
"""Nodes of both sides that belong together and differ, None for a side without one."""


def node_differences(
    expected: Sequence[Node], actual: Sequence[Node], layer_of: LayerOf
) -> list[FieldDifference]:
    """Every field in which two lists of nodes differ; none exactly if they are equal."""
    return list(_list_differences(expected, actual, "", layer_of))


def _list_differences(
    expected: Sequence[Node], actual: Sequence[Node], path: str, layer_of: LayerOf
) -> Iterator[FieldDifference]:
    if expected == actual:
        return
    olds = [node for node in expected if node.key not in _SETS]
    news = [node for node in actual if node.key not in _SETS]
    yield from _sequence_differences(olds, news, path, layer_of)
    keys = dict.fromkeys(node.key for node in (*expected, *actual) if node.key in _SETS)
    is_found = False
    for key in keys:
        old_set = [node for node in expected if node.key == key]
        new_set = [node for node in actual if node.key == key]
        for difference in _set_differences(old_set, new_set, path, layer_of):
            is_found = True
            yield difference
    if keys and not is_found and olds == news:
        # Members and other nodes are equal, so only their order differs.
        yield _order_difference(expected, actual, path, layer_of)


def _sequence_differences(
    expected: Sequence[Node], actual: Sequence[Node], path: str, layer_of: LayerOf
) -> Iterator[FieldDifference]:
    if expected == actual:
        return
    pairs = _pairs_by_key(expected, actual)
    for old, new in _aligned(expected, actual) if pairs is None else pairs:
        yield from _node_pair_differences(old, new, path, layer_of)


def _aligned(expected: Sequence[Node], actual: Sequence[Node]) -> Iterator[_Pair]:
    """What an alignment says is different."""
    for step in align(expected, actual, _NodeComparator()):
        if step.move is not Move.MATCH:
            yield step.left, step.right


def _pairs_by_key(expected: Sequence[Node], actual: Sequence[Node]) -> list[_Pair] | None:
    """The same as :func:`_aligned` where each key occurs once, in the same order on both sides.

    Nothing needs to be searched there: any other pairs would leave more nodes without a partner.
    None where it is not so, and for lists in which an alignment would not look at all pairs.
    """
    if len(expected) + len(actual) > _MOST_BY_KEY:
        return None
    key = _NodeComparator().key
    lefts = {key(node): place for place, node in enumerate(expected)}
    rights = {key(node): place for place, node in enumerate(actual)}
    if len(lefts) < len(expected) or len(rights) < len(actual):
        return None
    common = [(lefts[each], rights[each]) for each in lefts if each in rights]
    if any(before[1] > after[1] for before, after in itertools.pairwise(common)):
        return None
    pairs: list[_Pair] = []
    here, there = 0, 0
    for left, right in (*common, (len(expected), len(actual))):
        pairs += [(node, None) for node in expected[here:left]]
        pairs += [(None, node) for node in actual[there:right]]
        if left < len(expected) and expected[left] != actual[right]:
            pairs.append((expected[left], actual[right]))
        here, there = left + 1, right + 1
    return pairs


def _set_differences(
    expected: Sequence[Node], actual: Sequence[Node], path: str, layer_of: LayerOf
) -> Iterator[FieldDifference]:
    if expected == actual:
        return
    partners = _partners(expected, actual)
    is_found = False
    for old, new in partners:
        for difference in _node_pair_differences(old, new, path, layer_of):
            is_found = True
            yield difference
    if not is_found:
        yield _order_difference(expected, actual, path, layer_of)


def _partners(
    expected: Sequence[Node], actual: Sequence[Node]
) -> list[tuple[Node | None, Node | None]]:
    """Pairs of members with the same identity. The closest identity is tried first."""
    left = dict(enumerate(expected))
    right = dict(enumerate(actual))
    partner_of: dict[int, int] = {}
    for closeness in range(len(_FLOW_IDENTITY), -1, -1):
        waiting: dict[Hashable, list[int]] = {}
        for i, old in left.items():
            waiting.setdefault(_identity(old, closeness), []).append(i)
        for places in waiting.values():
            places.reverse()
        for j, new in list(right.items()):
            places = waiting.get(_identity(new, closeness), [])
            if places:
                i = places.pop()
                partner_of[i] = j
                del left[i], right[j]
    pairs: list[tuple[Node | None, Node | None]] = [
        (old, actual[partner_of[i]] if i in partner_of else None) for i, old in enumerate(expected)
    ]
    return pairs + [(None, new) for new in right.values()]


def _identity(node: Node, closeness: int) -> Hashable:
    """What a node must have in common with its partner. Of a flow it depends on the closeness."""
    if node.key not in _FLOWS:
        return (node.key, node.value)
    if closeness == len(_FLOW_IDENTITY):
        return tuple(lines_of([node]))
    keys = frozenset(key for group in _FLOW_IDENTITY[: closeness + 1] for key in group)
    return tuple(
        (child.key, child.value.split(" ")[0]) for child in node.children if child.key in keys
    )


class _NodeComparator:
    """Compares nodes of a list."""

    def same(self, left: Node, right: Node) -> bool:
        return left == right

    def may_change(self, left: Node, right: Node) -> bool:
        return self.key(left) == self.key(right)

    def full_key(self, entry: Node) -> Hashable:
        return tuple(lines_of([entry]))

    def key(self, entry: Node) -> Hashable:
        if entry.key in _NAMED_BY_FIRST_WORD or " counters " in entry.value:
            return entry.key, entry.value.split(" ")[0]
        return entry.key

    def kind(self, entry: Node) -> Hashable:
        return self.key(entry)

    def size_bytes(self, entry: Node) -> int:
        return 0

    def place(self, left: Node | None, right: Node | None) -> bool:
        return True


def _node_pair_differences(
    old: Node | None, new: Node | None, path: str, layer_of: LayerOf
) -> Iterator[FieldDifference]:
    if old is None or new is None:
        node = new if old is None else old
        if node is not None:
            whole = _whole(node)
            sides = (None, whole) if old is None else (whole, None)
            yield FieldDifference(layer_of(node), path + node.key, *sides)
        return
    layer = layer_of(old)
    here = path + old.key
    if old.value != new.value:
        yield from _value_differences(old, new, here, layer)
    inside = f"{here}{_name(old, new)} > "
    yield from _list_differences(old.children, new.children, inside, layers_inside(layer))


def _value_differences(old: Node, new: Node, path: str, layer: Layer) -> Iterator[FieldDifference]:
    is_counter = layer in COUNTED or old.key in _COUNTERS
    if not is_counter:
        yield FieldDifference(layer, path, old.value or "(none)", new.value or "(none)")
        return
    words, new_words = old.value.split(" "), new.value.split(" ")
    if len(words) == 1 or not _differ_in_numbers_only(words, new_words):
        delta = _delta(old.value, new.value)
        yield FieldDifference(layer, path, old.value or "(none)", new.value or "(none)", delta)
        return
    label = ""
    position = 0
    for word, new_word in zip(words, new_words, strict=True):
        key, separator, value = word.rpartition("=")
        if not separator and not _NUMBER.fullmatch(word):
            label, position = word, 0
            continue
        position += 1
        if word != new_word:
            new_value = new_word.rpartition("=")[2]
            place = key if separator else f"{label} {position}".strip()
            name = f"{path}[{words[0]}] > {place}"
            yield FieldDifference(layer, name, value, new_value, _delta(value, new_value))


def _differ_in_numbers_only(words: Sequence[str], new_words: Sequence[str]) -> bool:
    """Whether two values have the same words, except numbers and values of ``key=value``."""
    if len(words) != len(new_words) or words[0] != new_words[0]:
        return False
    return all(
        word == new_word
        or (_NUMBER.fullmatch(word) and _NUMBER.fullmatch(new_word))
        or (word.rpartition("=")[:2] == new_word.rpartition("=")[:2] and "=" in word)
        for word, new_word in zip(words, new_words, strict=True)
    )


def _delta(old: str, new: str) -> int | None:
    if _NUMBER.fullmatch(old) and _NUMBER.fullmatch(new):
        return int(new) - int(old)
    return None


def _order_difference(
    expected: Sequence[Node], actual: Sequence[Node], path: str, layer_of: LayerOf
) -> FieldDifference:
    """The difference of two sets that have the same members in another order."""
    first = next(node for node in expected if node.key in _SETS)
    old_order, new_order = [
        "; ".join(f"{node.key} {_whole(node)}" for node in nodes) for nodes in (expected, actual)
    ]
    return FieldDifference(layer_of(first), f"{path}{first.key} order", old_order, new_order)


def _name(old: Node, new: Node) -> str:
    """The part of a path that says which of several nodes with one key it goes through."""
    if old.key == "flow":
        named = {child.key: child.value for child in old.children}
        agent = f" agent={named['nexus_agent']}" if "nexus_agent" in named else ""
        return f"[interface={named.get('interface_index', '?')}{agent}]"
    if old.value == new.value and old.value and old.children:
        return f"[{old.value}]"
    return ""


def _whole(node: Node) -> str:
    """A node with its children, in one line."""
    head = node.value
    if node.children:
        inner = "; ".join(line.strip() for line in lines_of(node.children))
        head = f"{head} {{{inner}}}" if head else f"{{{inner}}}"
    return head or "(present)"
