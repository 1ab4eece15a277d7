"""The schema of a record as JSON, made of the data classes of inputs, answers and effects.

It says what `necp-replay convert` writes and reads. A field that is left out has its default, and a
record that names ``unmeasured`` parts may leave out any field. The schema does not say which parts
and answers belong together: only the reader checks that.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import Any, Final

from necp_replay.events import effects, outcome
from necp_replay.events.answers import NATURAL_ANSWERS
from necp_replay.events.inputs import INPUT_NAMES
from necp_replay.events.interfaces import InterfaceAddress
from necp_replay.events.json_form import ATTRIBUTES
from necp_replay.events.json_shapes import INTEGER_MAX, INTEGER_MIN, field_types
from necp_replay.events.policy_control import ControlTlv
from necp_replay.events.text import Text
from necp_replay.events.user_buffer import OutBuffer, UserBuffer
from necp_replay.report.json_schema import Definitions, Schema
from necp_replay.tools.header_json import FORM, MARK, HeaderForm
from necp_replay.trace.header import OutcomeDetail, SourceKind

_SCALARS: Final[dict[Any, tuple[str, Schema]]] = {
    int: ("Integer", {"type": "integer", "minimum": INTEGER_MIN, "maximum": INTEGER_MAX}),
    bool: ("", {"type": "boolean"}),
    bytes: ("Hex", {"type": "string", "pattern": "^([0-9A-Fa-f]{2})*$"}),
    str: ("", {"type": "string"}),
    types.NoneType: ("", {"type": "null"}),
}
"""The name of a definition, if there is one, and the schema."""
_INTEGER: Final[Schema] = {"$ref": "#/$defs/Integer"}
_HEX: Final[Schema] = {"$ref": "#/$defs/Hex"}
_STRINGS: Final[Schema] = {"type": "array", "items": {"type": "string"}}
_ALSO: Final = (outcome.Panicked, outcome.TypeConfused, outcome.Absent, outcome.NotDetermined)
"""Answers of any input, which have members of their own."""


class RawRecord:
    """A record: its step, and in ``out`` its outcome. Which members there are depends on ``op``."""

    @staticmethod
    def json_schema(definitions: Definitions) -> Schema:
        """One of all kinds of records, by ``op``."""
        return definitions.define("RawRecord", lambda: _Records(definitions).any_record())


class TraceLine:
    """A line of a trace as JSON lines: its header, which is the first, or a record."""

    @staticmethod
    def json_schema(definitions: Definitions) -> Schema:
        """The header, or any record."""
        header = definitions.define("Header", lambda: _Records(definitions).header())
        return {
            "if": {"required": [MARK]},
            "then": header,
            "else": RawRecord.json_schema(definitions),
        }


class _Records:
    """Adds the schemas of events to the definitions."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions

    def header(self) -> Schema:
        """The header of a trace with its attachments."""
        own, required = self._fields(HeaderForm)
        own["necptrace"] = {"const": FORM}
        own["source_kind"] = {"enum": [*SourceKind.__members__]}
        own["outcome_detail"] = {"enum": [*OutcomeDetail.__members__]}
        own["properties"] = {"type": "object", "additionalProperties": {"type": "string"}}
        return _closed(own, required)

    def any_record(self) -> Schema:
        """A record of any input."""
        return _by("op", {op: self._record(op, cls) for op, cls in INPUT_NAMES.items()})

    def _record(self, op: str, cls: type) -> Schema:
        own, required = self._fields(cls)
        properties = {
            "op": {"const": op},
            **own,
            "uuids": {"type": "array", "items": _HEX},
            "now_ns": _INTEGER,
            "unmeasured": _STRINGS,
            "out": self._outcome(cls),
            "state_hash": _STATE_HASH,
        }
        written = _closed(properties, ["op"])
        if required:
            written["anyOf"] = [{"required": required}, {"required": ["unmeasured"]}]
        return self.definitions.define(cls.__name__, lambda: written)

    def _outcome(self, cls: type) -> Schema:
        natural = NATURAL_ANSWERS.get(cls)
        answers = [each for each in (natural, outcome.TypeConfused) if each is not None]
        own = {name: each for answer in answers for name, each in self._answer(answer).items()}
        properties = {
            "errno": _INTEGER,
            "retval": _INTEGER,
            **own,
            "panic": {"const": True},
            "type_confusion": {"const": True},
            "absent": {"type": "string"},
            "not_determined": {"type": "string"},
            "answer": self.definitions.define("ExplicitAnswer", self._explicit_answer),
            "effects": {
                "type": "array",
                "items": self.definitions.define("Effect", self._any_effect),
            },
            "unmeasured": _STRINGS,
        }
        return _closed(properties, [])

    def _explicit_answer(self) -> Schema:
        """An answer of another kind than its input has, as a damaged trace can hold it."""
        kinds = {}
        for answer in typing.get_args(outcome.Answer):
            own = self._answer(answer)
            if answer in _ALSO:
                own |= {"panic": {}, "type_confusion": {}, "absent": {}, "not_determined": {}}
            if answer is outcome.AttributesAnswer:
                own["not_shown"] = {"const": True}
            kinds[answer.__name__] = _closed({"kind": {"type": "string"}, **own}, ["kind"])
        return {"anyOf": [{"type": "null"}, _by("kind", kinds)]}

    def _answer(self, answer: type) -> dict[str, Schema]:
        own = self._fields(answer)[0]
        if answer is outcome.AttributesAnswer:
            stored: dict[str, Schema] = {name: own.pop(name) for name in ATTRIBUTES if name in own}
            own["attributes"] = _closed(stored, [])
        return own

    def _any_effect(self) -> Schema:
        return _by(
            "kind", {name: self._effect(name, each) for name, each in effects.EFFECT_NAMES.items()}
        )

    def _effect(self, name: str, cls: type) -> Schema:
        own, required = self._fields(cls)
        if cls is effects.AgentMessage:
            del own["delivery"]
            for delivery in (effects.ControlSocketMessage, effects.KernelAgentMessage):
                own |= self._fields(delivery)[0]
        return _closed({"kind": {"const": name}, **own}, ["kind", *required])

    def _fields(self, cls: type) -> tuple[dict[str, Schema], list[str]]:
        """The members of a data class, and the names of those that have no default."""
        hints = field_types(cls)
        fields = dataclasses.fields(cls)
        required = [
            field.name.rstrip("_")
            for field in fields
            if field.default is dataclasses.MISSING
            and hints[field.name] != OutBuffer
            and type(None) not in typing.get_args(hints[field.name])
        ]
        return {field.name.rstrip("_"): self._type(hints[field.name]) for field in fields}, required

    def _type(self, hint: Any) -> Schema:
        if hint in (OutBuffer, OutBuffer | None):
            return self.definitions.define("OutBuffer", lambda: _OUT_BUFFER)
        if hint in _SCALARS:
            name, schema = _SCALARS[hint]
            return self.definitions.define(name, lambda: schema) if name else schema
        if hint == Text:
            return self.definitions.define("Text", lambda: _TEXT)
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin in (typing.Union, types.UnionType):
            return {"anyOf": [self._type(member) for member in arguments]}
        if origin is tuple:
            return {"type": "array", "items": self._type(arguments[0])}
        if hint is ControlTlv:
            return {"type": "array", "prefixItems": [_INTEGER, _HEX], "items": False, "minItems": 2}
        if hint is UserBuffer:
            return self.definitions.define("UserBuffer", lambda: _USER_BUFFER)
        return self.definitions.define(hint.__name__, lambda: self._object(hint))

    def _object(self, cls: type) -> Schema:
        properties, required = self._fields(cls)
        whole = _closed(properties, required)
        return {"anyOf": [whole, {"type": "string"}]} if cls is InterfaceAddress else whole


