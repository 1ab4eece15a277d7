"""Which checks can have given an errno that was recorded, where the engine cannot tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.errors import UsageError
from necp_replay.events.syscalls import NecpClientAction, NecpOpen
from necp_replay.explain.explanation import PossibleFailure
from necp_replay.explain.possible_checks import DECIDING, IN_EVERY_RELEASE, explain_possible
from necp_replay.explain.record import explain_record
from necp_replay.importers.import_file import import_file
from necp_replay.kernel.catalog import CATALOG
from necp_replay.kernel.syscalls.fd_table import NO_FD_LEFT
from necp_replay.releases.names import find_release
from necp_replay.report.explain_text import UNICODE, explanation_text
from necp_replay.report.style import Style

DTRUSS = (
    "  812/0x1f2a:      1053 necp_open(0x0, 0x0, 0x0)\t\t = 4 0\n"
    "  812/0x1f2a:      1101 necp_client_action(0x4, 0x1, 0x16B2F1C30)\t\t = 0 0\n"
    "  812/0x1f2a:      1160 necp_client_action(0x4, 0x10, 0x16B2F1C30)\t\t = -1 Err#22\n"
)


def possible(action: int, errno: Errno, release: str) -> PossibleFailure:
    event = NecpClientAction(1, 3, action)
    return explain_possible(event, errno, find_release(release, under_way=True), "why")


def names(found: PossibleFailure) -> list[str]:
    return [f"{each.name} {each.number}" for each in found.checks]


def test_a_recorded_errno_is_explained_by_the_checks_that_give_it(tmp_path: Path) -> None:
    log, trace = tmp_path / "dtruss.txt", tmp_path / "t.necptrace"
    log.write_text(DTRUSS, "utf-8")
    import_file(log, trace, "xnu-6153.101.6")
    explanation = explain_record(trace, 5)
    found = explanation.possible
    assert found is not None
    assert found.errno == "EINVAL"
    assert names(found) == [
        *("necp_client_action 4", "COPY_UPDATED_RESULT 1", "COPY_UPDATED_RESULT 5"),
    ]
    text = explanation_text(explanation, Style(coloured=False), UNICODE)
    assert "EINVAL was recorded; which check gave it is not determined" in text
    with pytest.raises(UsageError, match="evaluates nothing"):
        explain_record(trace, 4)


@pytest.mark.parametrize(
    ("errno", "release", "expected"),
    [
        (Errno.ENOENT, "xnu-4570.41.2", []),
        (Errno.ENOENT, "xnu-4570.51.1", ["REMOVE 4"]),
        (Errno.EPERM, "xnu-7195.101.1", []),
        (Errno.EPERM, "xnu-8019.41.5", ["necp_client_action 5"]),
    ],
)
def test_a_check_that_the_release_does_not_have_is_left_out(
    errno: Errno, release: str, expected: list[str]
) -> None:
    assert names(possible(ClientAction.REMOVE, errno, release)) == expected


def test_an_action_is_unknown_only_where_the_release_does_not_handle_it() -> None:
    unknown = "necp_client_action 6"
    assert unknown in names(possible(ClientAction.SIGN, Errno.EINVAL, "xnu-4570.51.1"))
    assert unknown not in names(possible(ClientAction.REMOVE, Errno.EINVAL, "xnu-4570.51.1"))
    assert unknown in names(possible(99, Errno.EINVAL, "xnu-11417.121.6"))


def test_of_each_fact_of_a_check_it_is_said_whether_it_decides() -> None:
    known = {check.fact for each in CATALOG for check in each.checks} - {""}
    assert known == DECIDING | IN_EVERY_RELEASE


def test_a_call_without_an_action_has_its_own_checks() -> None:
    found = explain_possible(NecpOpen(1), Errno.EMFILE, find_release("xnu-4570.51.1"), "why")
    assert [each.text for each in found.checks] == [NO_FD_LEFT.text]
