"""What the distributions hold: all that a message points at, and the templates of a project."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
DATA_FILES: dict[str, list[str]] = PROJECT["tool"]["setuptools"]["data-files"]
PAGE = re.compile(r"\bdocs/[a-z0-9-]+\.md\b")


def _shipped() -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for patterns in DATA_FILES.values()
        for pattern in patterns
        for path in ROOT.glob(pattern)
    }


def test_every_pattern_finds_a_file() -> None:
    patterns = [pattern for patterns in DATA_FILES.values() for pattern in patterns]
    assert [pattern for pattern in patterns if not list(ROOT.glob(pattern))] == []


def test_every_page_that_a_message_points_at_is_in_the_wheel() -> None:
    named = {
        page
        for source in (ROOT / "necp_replay").rglob("*.py")
        for page in PAGE.findall(source.read_text("utf-8"))
    }
    assert named, "no message names a page"
    assert named <= _shipped()


def test_the_schemas_are_in_the_wheel() -> None:
    schemas = {f"schemas/{path.name}" for path in (ROOT / "schemas").glob("*.proto")}
    assert schemas <= _shipped()


def test_the_source_distribution_has_every_folder_that_git_has() -> None:
    manifest = (ROOT / "MANIFEST.in").read_text("utf-8")
    grafted = {line.split()[1] for line in manifest.splitlines() if line.startswith("graft ")}
    assert {".ci", "docs", "golden", "schemas", "tests", "traces"} <= grafted
