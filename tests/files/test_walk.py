"""Files below a folder: each real file once, circles of links end, nothing is left out silently."""

import os
from pathlib import Path

import pytest

from necp_replay.files.walk import Walk, walk_files


def made(root: Path, *names: str) -> Path:
    """A folder with empty files."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return root


def files(walk: Walk, root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in walk.files]


def skipped(walk: Walk, root: Path) -> dict[str, bool]:
    """What was left out, and whether it was found elsewhere."""
    return {each.path.relative_to(root).as_posix(): each.is_seen for each in walk.skipped}


def test_files_come_in_the_order_of_their_paths(tmp_path: Path) -> None:
    root = made(tmp_path, "b.t", "a/z.t", "a/b/c.t", ".hidden/x.t", "a/other")
    assert files(walk_files(root, ".t"), root) == [".hidden/x.t", "a/b/c.t", "a/z.t", "b.t"]


def test_a_link_to_a_folder_elsewhere_is_followed(tmp_path: Path) -> None:
    made(tmp_path, "elsewhere/deep/x.t")
    root = made(tmp_path / "root", "a.t")
    (root / "link").symlink_to(tmp_path / "elsewhere")
    walk = walk_files(root, ".t")
    assert (files(walk, root), walk.skipped) == (["a.t", "link/deep/x.t"], [])


def test_the_path_without_links_is_taken(tmp_path: Path) -> None:
    root = made(tmp_path, "new/x.t")
    (root / "a link").symlink_to("new")
    (root / "another.t").symlink_to("new/x.t")
    walk = walk_files(root, ".t")
    assert files(walk, root) == ["new/x.t"]
    assert skipped(walk, root) == {"a link": True, "another.t": True}


def test_of_two_links_to_one_folder_the_first_is_followed(tmp_path: Path) -> None:
    made(tmp_path, "elsewhere/x.t", "elsewhere/in/y.t")
    root = made(tmp_path / "root", "a.t")
    (root / "1").symlink_to(tmp_path / "elsewhere" / "in")
    (root / "2").symlink_to(tmp_path / "elsewhere")
    (root / "3").symlink_to(tmp_path / "elsewhere")
    walk = walk_files(root, ".t")
    assert files(walk, root) == ["1/y.t", "2/x.t", "a.t"]
    assert skipped(walk, root) == {"2/in": True, "3": True}


@pytest.mark.parametrize(
    ("target", "is_seen"), [(".", True), ("..", False), ("/", False), ("../root/sub/..", True)]
)
def test_a_circle_of_links_ends(tmp_path: Path, target: str, is_seen: bool) -> None:
    root = made(tmp_path / "root", "x.t", "sub/y.t")
    (root / "loop").symlink_to(target)
    (root / "sub" / "loop").symlink_to("..")
    walk = walk_files(root, ".t")
    assert files(walk, root) == ["sub/y.t", "x.t"]
    assert skipped(walk, root) == {"loop": is_seen, "sub/loop": True}


def test_links_that_double_at_every_step_take_no_time(tmp_path: Path) -> None:
    for number in range(40):
        folder = made(tmp_path / str(number), f"{number}.t")
        for name in ("a", "b"):
            (folder / name).symlink_to(tmp_path / str(number + 1))
    (tmp_path / "40").mkdir()
    assert len(walk_files(tmp_path / "0", ".t").files) == 40


def test_a_broken_link_is_left_out_unless_it_has_the_suffix(tmp_path: Path) -> None:
    root = made(tmp_path, "x.t")
    (root / "gone.t").symlink_to("nowhere")
    (root / "circle.t").symlink_to("circle.t")
    (root / "folder").symlink_to("/nowhere")
    (root / ".#lock").symlink_to("user@host")
    walk = walk_files(root, ".t")
    assert files(walk, root) == ["circle.t", "gone.t", "x.t"]
    assert skipped(walk, root) == {"folder": False}


def test_hard_links_are_files_of_their_own(tmp_path: Path) -> None:
    root = made(tmp_path, "x.t")
    os.link(root / "x.t", root / "y.t")
    assert files(walk_files(root, ".t"), root) == ["x.t", "y.t"]


def test_what_is_no_regular_file_is_left_out(tmp_path: Path) -> None:
    root = made(tmp_path, "x.t", "folder.t/y.t")
    os.mkfifo(root / "fifo.t")
    (root / "null.t").symlink_to("/dev/null")
    walk = walk_files(root, ".t")
    assert files(walk, root) == ["folder.t/y.t", "x.t"]
    assert skipped(walk, root) == {"fifo.t": False, "null.t": False}


def test_the_start_may_be_a_link_and_names_may_hold_any_bytes(tmp_path: Path) -> None:
    made(tmp_path, os.fsdecode(b"real/\xff\n/x\xfe.t"))
    (tmp_path / "link").symlink_to("real")
    (found,) = walk_files(tmp_path / "link", ".t").files
    assert os.fsencode(found.relative_to(tmp_path)) == b"link/\xff\n/x\xfe.t"
