"""The rules about how a file reads: its size, how it opens, what it must not say."""

import ast
import re
from collections.abc import Iterable, Iterator

from tests.house.source import Source

LINES_PER_FILE = 500
LINES_PER_FUNCTION = 70
COLUMNS = 100

# Names that say nothing about what is inside.
NAMELESS = {"common", "helper", "helpers", "manager", "misc", "shared", "stuff", "util", "utils"}

_RELEASE = re.compile(r"xnu[-_ ]?\d|4570", re.IGNORECASE)
_UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
_SILENCED = re.compile(
    r"#\s*(type:\s*ignore|noqa)(?P<codes>\[[\w, -]+\]|:\s*[A-Z]+\d+)?(?P<reason>.*)"
)
# A file of the package or of its tests, by a path without a placeholder such as NAME.
_NAMED_FILE = re.compile(
    r"(?<![\w/.-])(?:necp_replay/|tests/)?(?:abi|accept|align|bench|capture|cli|coverage|engines"
    r"|events|explain|files|generate|golden|importers|kernel|outcomes|processes|project"
    r"|pytest_plugin|releases|replay|report|rules|scenario|tools|trace)/[a-z0-9_/]+\.py\b"
)
# What a newcomer looks for in the docstring of a package.
_OF_A_PACKAGE = {
    "what it imports": re.compile(r"\bimports?\b", re.IGNORECASE),
    "where to start": re.compile(r"\bstart\b", re.IGNORECASE),
    "an example": re.compile(r"^(    \S|>>> )", re.MULTILINE),
}
# Programs for the tests of capturing are compiled. Not every machine has a compiler, and not every
# environment the extra for clusters.
_MAY_SKIP = {
    *("tests/capture/built.py", "tests/cluster/conftest.py"),
    *("tests/cluster/test_remote.py", "tests/cluster/test_run.py"),
}
_SKIPS = {"skip", "skipif", "xfail", "importorskip"}

# The project speaks of itself alone: not of the machine it was written on, nor by what means.
_FOREIGN = re.compile(
    r"(?<![\w.])/(work|root|home/\w+|Users/\w+)/|/tmp/(brief|bash_jobs)|\bclaude\b|\banthropic\b"
    r"|\bopenai\b|\bchatgpt\b|\bcopilot\b|\blanguage model\b|\bAI (assistant|agent)\b",
    re.IGNORECASE,
)


def complaints_about_size(source: Source) -> Iterator[str]:
    """Find files, functions and lines that are too long to take in."""
    lines = source.text.splitlines()
    if len(lines) > LINES_PER_FILE:
        yield f"{source}: {len(lines)} lines, more than {LINES_PER_FILE}"
    for number, line in enumerate(lines, start=1):
        if len(line) > COLUMNS:
            yield f"{source}:{number}: {len(line)} columns, more than {COLUMNS}"
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LINES_PER_FUNCTION:
                yield (
                    f"{source}:{node.lineno}: {node.name} has {length} lines, "
                    f"more than {LINES_PER_FUNCTION}"
                )


def complaints_about_opening(source: Source) -> Iterator[str]:
    """Find files that do not open with one sentence on what they are for."""
    opening = (ast.get_docstring(source.tree) or "").split("\n\n")[0]
    if not opening:
        yield f"{source}: does not say what it is for"
    elif not opening.rstrip().endswith((".", ":", "?")):
        yield f"{source}: does not open with a sentence"


def complaints_about_packages(source: Source) -> Iterator[str]:
    """Find packages that do not say what they may import, where to start, or give an example."""
    if source.path.name != "__init__.py":
        return
    opening = ast.get_docstring(source.tree) or ""
    for what, pattern in _OF_A_PACKAGE.items():
        if pattern.search(opening) is None:
            yield f"{source}: the docstring of the package lacks {what}"


def complaints_about_class_names(sources: Iterable[Source]) -> Iterator[str]:
    """Find classes of one name: a name that means one class can be searched for."""
    places: dict[str, str] = {}
    for source in sources:
        for node in source.nodes:
            if isinstance(node, ast.ClassDef):
                place = f"{source}:{node.lineno}"
                other = places.setdefault(node.name, place)
                if other != place:
                    yield f"{place}: {node.name} is also a class at {other}"


def complaints_about_paths(path: str, text: str, files: Iterable[str]) -> Iterator[str]:
    """Find paths of Python files that a text names and that do not exist.

    ``files`` are the paths that exist, counted from the checkout. A path may be counted from
    ``necp_replay``, as the pages about the source do.
    """
    existing = set(files)
    for number, line in enumerate(text.splitlines(), start=1):
        for named in _NAMED_FILE.findall(line):
            if named not in existing and f"necp_replay/{named}" not in existing:
                yield f"{path}:{number}: there is no {named}"


def complaints_about_name(source: Source) -> Iterator[str]:
    """Find files and folders whose names say nothing."""
    for part in source.path.with_suffix("").parts:
        if part in NAMELESS:
            yield f"{source}: {part} says nothing about what is inside"


def complaints_about_releases(source: Source) -> Iterator[str]:
    """Find release names in code; docstrings and comments may name the release they cite."""
    documentation = {
        id(node.value)
        for node in source.nodes
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in source.nodes:
        if id(node) not in documentation:
            for word in _words(node):
                if _RELEASE.search(word):
                    line = getattr(node, "lineno", 1)
                    yield f"{source}:{line}: {word!r} names a release; ask the profile for a fact"


def complaints_about_loose_ends(source: Source) -> Iterator[str]:
    """Find what was left undone, or silenced without a reason."""
    explained = {line for line, _ in source.comments}
    for line, comment in source.comments:
        if _UNFINISHED.search(comment):
            yield f"{source}:{line}: unfinished: {comment}"
        silenced = _SILENCED.search(comment)
        if silenced and not (silenced["codes"] and silenced["reason"].strip(" #-:")):
            yield f"{source}:{line}: silenced without a code and a reason: {comment}"
    for node in source.nodes:
        match node:
            case ast.Name(id="NotImplementedError"):
                yield f"{source}:{node.lineno}: NotImplementedError"
            case ast.ExceptHandler(type=None | ast.Name(id="Exception" | "BaseException")):
                if node.lineno not in explained:
                    yield f"{source}:{node.lineno}: catches everything, and does not say why"


def complaints_about_skipping(source: Source) -> Iterator[str]:
    """Find tests that may not run, or may fail."""
    if str(source) in _MAY_SKIP:
        return
    for node in source.nodes:
        match node:
            case ast.Attribute(value=ast.Name(id="pytest"), attr=name) if name in _SKIPS:
                yield f"{source}:{node.lineno}: pytest.{name}"
            case ast.Attribute(value=ast.Attribute(attr="mark"), attr=name) if name in _SKIPS:
                yield f"{source}:{node.lineno}: pytest.mark.{name}"


def complaints_about_speech(path: str, text: str) -> Iterator[str]:
    """Find talk of anything but the project: the machine it was written on, or how."""
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _FOREIGN.search(line):
            yield f"{path}:{number}: speaks of {found[0]!r}"


def _words(node: ast.AST) -> Iterator[str]:
    """Give every name, string and number of one node of the syntax tree."""
    match node:
        case ast.Constant(value=value):
            yield str(value)
        case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
            yield name
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.alias(name=name):
            yield name
        case ast.keyword(arg=str(name)):
            yield name
