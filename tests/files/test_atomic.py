"""Atomic writing: what is under the name at each moment, and what can stand in the way."""

from __future__ import annotations

import fcntl
import gc
import os
import re
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from necp_replay.errors import WriteError
from necp_replay.files.atomic import (
    AtomicFile,
    check_folder,
    refuse_existing,
    write_bytes,
    write_text,
)

REPOSITORY = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "report.html"


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_and_nothing_else_is_left(target: Path) -> None:
    write_text(target, "Grüße\n")
    assert target.read_bytes() == "Grüße\n".encode()
    assert names(target.parent) == ["report.html"]


def test_a_file_that_is_there_is_replaced(target: Path) -> None:
    target.write_text("old and longer")
    write_bytes(target, b"new")
    assert target.read_bytes() == b"new"


def test_the_old_content_is_there_until_the_new_one_is_complete(target: Path) -> None:
    target.write_text("old")
    with AtomicFile(target) as file:
        file.write(b"new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"


def test_lines_are_written_as_they_are(target: Path) -> None:
    lines = [f"line {number} é\n" for number in range(20_000)]
    with AtomicFile(target) as file:
        file.write_lines(lines)
    assert target.read_bytes() == "".join(lines).encode()


def test_an_exception_leaves_the_old_content_and_no_other_file(target: Path) -> None:
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), AtomicFile(target) as file:
        file.write(b"half of the")
        raise ZeroDivisionError
    assert target.read_text() == "old"
    assert names(target.parent) == ["report.html"]


def test_a_writer_that_is_forgotten_leaves_no_file(target: Path) -> None:
    AtomicFile(target).write(b"x")
    gc.collect()
    assert names(target.parent) == []


def test_a_forked_process_does_not_remove_what_its_parent_writes(target: Path) -> None:
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from necp_replay.files.atomic import AtomicFile\n"
        "with AtomicFile(Path(sys.argv[1])) as file:\n"
        "    file.write(b'of the parent')\n"
        "    child = os.fork()\n"
        "    if not child:\n"
        "        del file\n"
        "        sys.exit()\n"
        "    os.waitpid(child, 0)\n"
    )
    command = [sys.executable, "-c", program, str(target)]
    subprocess.run(command, cwd=REPOSITORY, check=False, capture_output=True)
    assert target.read_bytes() == b"of the parent"


def test_the_temporary_name_is_hidden_and_never_the_same(target: Path) -> None:
    with AtomicFile(target) as first:
        first_name = first.temporary.name
        assert re.fullmatch(r"\.report\.html\.[0-9a-f]{16}\.partial", first_name)
    with AtomicFile(target) as second:
        assert second.temporary.name != first_name


@pytest.mark.parametrize("name", ["n" * 255, "é" * 127, os.fsdecode(b"\xff" * 255)])
def test_the_longest_names_can_be_written(tmp_path: Path, name: str) -> None:
    write_bytes(tmp_path / name, b"x")
    assert names(tmp_path) == [name]


@pytest.mark.parametrize("kind", ["link", "fifo", "file"])
def test_a_temporary_name_that_is_taken_is_neither_followed_nor_written(
    target: Path, kind: str
) -> None:
    victim = target.with_name("victim")
    victim.write_text("precious")
    temporary = target.with_name("report.html.partial")
    if kind == "link":
        temporary.symlink_to(victim)
    elif kind == "fifo":
        os.mkfifo(temporary)
    else:
        temporary.write_text("somebody's")
    before = temporary.lstat()
    with pytest.raises(FileExistsError):
        AtomicFile(target, temporary=temporary)
    assert victim.read_text() == "precious"
    assert temporary.lstat() == before
    assert not target.exists()


@pytest.mark.parametrize(("private", "mode"), [(False, 0o644), (True, 0o600)])
def test_a_private_file_is_for_its_owner_alone(
    target: Path, umask: None, private: bool, mode: int
) -> None:
    with AtomicFile(target, private=private) as file:
        assert stat.S_IMODE(file.temporary.stat().st_mode) == mode
    assert stat.S_IMODE(target.stat().st_mode) == mode


