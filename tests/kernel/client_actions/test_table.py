"""The table of client actions."""

from __future__ import annotations

from dataclasses import fields

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.kernel.client_actions.action_row import ActionRow, Support
from necp_replay.kernel.client_actions.table import CLIENT_ACTIONS
from necp_replay.releases.chain import RELEASES
from necp_replay.releases.profile import Profile

FACTS = {field.name for field in fields(Profile)}
ROWS = [pytest.param(row, id=ClientAction(number).name) for number, row in CLIENT_ACTIONS.items()]


def test_every_action_has_a_row() -> None:
    assert list(CLIENT_ACTIONS) == list(ClientAction)


@pytest.mark.parametrize("row", ROWS)
def test_a_row_says_what_the_action_does_and_why_it_is_not_complete(row: ActionRow) -> None:
    description = row.description
    assert description.function.startswith("necp_client")
    assert description.summary.endswith(".")
    assert description.checks and description.answer and description.overwrites_in_session
    assert (row.handler is None) is (row.support is Support.ABSENT)
    assert bool(row.missing) is (row.support is not Support.FULL)


@pytest.mark.parametrize("row", ROWS)
def test_checks_depend_on_facts_that_there_are(row: ActionRow) -> None:
    assert {check.fact for check in row.description.checks} - {""} <= FACTS


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
