"""Route rules found by content, compared with a walk over all rules."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from necp_replay.kernel.policy.route_rule_table import KernelRouteRule, RouteRules
from necp_replay.releases.xnu_4570 import XNU_4570_51_1
from tests.examples import examples
from tests.work import lines_run, worst_growth

exceptions = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 2)), max_size=4)
insertions = st.tuples(st.integers(1, 2), exceptions)
steps = st.lists(insertions | st.integers(1, 6), max_size=25)


def make_rule(default_action: int, those: list[tuple[int, int]]) -> KernelRouteRule:
    rule = KernelRouteRule()
    rule.default_action = default_action
    rule.exceptions = list(those)
    return rule


def fits(existing: KernelRouteRule, rule: KernelRouteRule) -> bool:
    """Whether an existing rule serves for a new one, as the kernel's search decides it."""
    if existing.actions != rule.actions:
        return False
    searched = 0
    for exception in existing.exceptions:
        if exception not in rule.exceptions:
            return False
        searched = max(searched, rule.exceptions.index(exception) + 1)
    return searched == len(existing.exceptions)


@settings(max_examples=examples(60, thorough=500))
@given(steps)
def test_a_rule_gets_the_id_of_the_newest_rule_that_says_the_same(
    those: list[tuple[int, list[tuple[int, int]]] | int],
) -> None:
    table = RouteRules(XNU_4570_51_1.profile)
    expected: list[KernelRouteRule] = []
    for step in those:
        if isinstance(step, int):
            table.remove(step)
            for rule in expected:
                rule.refcount -= rule.id == step
            expected = [rule for rule in expected if rule.refcount]
            continue
        found_id = table.insert(make_rule(*step))
        new = make_rule(*step)
        newest = next((rule for rule in reversed(expected) if fits(rule, new)), None)
        if newest is None:
            new.id = found_id
            assert all(rule.id != found_id for rule in expected)
            expected.append(new)
        else:
            assert found_id == newest.id
            newest.refcount += 1
    assert [rule.id for rule in expected] == [
        rule_id for rule_id in range(1, 30) if table.find(rule_id) is not None
    ]


def test_aggregates_are_removed_with_any_of_their_rules() -> None:
    table = RouteRules(XNU_4570_51_1.profile)
    first, second, third = (table.insert(make_rule(action, [])) for action in (1, 2, 3))
    both = table.aggregate((first, second))
    others = table.aggregate((second, third))
    assert table.aggregate((first, second)) == both
    assert table.parts_of(both) == (first, second)
    table.remove(first)
    assert table.parts_of(both) == ()
    assert table.parts_of(others) == (second, third)
    table.remove(second)
    assert table.parts_of(others) == ()


def test_removing_rules_of_twice_as_many_aggregates_is_about_twice_the_work() -> None:
    def remove_all(count: int) -> int:
        table = RouteRules(XNU_4570_51_1.profile)
        ids = [table.insert(make_rule(1, [(number, 1)])) for number in range(1, count + 1)]
        for rule_id in ids:
            table.parts_of(table.aggregate((ids[0], rule_id)))

        def remove() -> None:
            for rule_id in reversed(ids):
                table.remove(rule_id)

        return lines_run(remove)

    assert worst_growth(remove_all, (50, 100, 200)) < 2.3
