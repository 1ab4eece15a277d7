"""The C sources of the recording library: they compile without a warning, on both systems."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from necp_replay.capture.library import FLAGS, SOURCES, compile_library, source_files
from necp_replay.errors import UsageError
from tests.capture.built import compiler, needs_compiler

STRICT = ("-Wall", "-Wextra", "-Werror")
DECLARED = Path(__file__).parent / "darwin"


@needs_compiler
def test_the_library_compiles_without_a_warning(tmp_path: Path) -> None:
    built = tmp_path / "library.so"
    compile_library(built, extra_flags=(*STRICT, "-Wshadow", "-Wpointer-arith"))
    assert built.stat().st_size > 0


@needs_compiler
def test_the_part_for_macos_has_the_right_types() -> None:
    """Only that: the headers declare what it uses, and no code is made."""
    include = ("-include", str(DECLARED / "declared.h"), f"-I{DECLARED}")
    done = subprocess.run(
        [*compiler(), *FLAGS, *STRICT, "-fsyntax-only", *include, SOURCES / "darwin.c"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_failure_of_the_compiler_is_one_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC", "false")
    with pytest.raises(UsageError, match="cannot be built"):
        compile_library(tmp_path / "library.so")
    monkeypatch.setenv("CC", str(tmp_path / "no compiler"))
    with pytest.raises(UsageError, match="cannot be built"):
        compile_library(tmp_path / "library.so")
    monkeypatch.delenv("CC")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="there is no C compiler"):
        compile_library(tmp_path / "library.so")


def test_each_system_has_its_own_part() -> None:
    for system, part in (("linux", "linux.c"), ("darwin", "darwin.c")):
        names = {path.name for path in source_files(system)}
        assert names & {"linux.c", "darwin.c"} == {part}
    assert "calls.c" in {path.name for path in source_files(sys.platform)}


def test_no_source_file_is_longer_than_the_limit() -> None:
    folders = (SOURCES, Path(__file__).parent / "programs")
    for path in [each for folder in folders for each in folder.iterdir()]:
        lines = path.read_text("utf-8").splitlines()
        assert len(lines) <= 500, path
        assert max(map(len, lines)) <= 100, path
