"""Names that a file system may take for one are found on every file system."""

from pathlib import Path, PurePath

import pytest

from necp_replay.files.folded_names import FoldedNames, folded, told_apart


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("client/Add", "client/add", id="case"),
        pytest.param("Client/add", "client/add", id="case of a folder"),
        pytest.param("caf\u00e9", "cafe\u0301", id="normal form"),
        pytest.param("CAF\u00c9/A", "cafe\u0301/a", id="both"),
        pytest.param("stra\u00dfe", "STRASSE", id="two letters for one"),
    ],
)
def test_the_other_file_is_found(tmp_path: Path, name: str, other: str) -> None:
    path = tmp_path / other
    path.parent.mkdir(exist_ok=True)
    path.touch()
    assert folded(name) == folded(other)
    assert FoldedNames().other(tmp_path, PurePath(name)) == path


@pytest.mark.parametrize(
    ("name", "other", "shown"),
    [
        pytest.param("a/Add", "a/add", ("a/Add", "a/add"), id="case"),
        pytest.param("caf\u00e9", "cafe\u0301", ("caf<U+00E9>", "cafe<U+0301>"), id="normal form"),
        pytest.param("\u00e9", "\u00c9", ("\u00e9", "\u00c9"), id="case of an accented letter"),
    ],
)
def test_names_that_look_the_same_are_told_apart(
    name: str, other: str, shown: tuple[str, str]
) -> None:
    assert told_apart(PurePath(name), other) == shown


def test_the_file_itself_and_different_names_are_no_other(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    (tmp_path / "Folder").mkdir()
    names = FoldedNames()
    for path in ("a", "b", "folder/a", "a/b"):
        assert names.other(tmp_path, PurePath(path)) is None
