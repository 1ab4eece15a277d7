"""`necp-replay actions`: the list, one entry in full, and the JSON."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.releases.lineage import RELEASES
from tests.cli.workplace import Workplace


@pytest.mark.parametrize(
    "line",
    [
        "client action COPY_RESULT 4 full all necp_replay/kernel/client_actions/copy_result.py"
        " necp_client_copy",
        "client action SET_STATISTICS 10 full from xnu-8019.80.24"
        " necp_replay/kernel/client_actions/set_statistics.py necp_client_action",
        "session action POLICY_GET 2 partial all necp_replay/kernel/session_actions/policy_get.py"
        " necp_session_get_policy",
        "system call or fd operation necp_open 501 full all"
        " necp_replay/kernel/syscalls/necp_open.py necp_open",
        "notification force_update_client full all"
        " necp_replay/kernel/notifications/force_update.py necp_force_update_client",
        "client action ADD_FLOW 17 full from xnu-7195.50.7.100.1"
        " necp_replay/kernel/client_actions/add_flow.py necp_client_add_flow",
        "policy control necp_ctl_open full to xnu-6153.41.3 necp_replay/kernel/policy_control.py"
        " necp_ctl_connect",
    ],
)
def test_the_list_says_how_far_each_is_modelled_and_where(workplace: Workplace, line: str) -> None:
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


def test_a_release_has_its_own_list(workplace: Workplace) -> None:
    listed = {
        release: {
            each["name"]
            for each in workplace.run("actions", "--release", release, "--format", "json").json()[
                "actions"
            ]
        }
        for release in ("macos-10.15.4", "macos-11.3", "xnu-4570.1.46")
    }
    assert listed["macos-11.3"] - listed["macos-10.15.4"] == {"ADD_FLOW", "REMOVE_FLOW"}
    assert "necp_ctl_open" in listed["xnu-4570.1.46"] - listed["macos-11.3"]
    assert "SET_STATISTICS" not in listed["macos-11.3"]


def test_an_entry_is_described_as_a_release_has_it(workplace: Workplace) -> None:
    printed = workplace.run("actions", "remove", "--release", "macos-10.13.3")
    words = " ".join(printed.out.split())
    assert "xnu-4570.41.2: succeeds silently" in words
    assert "ENOENT and a log record" not in words
    refused = workplace.run("actions", "add_flow", "--release", "macos-10.15.4")
    assert (refused.status, refused.out) == (2, "")
    assert "xnu-6153.101.6 has no ADD_FLOW" in refused.err
    assert "from xnu-7195.50.7.100.1" in refused.err
