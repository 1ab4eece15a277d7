"""The sorted list of kernel policies, compared with a plain list."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy
from necp_replay.kernel.policy.kernel_policy_list import KernelPolicyList

small = st.integers(1, 4)
steps = st.one_of(
    st.tuples(st.just("insert"), small, small),
    st.tuples(st.just("remove"), small, st.just(0)),
    st.tuples(st.just("read"), st.just(0), st.just(0)),
)


@given(st.lists(steps, max_size=30))
def test_it_has_the_same_policies_as_a_list_searched_from_its_head(
    those: list[tuple[str, int, int]],
) -> None:
    found: KernelPolicyList[KernelSocketPolicy] = KernelPolicyList(lambda policy: (policy.order,))
    expected: list[KernelSocketPolicy] = []
    for what, policy_id, order in those:
        if what == "insert":
            policy = KernelSocketPolicy(policy_id)
            policy.order = order
            found.insert(policy)
            smaller = [each for each in expected if each.order < order]
            expected = [*smaller, policy, *expected[len(smaller) :]]
        elif what == "remove":
            found.remove(policy_id)
            first = next((each for each in expected if each.id == policy_id), None)
            expected = [each for each in expected if each is not first]
        else:
            assert found.in_order() == expected
    assert found.in_order() == expected