def _by(member: str, kinds: dict[str, Schema]) -> Schema:
    """An object of one of these kinds; a member says which."""
    return {
        "type": "object",
        "required": [member],
        "properties": {member: {"enum": [*kinds]}},
        "allOf": [
            {"if": {"properties": {member: {"const": name}}}, "then": schema}
            for name, schema in kinds.items()
        ],
    }


def _closed(properties: dict[str, Schema], required: list[str]) -> Schema:
    """An object with these members and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


_TEXT: Final[Schema] = {"anyOf": [{"type": "string"}, _closed({"hex": _HEX}, ["hex"])]}
_OUT_BUFFER: Final[Schema] = {
    "anyOf": [
        _HEX,
        _closed({"sha256": _HEX, "bytes": _INTEGER}, ["sha256", "bytes"]),
        {"type": "null"},
    ]
}
_STATE_HASH: Final = _closed({"form": _INTEGER, "sha256": _HEX}, ["form", "sha256"])
_POINTER: Final = _closed(
    {"offset": _INTEGER, "to": {"anyOf": [{"$ref": "#/$defs/UserBuffer"}, {"type": "null"}]}},
    ["offset", "to"],
)
_USER_BUFFER: Final[Schema] = {
    **_closed(
        {
            "hex": _HEX,
            "bytes": _INTEGER,
            "mapped": _INTEGER,
            "readonly": {"type": "boolean"},
            "unmapped": {"type": "boolean"},
            "pointers": {"type": "array", "items": _POINTER},
            "known": {"type": "integer", "minimum": 0},
        },
        [],
    ),
    "anyOf": [
        {"required": ["hex", "bytes"]},
        {"required": ["known", "bytes"]},
        {"required": ["unmapped"]},
    ],
}
