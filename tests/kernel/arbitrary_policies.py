"""Strategies for policy sessions: policies that are right, that nearly are, and any bytes."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from necp_replay.abi.policy import (
    CONDITION_ADDR,
    CONDITION_ADDR_RANGE,
    PolicyCondition,
    PolicyResult,
    PolicyTlv,
    RouteRuleAction,
    SessionAction,
)
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events import syscalls
from necp_replay.events.inputs import Input
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.scenario.addresses import sockaddr
from tests.kernel.arbitrary import addresses, agent_uuids, buffers, fds, pids, sizes, texts, words
from tests.kernel.policy.world import condition, policy, route_rule, word

_small: Final = st.integers(0, 4)
_numbers: Final = words.map(word)
_names: Final = texts.map(lambda text: text.encode() + b"\0")
_uuids: Final = agent_uuids | st.binary(max_size=17)
_packed: Final = addresses.map(sockaddr)
_values: Final = st.one_of(
    _numbers,
    _names,
    _uuids,
    st.builds(CONDITION_ADDR.pack, st.integers(0, 130), _packed),
    st.builds(CONDITION_ADDR_RANGE.pack, _packed, _packed),
    st.binary(max_size=12),
)
_conditions: Final = st.builds(
    condition, st.sampled_from(PolicyCondition), _values, negative=st.booleans()
)
_likely_conditions: Final = st.sampled_from(
    (
        condition(PolicyCondition.DEFAULT),
        condition(PolicyCondition.ALL_INTERFACES),
        condition(PolicyCondition.UID, word(501)),
        condition(PolicyCondition.PID, word(100), negative=True),
        condition(PolicyCondition.BOUND_INTERFACE, b"en0\0"),
        condition(PolicyCondition.DOMAIN, b"example.com\0"),
    )
)
_route_rules: Final = st.builds(
    route_rule,
    st.sampled_from(RouteRuleAction),
    st.sampled_from(("", "en0", "en5", "nosuch")),
    flags=st.integers(0, 15),
)
_parameters: Final = st.one_of(st.just(b""), _numbers, _names, _uuids)
_parts: Final = st.tuples(
    st.lists(_route_rules, max_size=2), st.lists(_likely_conditions | _conditions, max_size=3)
).map(lambda parts: (*parts[0], *parts[1]))

policies = st.builds(
    lambda order, result, parameter, parts: policy(order, result, parameter, *parts),
    _small | words,
    st.sampled_from(PolicyResult),
    _parameters,
    _parts,
)
hostile_policies = (
    policies
    | st.binary(max_size=64)
    | policies.map(lambda content: content[: len(content) // 2])
    | st.lists(st.builds(pack_tlv, st.sampled_from(PolicyTlv), _values), max_size=4).map(b"".join)
)


def plain(content: bytes) -> UserBuffer:
    """A buffer with just this in it."""
    return UserBuffer(content=content.rstrip(b"\0"), length=len(content))


def session_calls() -> st.SearchStrategy[Input]:
    """``necp_session_open`` and ``necp_session_action`` with any action and any buffers."""
    contents = hostile_policies | _small.map(word) | agent_uuids
    return st.one_of(
        st.builds(syscalls.NecpSessionOpen, pids, st.integers(0, 1)),
        st.builds(
            syscalls.NecpSessionAction,
            # Most calls reach a session: any client fd would end the system.
            st.sampled_from((300, 300, 300, 300, 300, 300, 100, 999)),
            fds,
            st.integers(-1, 13),
            buffers(contents),
            sizes,
            buffers(st.just(b"")),
            sizes,
        ),
    )


def policy_actions(pid: int, fd: int) -> st.SearchStrategy[Input]:
    """What a daemon does with its session."""

    def action(number: int, content: bytes) -> Input:
        return syscalls.NecpSessionAction(
            pid, fd, number, plain(content), len(content), UserBuffer(length=512), 512
        )

    others = st.sampled_from(
        [number for number in SessionAction if number is not SessionAction.LOCK_SESSION_TO_PROC]
    )
    return st.one_of(
        st.builds(action, st.just(int(SessionAction.POLICY_ADD)), policies),
        st.builds(action, st.just(int(SessionAction.POLICY_APPLY_ALL)), st.just(b"")),
        st.builds(action, others, _small.map(word) | _uuids),
    )
