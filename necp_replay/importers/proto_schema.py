"""Schemas of protobuf messages: the fields of each message by number, read from .proto text.

Only what decoding needs is kept: names, numbers and types. Options, services and extensions are
passed over. The text is somebody else's, so its size and its depth are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.errors import ImportedFileError, hint_for

MAX_PROTO_BYTES: Final = 4 * 1024 * 1024
"""The longest .proto file that is read."""
_MOST_FILES: Final = 64
_TOKEN: Final = re.compile(
    r"\s+|//[^\n]*|/\*.*?\*/|(?P<word>[A-Za-z_.][\w.]*)|(?P<number>-?(?:0[xX][0-9a-fA-F]+|\d+))"
    r"|(?P<string>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')|(?P<mark>.)",
    re.S,
)
_LABELS: Final = frozenset({"optional", "required", "repeated"})
_PASSED_OVER: Final = frozenset({"option", "reserved", "extensions", "syntax", "package"})


@dataclass(frozen=True, slots=True)
class SchemaField:
    """A field of a message: its name and its type, a scalar or a message or enum by its name."""

    name: str
    type: str
    is_required: bool = False


@dataclass(slots=True)
class ProtoSchema:
    """Messages by name, with their fields by number; enums by name, with their numbers by name."""

    name: str
    messages: dict[str, dict[int, SchemaField]] = field(default_factory=dict)
    enums: dict[str, dict[str, int]] = field(default_factory=dict)

    def enum_number(self, identifier: str) -> int | None:
        """The number of an identifier of any enum; None for one that is not there."""
        for numbers in self.enums.values():
            if identifier in numbers:
                return numbers[identifier]
        return None


def read_schema(path: Path) -> ProtoSchema:
    """The schema of a .proto file and of those that it imports, found in its folder or above.

    Raises ImportedFileError for another file, or one that has no message Session. An imported file
    that is not there is left out: its messages are then not decoded.
    """
    schema = ProtoSchema(str(path))
    waiting = [path]
    seen: set[Path] = set()
    while waiting:
        file = waiting.pop()
        if file in seen or len(seen) >= _MOST_FILES:
            continue
        seen.add(file)
        for name in parse_proto(_text_of(file), schema, str(file)):
            found = _imported(path, name)
            if found is not None:
                waiting.append(found)
    if "Session" not in schema.messages:
        raise ImportedFileError("it declares no message Session", file=str(path))
    return schema


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_PROTO_BYTES + 1)
    except OSError as error:
        reason = str(error.strerror or error)
        raise ImportedFileError(reason, file=str(path), hint=hint_for(error)) from None
    if len(content) > MAX_PROTO_BYTES:
        raise ImportedFileError("a .proto file of more than 4 MiB", file=str(path))
    return content.decode("utf-8", "replace")


def _imported(path: Path, name: str) -> Path | None:
    """The file of an import, below a folder of the importing file; never outside of them."""
    if name.startswith("/") or ".." in Path(name).parts:
        return None
    for folder in (path.parent, *path.parent.parents):
        candidate = folder / name
        if candidate.is_file():
            return candidate
    beside = path.parent / Path(name).name
    return beside if beside.is_file() else None


def parse_proto(text: str, schema: ProtoSchema, label: str) -> list[str]:
    """Add the messages and enums of .proto text to a schema. Returns the files that it imports."""
    tokens = _tokens(text)
    imports: list[str] = []
    # What the braces that are open belong to: a message, an enum, or nothing that is kept.
    open_blocks: list[tuple[str, str]] = []
    for token in tokens:
        kind, name = open_blocks[-1] if open_blocks else ("", "")
        if token == "}":
            if not open_blocks:
                raise ImportedFileError("it is not .proto text: a brace too many", file=label)
            open_blocks.pop()
        elif token in ("message", "enum") and kind in ("", "message"):
            declared = next(tokens, "")
            if _until_brace(tokens):
                open_blocks.append((token, declared))
                if token == "message":
                    schema.messages.setdefault(declared, {})
                else:
                    schema.enums.setdefault(declared, {})
        elif token == "oneof" and kind == "message":
            _until_brace(tokens)
            open_blocks.append(("message", name))
        elif token == "import":
            words = list(_statement(tokens))
            imports += [word[1:-1] for word in words if word[:1] in "\"'"]
        elif token in _PASSED_OVER:
            list(_statement(tokens))
        elif token == "{":
            open_blocks.append(("", ""))
        elif kind == "message" and token != ";":
            _add_field(schema.messages[name], [token, *_statement(tokens)])
        elif kind == "enum" and token != ";":
            words = [token, *_statement(tokens)]
            if len(words) >= 3 and words[1] == "=" and _is_number(words[2]):
                schema.enums[name][words[0]] = int(words[2], 0)
        if len(open_blocks) > _MOST_FILES:
            raise ImportedFileError("its messages are nested too deeply", file=label)
    return imports


def _tokens(text: str) -> Iterator[str]:
    for found in _TOKEN.finditer(text):
        if found.lastgroup is not None:
            yield found[0]


def _until_brace(tokens: Iterator[str]) -> bool:
    for token in tokens:
        if token == "{":
            return True
        if token == ";":
            return False
    return False


def _statement(tokens: Iterator[str]) -> Iterator[str]:
    for token in tokens:
        if token == ";":
            return
        yield token


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?(?:0[xX][0-9a-fA-F]{1,8}|[1-9]\d{0,9}|0)", text) is not None


def _add_field(fields: dict[int, SchemaField], words: list[str]) -> None:
    label = words[0] if words[0] in _LABELS else ""
    rest = words[1:] if label else words
    if len(rest) >= 4 and rest[2] == "=" and _is_number(rest[3]):
        type_ = rest[0].rpartition(".")[2]
        fields[int(rest[3], 0)] = SchemaField(rest[1], type_, label == "required")
