"""The digest of the engine: another one whenever something changes that runs in a replay."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

import necp_replay
from necp_replay.suite.engine_digest import PACKAGES, ROOT_FILES, engine_digest, is_settled
from tests.house.layers import LAYERS


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with the folders of the real one."""
    root = tmp_path / "necp_replay"
    for name in (*PACKAGES, "cli", "kernel/policy", "kernel/__pycache__"):
        (root / name).mkdir(parents=True, exist_ok=True)
        (root / name / "code.py").write_text("1\n", "utf-8")
    for name in ROOT_FILES:
        (root / name).write_text("1\n", "utf-8")
    return root


def test_every_package_counts_that_a_replay_imports() -> None:
    needed, pending = set[str](), ["replay", "project", "suite"]
    while pending:
        needed.add(package := pending.pop())
        pending += LAYERS[package] - needed
    assert needed == set(PACKAGES)


def test_every_file_beside_the_packages_counts_but_the_one_that_starts_the_command() -> None:
    found = {path.name for path in Path(necp_replay.__file__).parent.glob("*.py")}
    assert found - {"__main__.py"} == set(ROOT_FILES)


def test_every_file_without_code_in_the_packages_is_for_types_only() -> None:
    root = Path(necp_replay.__file__).parent
    others = {
        path.suffix
        for package in PACKAGES
        for path in (root / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    } - {".py"}
    assert others <= {".pyi", ".so", ".pyd"}


def test_a_change_of_any_source_gives_another_digest(package: Path) -> None:
    digests = {engine_digest(package)}
    for name in (*ROOT_FILES, *(f"{each}/code.py" for each in PACKAGES)):
        (package / name).write_text("2\n", "utf-8")
        digests.add(engine_digest(package))
    (package / "kernel" / "policy" / "code.py").rename(package / "kernel" / "policy" / "b.py")
    digests.add(engine_digest(package))
    (package / "kernel" / "machine.so").touch()
    digests.add(engine_digest(package))
    (package / "kernel" / "policy" / "b.py").unlink()
    digests.add(engine_digest(package))
    assert None not in digests
    assert len(digests) == len(PACKAGES) + len(ROOT_FILES) + 4


def test_code_that_no_replay_runs_does_not_change_the_digest(package: Path) -> None:
    digest = engine_digest(package)
    (package / "cli" / "code.py").write_text("2\n", "utf-8")
    (package / "kernel" / "__pycache__" / "code.py").write_text("2\n", "utf-8")
    assert engine_digest(package) == digest


def test_a_text_that_moves_to_another_file_gives_another_digest(package: Path) -> None:
    for name, text in (("a.py", ""), ("b.py", "1")):
        (package / "kernel" / name).write_text(text, "utf-8")
    digest = engine_digest(package)
    for name, text in (("a.py", "1"), ("b.py", "")):
        (package / "kernel" / name).write_text(text, "utf-8")
    assert engine_digest(package) != digest


def test_another_library_interpreter_or_variable_gives_another_digest(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = {engine_digest(package)}
    for name in ("lz4-1.0.dist-info", "protobuf-99.egg-info"):
        (tmp_path / name.partition("-")[0] / name).mkdir(parents=True)
        monkeypatch.syspath_prepend(tmp_path / name.partition("-")[0])
        digests.add(engine_digest(package))
    monkeypatch.setenv("PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION", "python")
    digests.add(engine_digest(package))
    monkeypatch.setattr(sys, "version", "4.0")
    digests.add(engine_digest(package))
    assert None not in digests
    assert len(digests) == 5


def test_libraries_without_an_installed_folder_are_imported_for_their_versions(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = engine_digest(package)
    monkeypatch.setattr("necp_replay.suite.engine_digest._INFO", ())
    asked = engine_digest(package)
    assert asked not in (None, digest)


def test_without_the_sources_of_a_package_there_is_no_digest(package: Path) -> None:
    shutil.rmtree(package / "kernel")
    assert engine_digest(package) is None
    assert not is_settled(package)


def test_a_source_that_was_written_just_now_may_run_as_older_bytecode(package: Path) -> None:
    assert not is_settled(package)
    for path in package.rglob("*.py"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    assert is_settled(package)