def test_a_private_file_replaces_one_that_others_can_read(target: Path, umask: None) -> None:
    target.write_text("old")
    write_text(target, "secret", private=True)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


@pytest.mark.parametrize("exists", [True, False])
def test_a_symbolic_link_is_neither_replaced_nor_written_through(
    target: Path, exists: bool
) -> None:
    victim = target.with_name("victim")
    if exists:
        victim.write_text("precious")
    target.symlink_to(victim)
    with pytest.raises(WriteError, match=r"report\.html: is a symbolic link"):
        write_text(target, "new")
    assert target.is_symlink()
    assert victim.exists() == exists
    assert not exists or victim.read_text() == "precious"


def test_folders_reached_through_a_link_are_written_to(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_text(tmp_path / "link" / "a", "x")
    assert (tmp_path / "real" / "a").read_text() == "x"


def test_a_fifo_is_refused_at_once(target: Path) -> None:
    os.mkfifo(target)
    with pytest.raises(WriteError, match="is a FIFO"):
        write_text(target, "new")
    assert target.is_fifo()


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # The name of a socket may not be long.
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s")
        with pytest.raises(WriteError, match="s: is a socket"):
            write_text(Path("s"), "new")


def test_a_device_is_refused() -> None:
    with pytest.raises(WriteError, match="/dev/null: is a device"):
        write_text(Path("/dev/null"), "new")
    assert Path("/dev/null").is_char_device()


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="is a folder"):
        write_text(tmp_path, "new")


def test_what_may_not_be_replaced_is_refused(target: Path) -> None:
    target.write_text("old")
    with pytest.raises(WriteError, match=r"report\.html: exists already"):
        write_text(target, "new", replaces=False)
    with pytest.raises(WriteError, match="exists already"):
        refuse_existing(target)
    assert target.read_text() == "old"


@pytest.mark.parametrize("mode", [0o444, 0o400, 0])
def test_a_write_protected_file_is_refused_also_for_root(target: Path, mode: int) -> None:
    target.write_text("old")
    target.chmod(mode)
    with pytest.raises(WriteError, match=r"report\.html: is write-protected") as caught:
        write_text(target, "new")
    assert "chmod u+w" in caught.value.hint
    assert stat.S_IMODE(target.stat().st_mode) == mode
    target.chmod(0o600)
    assert target.read_text() == "old"
    assert names(target.parent) == ["report.html"]


def test_a_file_protected_meanwhile_is_left_alone(target: Path) -> None:
    target.write_text("old")
    with pytest.raises(WriteError, match="is write-protected"), AtomicFile(target):
        target.chmod(0o444)
    assert target.read_text() == "old"
    assert names(target.parent) == ["report.html"]


@pytest.mark.parametrize("mode", [0o600, 0o664, 0o755])
def test_who_may_read_and_write_a_file_stays_as_it_was(
    target: Path, umask: None, mode: int
) -> None:
    target.write_text("old")
    target.chmod(mode)
    write_text(target, "new")
    assert stat.S_IMODE(target.stat().st_mode) == mode


def test_a_link_that_leads_nowhere_is_there_already(target: Path) -> None:
    target.symlink_to("nowhere")
    with pytest.raises(WriteError, match="exists already"):
        refuse_existing(target)


@pytest.mark.parametrize("before", [None, "old"])
def test_of_two_writers_the_second_to_finish_fails(target: Path, before: str | None) -> None:
    if before is not None:
        target.write_text(before)
    with (
        pytest.raises(WriteError, match=r"report\.html: another program wrote this file"),
        AtomicFile(target) as loser,
    ):
        loser.write(b"of the loser, and longer")
        with AtomicFile(target) as winner:
            winner.write(b"of the winner")
    assert target.read_bytes() == b"of the winner"
    assert names(target.parent) == ["report.html"]


