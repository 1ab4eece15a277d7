"""What ``net.necp.debug`` adds to the log of session actions."""

from __future__ import annotations

from collections import Counter

from necp_replay.abi.policy import PolicyCondition, PolicyResult, SessionAction
from necp_replay.events.effects import Effect, Log
from necp_replay.scenario.buffers import room
from tests.kernel.policy.world import condition, make_world, match_policy, policy, word

APPLICATION = condition(PolicyCondition.APPLICATION, bytes(range(16)))
PID = condition(PolicyCondition.PID, word(1))


def logged(effects: tuple[Effect, ...]) -> Counter[str | None]:
    logs = [effect for effect in effects if isinstance(effect, Log)]
    assert all(log.level == 5 for log in logs)
    return Counter(log.function for log in logs)


def test_every_step_of_a_session_is_logged() -> None:
    world = make_world()
    world.system.set_sysctl("debug", 1)
    opened = world.daemon.necp_session_open()
    content = policy(1, PolicyResult.PASS, b"", APPLICATION, PID)
    added = opened.action(SessionAction.POLICY_ADD, content, room(4))
    assert logged(added.effects) == {
        "necp_policy_result_is_valid": 1,
        "necp_policy_condition_is_valid": 2,
        "necp_policy_create": 1,
    }
    applied = opened.action(SessionAction.POLICY_APPLY_ALL)
    assert logged(applied.effects) == {
        "necp_kernel_socket_policy_add": 1,
        "necp_kernel_ip_output_policy_add": 1,
        # Headings of two, one per policy and a rule below; then two per bucket and its policy.
        "necp_kernel_socket_policies_dump_all": 4 + 2 + 10 + 1,
        "necp_kernel_ip_output_policies_dump_all": 2 + 10 + 1,
        "necp_policy_apply_all": 1,
    }
    dumped = opened.action(SessionAction.POLICY_DUMP_ALL, None, room(512))
    assert logged(dumped.effects) == {"necp_handle_policy_dump_all": 2}
    assert logged(opened.close().effects) == {
        "necp_policy_mark_for_deletion": 1,
        "necp_policy_delete": 1,
        "necp_kernel_socket_policies_dump_all": 2 + 2 + 10,
        "necp_kernel_ip_output_policies_dump_all": 2 + 10,
        "necp_policy_apply_all": 1,
        "necp_delete_session": 1,
    }


def test_a_negative_level_asks_for_everything() -> None:
    world = make_world()
    world.system.set_sysctl("net.necp.debug", -1)
    effects = match_policy(world.app, b"\0").effects
    assert logged(effects)["necp_route_is_allowed"] == 1
