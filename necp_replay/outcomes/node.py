"""A tree of keys and values: the form in which outcomes are stored, printed and compared.

The text form is one line per node, two spaces of indentation per depth, ``key`` or ``key: value``.
Keys hold no ``": "`` and no line breaks, values no line breaks, so text and tree convert into each
other without loss (:func:`lines_of`, :func:`parse_lines`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field

from necp_replay.dataclass import dataclass
from necp_replay.errors import GoldenError
from necp_replay.outcomes.safe_text import is_like_an_id

INDENT = "  "


@dataclass(slots=True)
class Node:
    """One line of an outcome, and the lines below it."""

    key: str
    value: str = ""
    children: list[Node] = field(default_factory=list)


def lines_of(nodes: Iterable[Node], depth: int = 0) -> Iterator[str]:
    """The text form, line by line, without line ends."""
    lines: list[str] = []
    _add_lines(nodes, INDENT * depth, lines)
    return iter(lines)


def text_of(nodes: Iterable[Node], depth: int = 0) -> str:
    """The text form, without a line end at the end."""
    lines: list[str] = []
    _add_lines(nodes, INDENT * depth, lines)
    return "\n".join(lines)


def _add_lines(nodes: Iterable[Node], indent: str, lines: list[str]) -> None:
    for node in nodes:
        lines.append(f"{indent}{node.key}: {node.value}" if node.value else f"{indent}{node.key}")
        if node.children:
            _add_lines(node.children, indent + INDENT, lines)


def parse_lines(
    lines: Iterable[tuple[int, str]], base_depth: int = 0, max_depth: int = 100
) -> list[Node]:
    """Parse numbered lines into a tree: the reverse of :func:`lines_of`.

    Raises GoldenError naming the line when indentation is odd, skips a level, or is too deep.
    """
    roots: list[Node] = []
    path: list[list[Node]] = [roots]
    for number, line in lines:
        stripped = line.lstrip(" ")
        spaces = len(line) - len(stripped)
        depth, odd = divmod(spaces, len(INDENT))
        depth -= base_depth
        if odd or depth < 0 or depth >= len(path) or not stripped:
            raise GoldenError(f"unexpected indentation of {spaces} spaces", line=number)
        if depth >= max_depth:
            raise GoldenError(f"lines nested more than {max_depth} levels deep", line=number)
        key, _, value = stripped.partition(": ")
        node = Node(key, value)
        del path[depth + 1 :]
        path[depth].append(node)
        path.append(node.children)
    return roots


def text_of_bytes(content: bytes) -> str:
    """Bytes as quoted text if they are printable ASCII, as hex otherwise. This is reversible.

    One NUL at the end shows as ``\\0``: names and domains often carry one. Text that could be taken
    for the name of an id is hex as well.
    """
    ended = content.endswith(b"\0")
    body = content[:-1] if ended else content
    if body.isascii():
        text = body.decode("ascii")
        is_plain = text.isprintable() and '"' not in text and "\\" not in text
        if is_plain and not is_like_an_id(text):
            return f'"{text}\\0"' if ended else f'"{text}"'
    return f"0x{content.hex()}"
