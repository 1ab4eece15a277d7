"""What processes may do."""

import pytest

from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.privileges import has_entitlement, has_privilege

MATCH = "PRIV_NET_PRIVILEGED_NECP_MATCH"


def _process(
    uid: int = 501,
    privileged: bool | tuple[str | int, ...] = False,
    entitlements: tuple[str, ...] = (),
) -> Process:
    return Process(100, "app", uid, bytes(16), False, 256, privileged, entitlements)


@pytest.mark.parametrize(
    ("process", "answer"),
    [
        (_process(), False),
        (_process(uid=0), True),
        (_process(privileged=True), True),
        (_process(privileged=(MATCH,)), True),
        (_process(privileged=(10006,)), True),
        (_process(privileged=("PRIV_NET_PRIVILEGED_NECP_POLICIES", 10004)), False),
    ],
    ids=["nobody", "root", "all", "by name", "by number", "another"],
)
def test_a_privilege_is_held_by_root_or_by_grant(process: Process, answer: bool) -> None:
    assert has_privilege(process, MATCH) is answer


def test_root_needs_a_grant_where_the_check_is_for_an_unprivileged_default() -> None:
    assert not has_privilege(_process(uid=0), MATCH, default_unprivileged=True)
    assert has_privilege(_process(privileged=True), MATCH, default_unprivileged=True)


def test_an_entitlement_is_held_by_its_whole_text() -> None:
    process = _process(entitlements=("com.example.ent",))
    assert has_entitlement(process, b"com.example.ent")
    assert not has_entitlement(process, b"com.example")
    assert not has_entitlement(process, b"\xff")
