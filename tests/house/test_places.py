"""Tests are where one looks for them: the folders of tests mirror the packages."""

from pathlib import PurePosixPath

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.kernel.client_actions.table import CLIENT_ACTIONS
from tests.complaints import assert_none
from tests.house import places
from tests.house.source import REPOSITORY


def files(folder: str) -> list[PurePosixPath]:
    """The Python files below a folder of the checkout, counted from the folder."""
    root = REPOSITORY / folder
    return [PurePosixPath(path.relative_to(root).as_posix()) for path in root.rglob("*.py")]


def test_folders_of_tests_mirror_packages() -> None:
    assert_none(places.complaints_about_places(files("necp_replay"), files("tests")))


def test_every_exception_is_needed() -> None:
    assert_none(places.complaints_about_exceptions(files("necp_replay"), files("tests")))


def test_every_client_action_has_a_file_of_tests() -> None:
    folder = PurePosixPath("kernel/client_actions")
    found = set(files("tests"))
    assert_none(
        f"{ClientAction(number).name}: there is no tests/{wanted}"
        for number in CLIENT_ACTIONS
        if (wanted := folder / f"test_{ClientAction(number).name.lower()}.py") not in found
    )


@pytest.mark.parametrize(
    ("modules", "tests", "complaint"),
    [
        (["abi/tlv.py"], ["abi/test_tlv.py", "old/test_any.py"], "necp_replay/old is no package"),
        (["abi/tlv.py", "abi/log.py"], ["abi/test_anything.py"], None),
        (["abi/tlv.py", "files/tlv.py"], ["abi/test_tlv.py", "files/test_tlv.py"], None),
        (["abi/tlv.py"], ["abi/tlvs.py"], "tests/abi has no tests"),
        (["abi/tlv.py"], ["abi/test_any.py", "house/test_tlv.py"], None),
        (
            ["abi/tlv.py", "files/log.py"],
            ["abi/test_log.py", "files/test_log.py"],
            "tests/abi/test_log.py: log is the name of a module of another package",
        ),
    ],
)
def test_a_test_in_a_wrong_place_is_found(
    modules: list[str], tests: list[str], complaint: str | None
) -> None:
    found = list(
        places.complaints_about_places(map(PurePosixPath, modules), map(PurePosixPath, tests))
    )
    assert len(found) == (complaint is not None)
    assert complaint is None or complaint in found[0]
