"""A release is found by the names that people use."""

from __future__ import annotations

import pytest

from necp_replay.errors import UsageError
from necp_replay.releases.names import find_release, session_priorities
from tests.releases_apart import BEFORE, take_out


@pytest.mark.parametrize(
    "name",
    [
        "xnu-4570.51.1",
        "4570.51.1",
        "XNU-4570.51.1",
        "macos-10.13.4",
        "macOS 10.13.4",
        "MacOS10.13.4",
        "Mac OS X 10.13.4",
        "macOS 10.13.4 (17E199)",
        "macOS 10.13.4.0",
        "ios-11.3",
        "iOS 11.3",
        "darwin-17.5.0",
        " macos-10.13.4 ",
    ],
)
def test_a_release_has_many_names(name: str) -> None:
    assert find_release(name).release == "xnu-4570.51.1"


@pytest.mark.parametrize(
    "name", ["", "xnu-", "windows-11", "macos", "9999", "10.13.4.5.6", "x" * 500]
)
def test_a_name_that_means_nothing_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="there is no release") as caught:
        find_release(name)
    assert "necp-replay releases" in caught.value.hint
    assert len(str(caught.value)) < 120


def test_a_release_that_is_not_modelled_names_the_nearest_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take_out(monkeypatch)
    with pytest.raises(UsageError) as caught:
        find_release("macos-15.5")
    told = "macos-15.5: release xnu-11417.121.6 (macOS 15.5) is not modelled"
    assert str(caught.value) == told
    assert f"The nearest modelled release is {BEFORE}" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "fourth"),
    [
        ("xnu-4570.51.1", "DEFAULT"),
        ("macos-10.15.4", "HIGH_1"),
        ("macos-15.5", "HIGH"),
        ("no release", "DEFAULT"),
    ],
)
def test_a_release_names_the_priorities_of_sessions(name: str, fourth: str) -> None:
    assert session_priorities(name)(4).name == fourth


def test_the_first_release_of_a_system_may_have_a_third_number() -> None:
    assert find_release("macOS 10.13.0") is find_release("xnu-4570.1.46")
