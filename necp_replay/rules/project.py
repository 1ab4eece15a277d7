"""Finds and reads ``necp-replay.toml``: the folders of traces and goldens, and the rules.

The file is in a folder above the traces, the nearest one that has it. The folders that it names
must be below its own folder: a file received together with traces must not give access to other
files.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from necp_replay.dataclass import dataclass
from necp_replay.errors import RulesError, foreign_content, hint_for
from necp_replay.files.conflicts import CONFLICT_HINT, conflict_line
from necp_replay.rules.rule import Rule
from necp_replay.trace.find import PROJECT_FILE

if TYPE_CHECKING:
    from decimal import Decimal

# Both limits are far above what people can review. They bound memory and time for a hostile file.
MAX_BYTES: Final = 1024 * 1024
MAX_RULES: Final = 1_000

_HEADER: Final = re.compile(r"[ \t]*\[\[[ \t]*expected[ \t]*\]\]")
_NAME_IT: Final = "Name the file with --rules FILE."
_NO_FOLDER: Final = "Move the folder away, or name a file of rules with --rules FILE."
_KEYS: Final = ("traces", "golden", "expected")


@dataclass(frozen=True, slots=True)
class Project:
    """What the file says. ``traces`` and ``golden`` are None if the file does not set them.

    ``path`` is None if there is no file.
    """

    path: Path | None = None
    traces: Path | None = None
    golden: Path | None = None
    rules: tuple[Rule, ...] = ()


def find_project_file(start: Path) -> Path | None:
    """The file that applies to a folder: in it, or in the nearest folder above it, or None.

    A broken link counts: reading it says so, and no project further up takes its place.
    """
    folder = start.absolute()
    for candidate in (folder, *folder.parents):
        if os.path.lexists(candidate / PROJECT_FILE):
            return candidate / PROJECT_FILE
    return None


def read_project(path: Path, *, is_named: bool = False) -> Project:
    """Read and check the file. Raises RulesError with file name, line and a hint.

    A user may name a pipe. One that was found is never waited for.
    """
    try:
        if not is_named and path.exists() and not (path.is_file() or path.is_dir()):
            raise RulesError("is not a regular file", hint="Put a file in its place.")
        return project_of(path, _read(path))
    except RulesError as error:
        error.name_file(str(path))
        raise


def project_of(path: Path, text: str) -> Project:
    """Check the text of a file at ``path``, which need not exist. Raises RulesError."""
    document = _parse(text)
    for key in document:
        if key not in _KEYS:
            raise RulesError(
                f"unknown key {key!r}",
                hint="The file has 'traces' and 'golden', then one [[expected]] for each rule.",
            )
    tables = document.get("expected", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise RulesError(
            "'expected' is not a list of tables",
            hint="Begin each rule with a line [[expected]].",
        )
    if len(tables) > MAX_RULES:
        raise RulesError(
            f"{len(tables):,} rules, more than {MAX_RULES:,}",
            hint="Expect kinds of differences, not each one.",
        )
    rules = _rules_of(tables, text) if tables else ()
    traces, golden = (_folder(path, document, key) for key in ("traces", "golden"))
    return Project(path, traces, golden, rules)


def _rules_of(tables: Sequence[dict[str, Any]], text: str) -> tuple[Rule, ...]:
    # They import the vocabulary of all records, and most projects have no rules.
    from necp_replay.rules.table import rule_of
    from necp_replay.rules.width import refuse_wide

    lines = _header_lines(text)
    if len(lines) != len(tables):
        # Some rules are written as inline tables, so the line of each rule is unknown.
        lines = [None] * len(tables)
    numbered = enumerate(zip(tables, lines, strict=True), 1)
    rules = tuple(rule_of(table, number, line) for number, (table, line) in numbered)
    refuse_wide(rules)
    return rules


def _read(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise RulesError("larger than 1 MiB", hint="Expect kinds of differences, not each one.")
        foreign = foreign_content(content)
        if foreign is not None and not content.startswith(b"<<<<<<<"):
            what, hint = foreign
            raise RulesError(f"this is not a file of rules, but {what}", line=1, hint=hint)
        return content.decode("utf-8")
    except OSError as error:
        hints = {FileNotFoundError: _NAME_IT, IsADirectoryError: _NO_FOLDER}
        hint = hints.get(type(error)) or hint_for(error)
        raise RulesError(error.strerror or str(error), hint=hint) from None
    except UnicodeDecodeError as error:
        raise RulesError("not UTF-8 text", offset=error.start) from None


def _decimal(text: str) -> Decimal:
    from decimal import Decimal

    return Decimal(text)


def _parse(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=_decimal)
    except tomllib.TOMLDecodeError as error:
        conflict = conflict_line(text)
        if conflict is not None:
            reason = "an unresolved merge conflict"
            raise RulesError(reason, line=conflict, hint=CONFLICT_HINT) from None
        place = re.search(r" \(at line (\d+), column \d+\)\Z", str(error))
        reason = str(error) if place is None else str(error)[: place.start()]
        raise RulesError(
            f"not TOML: {reason}",
            line=None if place is None else int(place[1]),
            hint="docs/goldens-and-rules.md has examples; https://toml.io describes the language.",
        ) from None
    except (ValueError, ArithmeticError, RecursionError) as error:
        # tomllib raises these for numbers that are too long and for tables nested too deeply.
        raise RulesError(f"not TOML: {error}") from None


def _header_lines(text: str) -> list[int | None]:
    return [
        number for number, line in enumerate(text.split("\n"), 1) if _HEADER.match(line) is not None
    ]


def _folder(path: Path, document: Mapping[str, Any], key: str) -> Path | None:
    value = document.get(key)
    if value is None:
        return None
    hint = f'Write it as {key} = "{key}": a folder below the file\'s own, with / between names.'
    if not isinstance(value, str) or not value or "\0" in value or "\\" in value:
        raise RulesError(f"{key} is {value!r}, not a folder"[:200], hint=hint)
    name = PurePosixPath(value)
    root = Path(os.path.abspath(path)).parent
    folder = root / name
    try:
        inside = folder.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        # The path goes through a circle of symbolic links.
        inside = False
    if name.is_absolute() or ".." in name.parts or not inside:
        raise RulesError(f"{key} is {value!r}, which leads out of the file's folder", hint=hint)
    return folder
