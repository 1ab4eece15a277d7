"""The table of client actions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.kernel.client_actions.action_row import ActionRow, Support
from necp_replay.kernel.client_actions.table import CLIENT_ACTIONS
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.profile import Profile
from tests.complaints import assert_none

FACTS = {field.name for field in fields(Profile)}


def test_every_action_has_a_row() -> None:
    assert list(CLIENT_ACTIONS) == list(ClientAction)


def test_every_row_describes_its_action_completely() -> None:
    assert_none(
        f"{ClientAction(number).name}: {complaint}"
        for number, row in CLIENT_ACTIONS.items()
        for complaint in complaints_about(row)
    )


def complaints_about(row: ActionRow) -> Iterator[str]:
    """What is missing from a row, or wrong in it."""
    description = row.description
    if not description.function.startswith("necp_client"):
        yield f"the upstream function is {description.function!r}"
    if not description.summary.endswith("."):
        yield "the summary does not end with a full stop"
    for name in ("checks", "answer", "overwrites_in_session"):
        if not getattr(description, name):
            yield f"{name} is empty"
    if (row.handler is None) is not (row.support is Support.ABSENT):
        yield f"support is {row.support.value}, and the handler is {row.handler}"
    if bool(row.missing) is (row.support is Support.FULL):
        yield f"support is {row.support.value}, and 'missing' is {row.missing!r}"
    for fact in {check.fact for check in description.checks} - {""} - FACTS:
        yield f"a check depends on {fact}, and there is no such fact"


def test_a_check_reads_as_one_line() -> None:
    checks = CLIENT_ACTIONS[ClientAction.REMOVE].description.checks
    assert [check.text for check in checks] == [
        "EINVAL: the client id is NULL, or its length is not 16",
        "EFAULT (log): the client id cannot be read",
        "EFAULT (log): the buffer is not NULL, 96 bytes long, and cannot be read; the client is "
        "removed all the same, and other lengths are only logged "
        "[by release: remove_statistics_fault_is_error]",
        "ENOENT (log): no client of this fd has the id "
        "[by release: remove_unknown_client_is_error]",
    ]


@pytest.mark.parametrize("profile", RELEASES.values(), ids=RELEASES)
def test_every_action_of_a_release_is_modelled(profile: Profile) -> None:
    assert all(CLIENT_ACTIONS[action].handler is not None for action in profile.client_actions)