def test_a_link_put_there_meanwhile_is_not_replaced(target: Path) -> None:
    with pytest.raises(WriteError, match="is a symbolic link"), AtomicFile(target):
        target.symlink_to("elsewhere")
    assert target.is_symlink()
    assert names(target.parent) == ["report.html"]


def test_a_file_edited_meanwhile_is_left_alone(target: Path) -> None:
    target.write_text("old")
    with pytest.raises(WriteError, match="another program wrote"), AtomicFile(target):
        target.write_text("edited")
    assert target.read_text() == "edited"


def test_a_file_removed_meanwhile_is_not_brought_back(target: Path) -> None:
    target.write_text("old")
    with pytest.raises(WriteError, match="another program"), AtomicFile(target):
        target.unlink()
    assert names(target.parent) == []


def test_a_folder_that_stays_locked_can_be_written(target: Path) -> None:
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        write_text(target, "new")
    finally:
        os.close(folder)
    assert target.read_text() == "new"


def test_many_processes_that_write_one_name_leave_the_content_of_one(target: Path) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from necp_replay.errors import WriteError\n"
        "from necp_replay.files.atomic import AtomicFile\n"
        "content = sys.argv[2].encode() * 100_000\n"
        "try:\n"
        "    with AtomicFile(Path(sys.argv[1])) as file:\n"
        "        print('open', flush=True)\n"
        "        sys.stdin.readline()\n"
        "        file.write(content)\n"
        "except WriteError as error:\n"
        "    print(error.reason)\n"
        "else:\n"
        "    print('written')\n"
    )
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(target), letter],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for letter in "abcd"
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "open\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.flush()
    said = [writer.communicate()[0].strip() for writer in writers]
    assert said.count("written") == 1
    assert sum(reason.startswith("another program wrote") for reason in said) == 3
    winner = "abcd"[said.index("written")]
    assert target.read_text() == winner * 100_000
    assert names(target.parent) == ["report.html"]


_HINTS = {
    "none/a": "make it first",
    "file/a": "is a file, not a folder",
    "n" * 256: "shorter name",
}


@pytest.mark.parametrize(("name", "hint"), _HINTS.items())
def test_what_cannot_be_written_names_the_target_and_gives_advice(
    tmp_path: Path, name: str, hint: str
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match="cannot be written: ") as caught:
        write_text(tmp_path / name, "new")
    assert caught.value.file == str(tmp_path / name)
    assert hint in caught.value.hint


_LIMITED = """\
import resource, sys
from pathlib import Path
from types import FrameType
from typing import Any
from necp_replay.errors import WriteError
from necp_replay.files.atomic import write_bytes
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_bytes(Path(sys.argv[1]), bytes(2000))
except WriteError as error:
    print(error)
"""


def test_content_that_does_not_fit_leaves_no_file(target: Path) -> None:
    command = [sys.executable, "-c", _LIMITED, str(target)]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert run.stdout == f"{target}: cannot be written: File too large\n"
    assert names(target.parent) == []


def interrupted_at(count: int, work: Callable[[], None]) -> bool:
    """Run ``work``, and interrupt it before the instruction of this number in the module.

    Returns False if it has no more instructions than that.
    """
    left = count

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal left
        if not frame.f_code.co_filename.endswith("files/atomic.py"):
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


def test_an_interrupt_at_any_moment_leaves_no_part(target: Path) -> None:
    def write() -> None:
        write_text(target, "new")

    target.write_text("old")
    count = 1
    # What is there before is not collected again each time.
    gc.freeze()
    try:
        while interrupted_at(count, write):
            gc.collect()
            assert names(target.parent) == ["report.html"], count
            assert target.read_text() in ("old", "new")
            count += 1
    finally:
        gc.unfreeze()
    assert count > 100
    assert target.read_text() == "new"


def test_a_folder_that_cannot_be_written_to_is_refused_before_any_work(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_folder(target)
    check_folder(target.parent / "absent" / "file")
    monkeypatch.setattr(os, "access", lambda path, mode: path != target.parent)
    with pytest.raises(WriteError, match="its folder cannot be written to"):
        check_folder(target)
