"""A client's assertions: as a plain list would hold them, but no slower the more there are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from necp_replay.kernel.objects.assertions import Assertions

AGENTS = st.sampled_from([b"a" * 16, b"b" * 16, b"c" * 16])


@given(st.lists(st.tuples(st.booleans(), AGENTS), max_size=40))
def test_it_is_a_list_with_the_newest_first(steps: list[tuple[bool, bytes]]) -> None:
    plain: list[bytes] = []
    found = Assertions()
    for adds, agent in steps:
        assert (agent in found) == (agent in plain)
        if adds:
            plain.insert(0, agent)
            found.add(agent)
        elif agent in plain:
            plain.remove(agent)
            found.remove(agent)
        assert list(found) == plain
        assert bool(found) == bool(plain)


class Compared(bytes):
    """An id that counts how often it is compared."""

    times = 0

    def __eq__(self, other: object) -> bool:
        Compared.times += 1
        return super().__eq__(other)

    def __hash__(self) -> int:
        return super().__hash__()


def test_assertions_of_other_agents_are_not_compared() -> None:
    found = Assertions()
    old, new = Compared(b"a" * 16), Compared(b"b" * 16)
    for agent in (old, new):
        for _ in range(1_000):
            found.add(agent)
    Compared.times = 0
    for _ in range(1_000):
        assert old in found
        found.remove(old)
    assert Compared.times <= 5_000
    assert list(found) == [new] * 1_000
