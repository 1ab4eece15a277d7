"""Reads the project's own source, so that house rules can look at it."""

import ast
import io
import os
import tokenize
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

REPOSITORY = Path(__file__).resolve().parent.parent.parent

# Entries of the checkout that hold what people wrote; whatever else lies there is a product.
_WRITTEN = ("necp_replay", "schemas", "tests", "docs", ".ci", "Makefile", "pyproject.toml")
_WRITTEN_TEXTS = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", ".gitignore", ".gitattributes")
_TEXT_SUFFIXES = {".py", ".pyi", ".md", ".proto", ".toml", ".json", ".golden", ".txt", ""}


@dataclass(frozen=True)
class Source:
    """One Python file: where it is, counted from the checkout, and what it says."""

    path: PurePosixPath
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed file."""
        return ast.parse(self.text, str(self.path))

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the parsed file, collected once because every rule looks at them."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def comments(self) -> list[tuple[int, str]]:
        """Each comment with its line, which counts from 1."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return [(each.start[0], each.string) for each in tokens if each.type == tokenize.COMMENT]

    @property
    def package(self) -> str:
        """The part of necp_replay it belongs to: 'abi', 'errors', or '' for the root itself."""
        first, *rest = self.path.parts[1:]
        if rest:
            return first
        return "" if first == "__init__.py" else first.removesuffix(".py")

    def is_below(self, folder: str) -> bool:
        """Tell whether the file lies in a folder, named from the checkout."""
        return PurePosixPath(folder) in self.path.parents

    def __str__(self) -> str:
        """Name it by its path, as complaints do."""
        return str(self.path)


def python_files(*folders: str) -> list[Source]:
    """Read every hand-written Python file of some folders, in the order of their paths."""
    return [source for folder in folders for source in _python_files(folder)]


@cache
def _python_files(folder: str) -> tuple[Source, ...]:
    # Every rule looks at every file, so each is read and parsed only once.
    return tuple(
        Source(PurePosixPath(path.relative_to(REPOSITORY).as_posix()), path.read_text("utf-8"))
        for path in _walk(REPOSITORY / folder)
        if path.suffix == ".py" and not path.name.endswith("_pb2.py")
    )


def text_files() -> list[tuple[str, str]]:
    """Read every text that people wrote: its path, counted from the checkout, and its content."""
    paths = [path for entry in (*_WRITTEN, *_WRITTEN_TEXTS) for path in _walk(REPOSITORY / entry)]
    return [
        (path.relative_to(REPOSITORY).as_posix(), path.read_text("utf-8"))
        for path in paths
        if path.suffix in _TEXT_SUFFIXES and "_pb2." not in path.name
    ]


def _walk(entry: Path) -> list[Path]:
    if not entry.is_dir():
        return [entry] if entry.exists() else []
    found = []
    for folder, subfolders, names in os.walk(entry):
        subfolders[:] = [name for name in subfolders if name != "__pycache__"]
        found += [Path(folder, name) for name in names]
    return sorted(found)
