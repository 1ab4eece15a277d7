"""Decodes protobuf messages into plain trees: binary by a schema, and the text format.

A tree is a list of pairs of name and value, in order; a value is a number, bytes, text (an
identifier), or a tree. A binary field that the schema does not have is named by its number.
"""

from __future__ import annotations

import re
from typing import Final

from necp_replay.errors import ImportedFileError
from necp_replay.importers.proto_schema import ProtoSchema

ProtoTree = list[tuple[str, "ProtoValue"]]
ProtoValue = int | bytes | str | ProtoTree
MAX_PROTO_DEPTH: Final = 32
"""How deep messages may nest."""
MAX_PROTO_FIELDS: Final = 1_000_000
"""How many fields a session may have."""
UNKNOWN: Final = "field "
"""What the name of a field begins with that the schema does not have."""
_TEXT_TOKEN: Final = re.compile(
    r"\s+|#[^\n]*|(?P<name>[A-Za-z_][\w./\[\]]*)|(?P<number>[-+]?[\d.][\w.+-]*)"
    r"|(?P<string>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')|(?P<mark>[{}<>:,;\[\]-])"
)
_ESCAPE: Final = re.compile(rb"\\([0-7]{1,3}|[xX][0-9a-fA-F]{1,2}|.)", re.S)
_ESCAPES: Final = {
    b"n": b"\n",
    b"t": b"\t",
    b"r": b"\r",
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"v": b"\v",
}


def values_of(tree: ProtoValue, name: str) -> list[ProtoValue]:
    """All values of a name in a tree."""
    return [value for key, value in tree if key == name] if isinstance(tree, list) else []


def decode_binary(content: bytes, schema: ProtoSchema, message: str) -> ProtoTree:
    """A binary message as a tree. Raises ImportedFileError for bytes that are none."""
    return _Binary(content, schema).message(0, len(content), message, 0)


class _Binary:
    """The bytes of one message with all that it holds."""

    def __init__(self, content: bytes, schema: ProtoSchema) -> None:
        self._content = content
        self._schema = schema
        self._fields = 0

    def message(self, at: int, end: int, message: str, depth: int) -> ProtoTree:
        if depth > MAX_PROTO_DEPTH:
            raise ImportedFileError("its messages are nested too deeply", offset=at)
        known = self._schema.messages.get(message, {})
        tree: ProtoTree = []
        while at < end:
            begin = at
            self._fields += 1
            if self._fields > MAX_PROTO_FIELDS:
                raise ImportedFileError("a session with too many fields")
            key, at = self._varint(at, end)
            number, wire = key >> 3, key & 7
            declared = known.get(number)
            name = declared.name if declared is not None else f"{UNKNOWN}{number}"
            value: ProtoValue
            if wire == 0:
                value, at = self._varint(at, end)
            elif wire in (1, 5):
                size = 8 if wire == 1 else 4
                value = int.from_bytes(self._content[at : at + size], "little")
                at += size
            elif wire == 2:
                length, at = self._varint(at, end)
                if length > end - at:
                    raise ImportedFileError("a field passes the end of its message", offset=begin)
                type_ = declared.type if declared is not None else ""
                if type_ in self._schema.messages:
                    value = self.message(at, at + length, type_, depth + 1)
                else:
                    value = self._content[at : at + length]
                at += length
            else:
                raise ImportedFileError("no message: a field of an unknown kind", offset=begin)
            if at > end or number == 0:
                raise ImportedFileError("no message: a field passes its end", offset=begin)
            tree.append((name, value))
        return tree

    def _varint(self, at: int, end: int) -> tuple[int, int]:
        number = shift = 0
        while at < end and shift < 70:
            byte = self._content[at]
            at += 1
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return number & 0xFFFF_FFFF_FFFF_FFFF, at
        raise ImportedFileError("no message: a number without end", offset=at)


def decode_text(text: str) -> ProtoTree:
    """A message in the text format as a tree. Raises ImportedFileError with the line."""
    stack: list[ProtoTree] = [[]]
    name = ""
    # A name may be followed by a list of values in brackets.
    in_list = False
    fields = at = 0
    while at < len(text):
        found = _TEXT_TOKEN.match(text, at)
        if found is None:
            raise _text_error("it is not a message in text form", text, at)
        at = found.end()
        kind, token = found.lastgroup, found[0]
        if kind is None or token in ":,;":
            continue
        if token in "{<":
            fields += 1
            if len(stack) > MAX_PROTO_DEPTH:
                raise _text_error("its messages are nested too deeply", text, at)
            inner: ProtoTree = []
            stack[-1].append((name, inner))
            stack.append(inner)
            name = name if in_list else ""
            continue
        if token in "}>":
            if len(stack) == 1:
                raise _text_error("a brace too many", text, at)
            stack.pop()
            continue
        if token in "[]":
            in_list = token == "["
            name = name if in_list else ""
            continue
        if kind == "name" and not name:
            name = token
            continue
        if not name:
            raise _text_error("a value without a name", text, at)
        fields += 1
        if fields > MAX_PROTO_FIELDS:
            raise ImportedFileError("a session with too many fields")
        value = _text_value(kind, token)
        if isinstance(value, bytes):
            # Adjacent strings are one string.
            at, value = _more_strings(text, at, value)
        stack[-1].append((name, value))
        name = name if in_list else ""
    if len(stack) > 1:
        raise ImportedFileError("the session is cut short: a message has no end")
    return stack[0]


def _more_strings(text: str, at: int, value: bytes) -> tuple[int, bytes]:
    parts = [value]
    while True:
        found = _TEXT_TOKEN.match(text, at)
        if found is None or found.lastgroup not in (None, "string"):
            return at, b"".join(parts)
        at = found.end()
        if found.lastgroup == "string":
            parts.append(_unescaped(found[0][1:-1]))


def _text_value(kind: str, token: str) -> ProtoValue:
    if kind == "string":
        return _unescaped(token[1:-1])
    if kind == "number":
        try:
            return int(token[:24], 0)
        except ValueError:
            return int(token[:24], 8) if re.fullmatch(r"0[0-7]{1,22}", token[:24]) else token
    return {"true": 1, "false": 0}.get(token, token)


def _unescaped(text: str) -> bytes:
    def plain(found: re.Match[bytes]) -> bytes:
        escape: bytes = found[1]
        if escape[:1] in b"01234567":
            return bytes((int(escape, 8) & 0xFF,))
        if escape[:1] in b"xX" and len(escape) > 1:
            return bytes((int(escape[1:], 16),))
        return _ESCAPES.get(escape, escape)

    return _ESCAPE.sub(plain, text.encode("utf-8", "surrogateescape"))


def _text_error(reason: str, text: str, at: int) -> ImportedFileError:
    return ImportedFileError(reason, line=text.count("\n", 0, at) + 1)
