"""`necp-replay actions`: the list, one entry in full, and the JSON."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.releases.lineage import RELEASES
from tests.cli.workplace import Workplace


@pytest.mark.parametrize(
    "line",
    [
        "client action COPY_RESULT 4 full necp_replay/kernel/client_actions/copy_result.py"
        " necp_client_copy",
        "client action SET_STATISTICS 10 absent"
        " necp_replay/kernel/syscalls/necp_client_action.py necp_client_action",
        "session action POLICY_GET 2 partial necp_replay/kernel/session_actions/policy_get.py"
        " necp_session_get_policy",
        "system call or fd operation necp_open 501 full necp_replay/kernel/syscalls/necp_open.py"
        " necp_open",
        "notification force_update_client full"
        " necp_replay/kernel/notifications/force_update.py necp_force_update_client",
    ],
)
def test_the_list_has_number_support_file_and_function(workplace: Workplace, line: str) -> None:
    printed = workplace.run("actions")
    assert printed.status == 0
    assert line in [" ".join(row.split()) for row in printed.out.splitlines()]


def test_one_entry_is_described_in_full(workplace: Workplace) -> None:
    printed = workplace.run("actions", "remove")
    assert printed.status == 0
    assert printed.out.startswith("REMOVE  client action 2, full\n")
    words = " ".join(printed.out.split())
    for part in (
        "upstream necp_client_remove",
        "checks 1. EINVAL: the client id is NULL, or its length is not 16",
        "effects push observers get a removal",
        "by release: remove_unknown_client_is_error",
        "xnu-4570.1.46: succeeds silently",
        "xnu-4570.51.1: ENOENT and a log record",
    ):
        assert part in words


def test_the_json_has_the_same_content(workplace: Workplace) -> None:
    (told,) = workplace.run("actions", "remove", "--format", "json").json()["actions"]
    assert told["number"] == ClientAction.REMOVE
    assert [check["errno"] for check in told["checks"]] == ["EINVAL", "EFAULT", "EFAULT", "ENOENT"]
    values = told["facts"]["remove_unknown_client_is_error"]
    assert list(values) == list(RELEASES)
    assert (values["xnu-4570.41.2"], values["xnu-4570.51.1"]) == ("False", "True")


def test_an_unknown_name_is_an_error(workplace: Workplace) -> None:
    printed = workplace.run("actions", "nosuch")
    assert (printed.status, printed.out) == (2, "")
    assert printed.err == (
        "necp-replay: there is no action, system call or notification 'nosuch'\n"
        "`necp-replay actions` lists the names.\n"
    )
