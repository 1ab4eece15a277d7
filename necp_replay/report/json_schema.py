"""Makes JSON Schemas (draft 2020-12) of the types in which JSON outputs are declared.

A type checker compares each output with its declaration, a ``TypedDict`` or a data class. The
schema is made of the same declaration, so the two agree. ``Annotated`` adds what Python's types
cannot express: :class:`Says` adds keywords, and a type stands for the form that is written.
"""

from __future__ import annotations

import dataclasses
import enum
import inspect
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final, Literal, NotRequired

Schema = dict[str, Any]


class Says:
    """Keywords that are added to the schema of an annotated type."""

    def __init__(self, **keywords: Any) -> None:
        self.keywords = keywords


Count = Annotated[int, Says(minimum=0)]
"""A number of things, or of bytes."""
Ordinal = Annotated[int, Says(minimum=1)]
"""A place that is counted from 1, such as the number of a record."""
Fingerprint = Annotated[str, Says(pattern="^[0-9a-f]{10}$")]
"""Ten digits that are the same for the same kind of difference."""

_REFERENCE: Final = "#/$defs/"
DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_SCALARS: Final[Mapping[Any, str]] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    types.NoneType: "null",
}


def schema_of(
    declared: Any, name: str, title: str, replaced: Mapping[type, Any] | None = None
) -> Schema:
    """The schema of one output.

    ``name`` becomes its id. ``replaced`` names the types that are written in the form of others. A
    data class gets the member ``schema_version`` that every output has.
    """
    definitions = Definitions(replaced or {})
    root = definitions.schema(declared)
    if dataclasses.is_dataclass(declared):
        written = definitions.found[root["$ref"].removeprefix(_REFERENCE)]
        written["properties"] = {"schema_version": {"const": 1}, **written["properties"]}
        written["required"] = ["schema_version", *written["required"]]
    return {
        "$schema": DRAFT,
        "$id": f"urn:necp-replay:json:{name}",
        "title": title,
        **root,
        "$defs": dict(sorted(definitions.found.items())),
    }


class Definitions:
    """The definitions of the objects of one schema, by the names of their classes."""

    def __init__(self, replaced: Mapping[type, Any]) -> None:
        self.replaced = replaced
        self.found: dict[str, Schema] = {}

    def schema(self, hint: Any) -> Schema:
        """The schema of a type; that of an object is a reference to its definition."""
        if hint in _SCALARS:
            return {"type": _SCALARS[hint]}
        if hint in self.replaced:
            return self.schema(self.replaced[hint])
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin is NotRequired:
            return self.schema(arguments[0])
        if origin is Annotated:
            return self._annotated(arguments[0], arguments[1:])
        if origin is Literal:
            return {"const": arguments[0]} if len(arguments) == 1 else {"enum": list(arguments)}
        if origin in (typing.Union, types.UnionType):
            return self._union(arguments)
        if origin in (list, tuple, Sequence):
            return {"type": "array", "items": self.schema(arguments[0])}
        if origin in (dict, Mapping):
            return {"type": "object", "additionalProperties": self.schema(arguments[1])}
        if isinstance(hint, type) and issubclass(hint, enum.Enum):
            return {"enum": [member.value for member in hint]}
        if hasattr(hint, "json_schema"):
            made: Schema = hint.json_schema(self)
            return made
        return self.define(hint.__name__, lambda: self._object(hint))

    def define(self, name: str, make: Callable[[], Schema]) -> Schema:
        """A reference to a definition, which is made if it is not there yet."""
        if name not in self.found:
            self.found[name] = {}  # It may refer to itself.
            self.found[name].update(make())
        return {"$ref": _REFERENCE + name}

    def _annotated(self, hint: Any, notes: Sequence[Any]) -> Schema:
        for note in notes:
            if not isinstance(note, Says):
                return self.schema(note)
        schema = self.schema(hint)
        for note in notes:
            schema |= note.keywords
        return schema

    def _union(self, members: Sequence[Any]) -> Schema:
        """``anyOf``, or a list of types if all members are plain types."""
        schemas = [self.schema(member) for member in members]
        plain = [each for each in schemas if each.keys() == {"type"}]
        if len(plain) == len(schemas):
            return {"type": [each["type"] for each in schemas]}
        return {"anyOf": schemas}

    def _object(self, cls: Any) -> Schema:
        fields, required = _fields_of(cls)
        return {
            "description": inspect.cleandoc(cls.__doc__ or "").replace("``", "`"),
            "type": "object",
            "properties": {field: self.schema(hint) for field, hint in fields.items()},
            "required": required,
            "additionalProperties": False,
        }


def _fields_of(cls: Any) -> tuple[dict[str, Any], list[str]]:
    """The types of the members of an object, and the names of those that are always there."""
    hints = typing.get_type_hints(cls, include_extras=True)
    if dataclasses.is_dataclass(cls):
        names = [field.name for field in dataclasses.fields(cls)]
        return {name: hints[name] for name in names}, names
    if not typing.is_typeddict(cls):
        raise TypeError(f"{cls!r} declares no JSON object")
    # `__required_keys__` does not see NotRequired in an annotation that is text.
    return hints, [name for name in hints if typing.get_origin(hints[name]) is not NotRequired]
